"""`POST /v1/dossier-lookups`: how far a dossier is, by its code; and with another scope `POST /v1/dossier-details`.

A caller who knows a code learns nothing of any person by it.
"""

from datetime import datetime
from typing import Literal

from pydantic import Field

from schemas.requests.fields import Code, both
from schemas.shapes import Shape

TYPE = "dossier-lookup.v1"
DETAILS_TYPE = "dossier-details.v1"


class Question(Shape):
    """The code of a dossier.

    Mã hồ sơ.
    """

    code: Code = Field(
        description=both(
            "The code that the filer has. It never changes. Codes that are none are counted, and a client that asks "
            "for too many of them is refused for a while.",
            "Mã hồ sơ đã cấp cho người nộp, không bao giờ thay đổi. Mã không tồn tại được đếm; tra quá nhiều mã như "
            "vậy thì tạm thời bị từ chối.",
        ),
        examples=["000.00.34.H08-240108-800001"],
    )


class Step(Shape):
    """What the dossier went through.

    Một bước hồ sơ đã qua.
    """

    at: datetime = Field(description=both("Since when (UTC).", "Từ lúc nào (UTC)."), examples=["2024-01-08T05:54:00Z"])
    status: int | None = Field(
        description=both(
            "The status, 1 to 10, of the national portal; null when it is not known.",
            "Trạng thái 1-10 theo Cổng Dịch vụ công quốc gia; null khi chưa rõ.",
        ),
        examples=[1],
    )
    progress: str = Field(description=both("In words.", "Bằng chữ."), examples=["Được tiếp nhận"])


class Answer(Shape):
    """How far the dossier is. Moments are UTC, null while they are not known.

    Tiến độ của hồ sơ. Thời điểm theo UTC, null khi chưa có.
    """

    code: str = Field(description=both("The code.", "Mã hồ sơ."), examples=["000.00.34.H08-240108-800001"])
    status: int | None = Field(
        description=both(
            "The status, 1 to 10, of the national portal; null when it is not known.",
            "Trạng thái 1-10 theo Cổng Dịch vụ công quốc gia; null khi chưa rõ.",
        ),
        examples=[4],
    )
    progress: str = Field(description=both("The status in words.", "Trạng thái bằng chữ."), examples=["Đang xử lý"])
    since: datetime = Field(description=both("Since when.", "Từ thời điểm nào."), examples=["2024-01-08T06:30:00Z"])
    agency: str | None = Field(
        description=both("The code of the place that receives.", "Mã nơi tiếp nhận."), examples=["000.00.34.H08"]
    )
    agency_name: str | None = Field(
        description=both("Its name.", "Tên nơi tiếp nhận."), examples=["UBND phường Lê Lợi"]
    )
    submitted_at: datetime | None = Field(
        description=both("When it was filed.", "Thời điểm nộp."), examples=["2024-01-08T05:54:00Z"]
    )
    received_at: datetime | None = Field(
        description=both(
            "The official moment of receipt of a dossier filed online: when its first version in order was received.",
            "Thời điểm tiếp nhận chính thức của hồ sơ nộp trực tuyến: khi hệ thống nhận được phiên bản hợp lệ đầu "
            "tiên.",
        ),
        examples=["2024-01-08T05:54:03Z"],
    )
    accepted_at: datetime | None = Field(
        description=both("When an officer accepted it.", "Thời điểm cán bộ tiếp nhận."),
        examples=["2024-01-08T06:30:00Z"],
    )
    appointment_at: datetime | None = Field(
        description=both("When the result is due.", "Ngày hẹn trả kết quả."), examples=["2024-01-11T10:00:00Z"]
    )
    completed_at: datetime | None = Field(
        description=both("When it was settled.", "Thời điểm giải quyết xong."), examples=["2024-01-10T09:00:00Z"]
    )
    returned_at: datetime | None = Field(
        description=both("When the result was given to the filer.", "Thời điểm trả kết quả."),
        examples=["2024-01-11T02:15:00Z"],
    )
    supplements: int = Field(
        description=both("How often it was to be supplemented.", "Số lần yêu cầu bổ sung."), examples=[0]
    )
    history: tuple[Step, ...] = Field(
        description=both("What it went through, oldest first.", "Quá trình xử lý, cũ nhất đứng trước."),
        examples=[[{"at": "2024-01-08T06:30:00Z", "status": 2, "progress": "Được tiếp nhận"}]],
    )


