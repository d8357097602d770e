"""`POST /v1/documents/{document_id}/reclassifications`: the issuing agency corrects what an uploaded document is.

Công văn 393/UBND-KSTT (22/3/2024): the agency that issued a result "kiểm tra và cập nhật lại". The file stays as it is.
"""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field

from lienthong import LongText, Personal
from schemas.requests.document_fields import OFFICER, Kind, Officer
from schemas.requests.fields import Code, Day, both
from schemas.shapes import PersonName, Shape

TYPE = "document-reclassification.v1"


class Question(Shape):
    """What the document is. What is left out stays as it is; dates are those of the newest version.

    Loại và mã đúng của giấy tờ; mục để trống thì giữ nguyên.
    """

    document_id: Code
    kind: Kind | None = None
    document_type: Code | None = Field(None, examples=["G15-HT02-TP01"])
    result_code: Code | None = Field(
        None,
        description=both(
            "The code of the result; it goes when `kind` becomes another one than `result` and none is given.",
            "Mã kết quả; bị bỏ khi `kind` đổi sang loại khác `result` mà không nêu mã.",
        ),
        examples=["KQ.G15.000031"],
    )
    agency: Code | None = Field(
        None, description=both("The agency that issued it.", "Cơ quan cấp."), examples=["H08.17"]
    )
    dossier: Code | None = Field(
        None, description=both("The dossier that it is the result of.", "Mã hồ sơ có kết quả này.")
    )
    issued_on: Day | None = Field(None, examples=["2024-03-12"])
    valid_until: Day | None = None
    explanation: Annotated[LongText, Personal("other")] = Field(
        description=both("Why; it is kept with the change.", "Lý do; được lưu cùng lần sửa."),
        examples=["Người nộp chọn nhầm mã kết quả khi tải lên."],
    )
    officer: Officer = Field(description=OFFICER, examples=["Bùi Minh Phúc"])


class Classification(Shape):
    """What a document is. Loại và mã của giấy tờ."""

    kind: Kind
    document_type: str
    result_code: str | None = None
    agency: str | None = None
    dossier: str | None = None
    issued_on: date | None = None
    valid_until: date | None = None


class Answer(Classification):
    """What the document is now. `changed` is false where it was that already.

    Giấy tờ sau khi sửa; `changed` là false khi không có gì thay đổi.
    """

    document_id: str
    changed: bool
    reclassified_at: datetime
    state: Literal["offered", "kept"] = Field(
        description=both(
            "kept: the signatures of its newest version could not be judged for its kind yet; they are judged again.",
            "kept: chưa kết luận được chữ ký số theo loại mới; sẽ kiểm tra lại.",
        )
    )


class ShownReclassification(Shape):
    """A change of what a document is: by whom, when and why. Một lần sửa loại và mã của giấy tờ."""

    reclassified_at: datetime
    client: str | None = None
    officer: PersonName = None
    explanation: Annotated[str, Personal("other")]
    before: Classification
    after: Classification
