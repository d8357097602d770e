"""`POST /v1/gates/forward` and `/v1/gates/close`: whether a dossier may be forwarded, or closed.

Công văn 393/UBND-KSTT (22/3/2024): not forwarded while a component is not digitised, not closed without an electronic
result. The one-stop system asks and acts.
"""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from lienthong import Text
from schemas.requests.fields import Code, Moment, Name, at_most, both
from schemas.shapes import Shape

TYPE = "gate.v1"

_MOST = 500
"""Components or results of one dossier. The largest known have some dozens."""


class Component(Shape):
    """A component of the dossier.

    Một thành phần hồ sơ.
    """

    code: Code = Field(description=both("Its code.", "Mã giấy tờ."), examples=["G15-TP0001"])
    name: Name = Field(description=both("Its name, for the reason.", "Tên giấy tờ."), examples=["Tờ khai"])
    digitised: bool = Field(
        strict=True, description=both("Whether it is digitised.", "Đã được số hóa hay chưa."), examples=[True]
    )
    shown_only: bool = Field(
        False,
        strict=True,
        description=both(
            "Whether it was only shown to the officer, who keeps none: then it need not be digitised.",
            "Giấy tờ chỉ xuất trình, không nộp: không phải số hóa.",
        ),
        examples=[False],
    )


class Result(Shape):
    """A result of the dossier.

    Một kết quả giải quyết.
    """

    code: Code = Field(description=both("Its code.", "Mã kết quả."), examples=["KQ.G15.000656"])
    digest: Annotated[Text, Field(max_length=200), at_most(200)] | None = Field(
        None,
        description=both(
            "The digest of the electronic result; without one there is only paper.",
            "Mã băm của kết quả bản điện tử; không có tức là chỉ có bản giấy.",
        ),
        examples=["sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"],
    )


class Question(Shape):
    """The dossier as it stands at the gate.

    Hồ sơ tại bước cần kiểm tra.
    """

    dossier: Code = Field(
        description=both(
            "The code of the dossier. It begins with the code of the agency, whose own rule may count.",
            "Mã hồ sơ. Phần đầu là mã cơ quan; cơ quan có quy định riêng thì áp dụng quy định đó.",
        ),
        examples=["000.03.33.H08-240318-00729"],
    )
    procedure: Code = Field(description=both("The procedure.", "Mã thủ tục hành chính."), examples=["1.000894"])
    channel: Literal["in_person", "online", "post"] = Field(
        description=both("How it was filed.", "Hình thức nộp hồ sơ."), examples=["in_person"]
    )
    components: tuple[Component, ...] = Field(
        max_length=_MOST,
        description=both("The components, which may be none.", "Các thành phần hồ sơ, có thể không có."),
    )
    results: tuple[Result, ...] = Field(
        max_length=_MOST, description=both("The results so far, which may be none.", "Các kết quả, có thể chưa có.")
    )
    classified: bool = Field(
        False,
        strict=True,
        description=both("Whether it has classified papers.", "Có tài liệu mật hay không."),
        examples=[False],
    )
    internal_verification: bool = Field(
        False,
        strict=True,
        description=both(
            "Whether it is the result of an internal verification.", "Là kết quả xác minh nội bộ hay không."
        ),
        examples=[False],
    )
    at: Moment | None = Field(
        None,
        description=both(
            "The moment that is asked about, with its offset; the present one when it is left out.",
            "Thời điểm cần kiểm tra, có múi giờ; để trống là thời điểm hiện tại.",
        ),
        examples=["2024-04-01T09:30:00+07:00"],
    )


class Reason(Shape):
    """Why the gate is closed.

    Lý do chưa được chuyển bước.
    """

    code: Literal["component-not-digitised", "no-electronic-result"] = Field(
        description=both("For programs.", "Mã lý do."), examples=["component-not-digitised"]
    )
    component: str | None = Field(
        description=both("The component that is meant.", "Mã thành phần hồ sơ."), examples=["G15-TP0002"]
    )
    message: str = Field(
        description=both("For people.", "Nội dung lý do."),
        examples=["Thành phần hồ sơ “Giấy khai sinh” (G15-TP0002) chưa được số hóa."],
    )


class Answer(Shape):
    """Whether it may go on. The bus stops nothing: the one-stop system acts.

    Hồ sơ có được chuyển bước hay không. Trục liên thông không chặn: hệ thống một cửa thực hiện.
    """

    allowed: bool = Field(description=both("Whether it may go on.", "Được chuyển bước hay không."), examples=[False])
    reasons: tuple[Reason, ...] = Field(description=both("All reasons why not.", "Tất cả lý do."))
    rule: str | None = Field(
        description=both("The rule that was asked; null without one.", "Quy định áp dụng; null khi không có."),
        examples=["Công văn 393/UBND-KSTT ngày 22/3/2024"],
    )
    in_force_since: date | None = Field(
        description=both(
            "The local day from which the rule is in force; it may lie ahead of `at`, then all is allowed.",
            "Ngày quy định có hiệu lực; nếu sau thời điểm `at` thì chưa áp dụng.",
        ),
        examples=["2024-04-01"],
    )
    note: str | None = Field(
        description=both(
            "From when the rule is in force, while it is not yet; null otherwise.",
            "Ghi chú khi quy định chưa có hiệu lực; null trong trường hợp khác.",
        ),
        examples=["Quy định áp dụng từ ngày 01/04/2024."],
    )
