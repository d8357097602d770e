"""`POST /v1/documents/{document_id}/disputes`, and what the issuing agency finds.

A citizen states that a result in the store is wrong (phản ánh kết quả sai), while looking at it or while filing.
"""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field

from lienthong import LongText, Personal
from schemas.requests.document_fields import OFFICER, Officer
from schemas.requests.fields import Code, both
from schemas.shapes import Shape

TYPE = "document-dispute.v1"
RESOLUTION_TYPE = "document-dispute-resolution.v1"

Outcome = Literal["corrected", "upheld"]


class Question(Shape):
    """What is wrong. It goes to the agency that issued the document.

    Nội dung sai sót; được chuyển đến cơ quan cấp giấy tờ.
    """

    document_id: Code
    statement: Annotated[LongText, Personal("other")] = Field(
        description=both("What is wrong, in the citizen's words.", "Nội dung sai sót, theo lời công dân."),
        examples=["Ngày cấp trên giấy không đúng với sổ gốc."],
    )
    raised_in: Literal["store", "filing"] = Field(
        "store",
        description=both(
            "store: while looking at the documents; filing: while filing a dossier.",
            "store: khi xem kho giấy tờ; filing: khi nộp hồ sơ.",
        ),
    )
    dossier: Code | None = Field(None, description=both("The dossier that is filed.", "Mã hồ sơ đang nộp."))
    officer: Officer | None = Field(None, description=OFFICER, examples=["Bùi Minh Phúc"])


class Answer(Shape):
    """The dispute. While one of the document is open it is the answer to further ones, and `opened` is false.

    Phản ánh đã ghi nhận. Nếu giấy tờ đang có phản ánh chưa xử lý, trả về phản ánh đó và `opened` là false.
    """

    dispute_id: str
    document_id: str
    version: int
    agency: str | None = None
    state: Literal["open"] = "open"
    opened: bool
    opened_at: datetime
    due_on: date = Field(description=both("The last day for the agency to answer.", "Hạn cuối để cơ quan cấp trả lời."))


class ResolutionQuestion(Shape):
    """What the agency that issued the document found.

    Kết quả kiểm tra lại của cơ quan cấp giấy tờ.
    """

    dispute_id: Code
    outcome: Outcome = Field(
        description=both(
            "corrected: the document was wrong, and `version` replaces it; upheld: it is right.",
            "corrected: giấy tờ sai, `version` thay thế; upheld: giấy tờ đúng.",
        )
    )
    explanation: Annotated[LongText, Personal("other")] = Field(
        description=both("What the citizen is to read.", "Nội dung trả lời công dân."),
        examples=["Đã đối chiếu sổ gốc: ngày cấp là 12/3/2024. Đã cấp lại bản đúng."],
    )
    version: int | None = Field(
        None,
        ge=2,
        description=both(
            "The version that is right, as `POST /v1/disputes/{dispute_id}/versions` numbered it.",
            "Phiên bản đúng, theo số mà `POST /v1/disputes/{dispute_id}/versions` đã trả về.",
        ),
        examples=[2],
    )
    officer: Officer | None = Field(None, description=OFFICER, examples=["Bùi Minh Phúc"])


class ResolutionAnswer(Shape):
    """What counts. The same resolution once more has the same answer; `late`: it came after the deadline.

    Kết quả được ghi nhận; `late`: trả lời sau hạn.
    """

    dispute_id: str
    document_id: str
    state: Outcome
    resolved_at: datetime
    new_version: int | None = None
    late: bool
