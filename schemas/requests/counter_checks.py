"""`POST /v1/counter-checks`, and the officer's acknowledgement of a check.

Văn bản 758/VPUBND-KSTT (08/11/2023), annex: who files in person is checked; a civil servant who could file online is
reminded, and files on paper all the same when they wish.
"""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, StringConstraints

from lienthong import Personal, Text
from schemas.requests.fields import Code, Moment, at_most, both
from schemas.shapes import Shape

TYPE = "counter-check.v1"
ACKNOWLEDGEMENT_TYPE = "counter-check-acknowledgement.v1"

Online = Literal["none", "partial", "full", "unknown"]
"""How a procedure is offered online: not, một phần, toàn trình; or the catalogue does not have it."""

Account = Literal["found", "none", "unknown"]
"""Whether the person has an account on the national portal; unknown when it did not answer in time."""

Decision = Literal["paper", "online"]


def _without_line_end(value: Any) -> Any:
    """A text without what scanners of cards send behind it."""
    return value.strip("\t\r\n") if isinstance(value, str) else value


_Number = Annotated[
    str,
    BeforeValidator(_without_line_end),
    StringConstraints(max_length=100, pattern=r"^[^\u0000-\u001f\u007f-\u009f]*$"),
    Personal("identity"),
]
"""What stands where an identity number is due: any text, also none, because that too gets an answer."""


class Question(Shape):
    """Who files which procedure in person, where, and who receives it.

    Ai nộp trực tiếp thủ tục nào, tại đâu, và ai tiếp nhận.
    """

    citizen_id: _Number | None = Field(
        description=both(
            "The number of the person who files: 12 digits, or the 9 of an old CMND. Spaces and dots are ignored. What "
            "is no number, or none, is answered too: then `civil_servant` is null.",
            "Số định danh cá nhân (12 chữ số) hoặc số CMND cũ (9 chữ số) của người nộp hồ sơ. Bỏ qua dấu cách và dấu "
            "chấm. Không có số hoặc số không đọc được vẫn được trả lời: khi đó `civil_servant` là null.",
        ),
        examples=["052085001234"],
    )
    procedure: Code = Field(
        description=both(
            "The code of the procedure, national or with the suffix of the province.",
            "Mã thủ tục hành chính, theo mã quốc gia hoặc có phần mở rộng của tỉnh.",
        ),
        examples=["1.000656.000.00.00.H08"],
    )
    agency: Code = Field(
        description=both("The code of the place that receives.", "Mã nơi tiếp nhận."), examples=["000.00.31.H08"]
    )
    officer: Annotated[Text, Field(max_length=200), at_most(200), Personal("name")] = Field(
        description=both("The officer who receives.", "Người tiếp nhận hồ sơ."), examples=["Bùi Minh Phúc"]
    )
    at: Moment | None = Field(
        None,
        description=both(
            "The moment that is asked about, with its offset; the present one when it is left out.",
            "Thời điểm cần kiểm tra, có múi giờ; để trống là thời điểm hiện tại.",
        ),
        examples=["2024-03-15T09:30:00+07:00"],
    )


class Answer(Shape):
    """Whether to remind. Nothing in it forbids to receive the dossier on paper.

    Có cần nhắc nhở hay không. Không nội dung nào ngăn việc tiếp nhận hồ sơ giấy.
    """

    check_id: str = Field(
        description=both("The id of this check, for the acknowledgement.", "Mã lần kiểm tra, để ghi nhận xác nhận."),
        examples=["0192f4c8-7d2e-7b3a-9c55-2f6f0a4b1e11"],
    )
    civil_servant: bool | None = Field(
        description=both(
            "Whether the person was of the group (cán bộ, công chức, viên chức, contract staff) on that day by the "
            "register; null when the number is none or cannot be read, and while the register has not been read once.",
            "Người nộp có thuộc nhóm cán bộ, công chức, viên chức, người hợp đồng vào ngày đó theo cơ sở dữ liệu hay "
            "không; null khi không có số, số không đọc được, hoặc cơ sở dữ liệu chưa được đọc hết lần nào.",
        ),
        examples=[True],
    )
    staff_kind: str | None = Field(
        description=both("CB, CC, VC or HD; null for others.", "CB, CC, VC hoặc HD; null nếu không thuộc nhóm."),
        examples=["CC"],
    )
    staff_agency: str | None = Field(
        description=both("The agency of that day.", "Mã đơn vị công tác vào ngày đó."), examples=["H08.07"]
    )
    procedure_online: Online = Field(
        description=both(
            "How the procedure was offered online on that day: none, partial (một phần), full (toàn trình); unknown "
            "when the catalogue has no version in force.",
            "Mức độ cung cấp trực tuyến vào ngày đó: none (không), partial (một phần), full (toàn trình); unknown khi "
            "danh mục không có thủ tục còn hiệu lực.",
        ),
        examples=["full"],
    )
    portal_account: Account = Field(
        description=both(
            "Whether the person has an account on the national portal now; unknown when it was not known in time.",
            "Người nộp có tài khoản trên Cổng Dịch vụ công quốc gia hay không; unknown khi Cổng không kịp trả lời.",
        ),
        examples=["found"],
    )
    notify: bool = Field(
        description=both(
            "Whether to show `message`: only when the person is of the group and the procedure is offered online.",
            "Có hiển thị `message` hay không: chỉ khi người nộp thuộc nhóm và thủ tục được cung cấp trực tuyến.",
        ),
        examples=[True],
    )
    message: str | None = Field(
        description=both("The text to show; null without one.", "Nội dung thông báo; null khi không có."),
        examples=["Công dân đang nộp hồ sơ là cán bộ, công chức, viên chức"],
    )
    data_as_of: datetime | None = Field(
        description=both(
            "When the older of both, the register and the catalogue, was last read without an error. It does not move "
            "while its source is down. null when one of them was never read.",
            "Lần đọc gần nhất không lỗi của cơ sở dữ liệu CBCCVC và danh mục thủ tục, lấy lần cũ hơn. Giữ nguyên khi "
            "hệ thống nguồn ngừng hoạt động. null khi chưa từng đọc một trong hai.",
        ),
        examples=["2024-03-15T02:25:00Z"],
    )


class Acknowledgement(Shape):
    """What the officer did after the reminder: the officer's OK, and how the dossier is filed.

    Xác nhận của người tiếp nhận sau khi nhắc nhở, và hình thức nộp hồ sơ.
    """

    check_id: Code = Field(
        description=both("`check_id` of the check.", "`check_id` của lần kiểm tra."),
        examples=["0192f4c8-7d2e-7b3a-9c55-2f6f0a4b1e11"],
    )
    decision: Decision = Field(
        description=both(
            "paper: it is received on paper all the same; online: the person files online. The last one sent counts.",
            "paper: vẫn tiếp nhận hồ sơ giấy; online: công dân nộp trực tuyến. Lần gửi sau cùng được tính.",
        ),
        examples=["paper"],
    )


class AcknowledgementAnswer(Shape):
    """What was kept. The same decision sent again has the same answer.

    Nội dung đã ghi nhận. Gửi lại cùng một quyết định thì trả lời như cũ.
    """

    check_id: str = Field(
        description=both("The check.", "Lần kiểm tra."), examples=["0192f4c8-7d2e-7b3a-9c55-2f6f0a4b1e11"]
    )
    decision: Decision = Field(description=both("The decision.", "Quyết định."), examples=["paper"])