class Lack(Shape):
    """What a dossier filed online lacks.

    Nội dung còn thiếu của hồ sơ nộp trực tuyến.
    """

    code: str = Field(description=both("What kind of fault.", "Loại thiếu sót."), examples=["component-missing"])
    component: str | None = Field(
        description=both("The component or the field.", "Thành phần hồ sơ hoặc trường dữ liệu."),
        examples=["G15-HT02-TP0002"],
    )
    message: str = Field(
        description=both("In words.", "Bằng chữ."), examples=["Thiếu thành phần hồ sơ: Giấy khai sinh."]
    )


class SupplementRequest(Shape):
    """A request to supplement the dossier, and when the supplement came.

    Một lần yêu cầu bổ sung và thời điểm nhận bổ sung.
    """

    number: int = Field(description=both("From 1.", "Từ 1."), examples=[1])
    request: str | None = Field(
        description=both("What was asked for.", "Nội dung yêu cầu."), examples=["Bổ sung giấy báo tử bản chính"]
    )
    requested_at: datetime | None = Field(
        description=both("When (UTC).", "Thời điểm yêu cầu (UTC)."), examples=["2024-01-09T02:00:00Z"]
    )
    received_at: datetime | None = Field(
        description=both("When it came (UTC).", "Thời điểm nhận bổ sung (UTC)."), examples=["2024-01-10T02:00:00Z"]
    )


class Transaction(Shape):
    """A transaction for the dossier.

    Một giao dịch thanh toán của hồ sơ.
    """

    transaction: str = Field(description=both("The platform's number.", "Mã giao dịch."), examples=["GD00000005"])
    amount: int | None = Field(description=both("How much.", "Số tiền."), examples=[80000])
    currency: str | None = Field(description=both("The currency.", "Loại tiền."), examples=["VND"])
    paid: bool = Field(description=both("Whether it was paid.", "Đã thanh toán hay chưa."), examples=[True])
    paid_at: datetime = Field(
        description=both("When (UTC).", "Thời điểm giao dịch (UTC)."), examples=["2024-01-07T12:00:00Z"]
    )
    quality: tuple[str, ...] = Field(
        description=both("What is unusual: doubled, amount-differs, …", "Điểm bất thường: doubled, amount-differs, …"),
        examples=[["doubled"]],
    )


class Details(Answer):
    """How far the dossier is, and what it is about. No person is named.

    Tiến độ và nội dung của hồ sơ, không nêu tên cá nhân.
    """

    procedure: str | None = Field(
        description=both("The national code of the procedure.", "Mã thủ tục hành chính."), examples=["1.001612"]
    )
    procedure_name: str | None = Field(
        description=both("Its name.", "Tên thủ tục."), examples=["Đăng ký thành lập hộ kinh doanh"]
    )
    channel: Literal["in_person", "online", "post"] | None = Field(
        description=both("How it was filed.", "Hình thức nộp."), examples=["online"]
    )
    lacking: tuple[Lack, ...] = Field(
        description=both(
            "What the newest version that was filed online lacks.", "Nội dung còn thiếu ở lần nộp sau cùng."
        ),
        examples=[[]],
    )
    supplement_requests: tuple[SupplementRequest, ...] = Field(
        description=both("The requests for supplements.", "Các lần yêu cầu bổ sung."), examples=[[]]
    )
    fee: int | None = Field(
        description=both("The sum of its fees in VND.", "Tổng phí, lệ phí (đồng)."), examples=[80000]
    )
    payments: tuple[Transaction, ...] = Field(
        description=both("Its transactions.", "Các giao dịch thanh toán."), examples=[[]]
    )
