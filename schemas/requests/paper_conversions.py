"""`POST /v1/documents/{document_id}/paper-conversions`, and the look-up of what a conversion states."""

from datetime import date, datetime

from pydantic import Field

from schemas.requests.document_fields import PURPOSE, Officer, Purpose, Why
from schemas.requests.fields import Code, Name, both
from schemas.shapes import Shape

TYPE = "paper-conversion.v1"
LOOKUP_TYPE = "paper-conversion-lookup.v1"


class Question(Shape):
    """The document on paper: the version that holds, each page with the mark of the conversion.

    Chuyển đổi phiên bản đang có hiệu lực của giấy tờ điện tử sang bản giấy, mỗi trang có ký hiệu chuyển đổi.
    """

    document_id: Code
    purpose: Purpose = Field(description=PURPOSE, examples=["Công dân yêu cầu bản giấy"])
    officer: Officer = Field(
        description=both("Who converts; the name stands on the paper.", "Người chuyển đổi; họ tên được in trên giấy."),
        examples=["Bùi Minh Phúc"],
    )
    agency: Code = Field(
        description=both("The code of the agency that converts.", "Mã cơ quan chuyển đổi."), examples=["H08.31"]
    )
    agency_name: Name = Field(
        min_length=1,
        description=both("Its name as it is to stand on the paper.", "Tên cơ quan chuyển đổi, được in trên giấy."),
        examples=["Ủy ban nhân dân phường Quy Nhơn"],
    )
    version: int | None = Field(
        None,
        ge=1,
        description=both(
            "The version that is meant; one that does not hold is refused.",
            "Phiên bản cần chuyển đổi; phiên bản không còn hiệu lực bị từ chối.",
        ),
    )


class LookupQuestion(Shape):
    """A conversion by its number, and the digest of the electronic document; both stand on the paper.

    Tra cứu bản giấy theo số chuyển đổi và mã băm của văn bản điện tử, đều có trên bản giấy.
    """

    number: Code = Field(examples=["CD-20261128-7K3M-Q9TX-4B2D"])
    digest: Code = Field(
        description=both("The SHA-256 of the electronic document.", "Mã SHA-256 của văn bản điện tử."),
        examples=["9f" * 32],
    )


class LookupAnswer(Shape):
    """What the bus knows of the paper. It names no person. `holds`: whether the electronic document counts today.

    Thông tin của bản giấy; không có dữ liệu cá nhân.
    """

    number: str
    statement: str = Field(description=both("The same in a sentence.", "Kết luận bằng lời."))
    converted_at: datetime
    agency: str
    agency_name: str
    pages: int
    digest: str = Field(description=both("The electronic document.", "Mã băm của văn bản điện tử."))
    sheets: str = Field(description=both("The PDF that was printed.", "Mã băm của tệp PDF dùng để in."))
    document_number: str | None = None
    issued_on: date | None = None
    issued_by: str | None = None
    result_code: str | None = None
    holds: bool
    why_not: Why | None = None
    why_not_words: str | None = None
