"""`POST /v1/documents/{document_id}/reuses`: a document stands for a component of a dossier."""

from datetime import datetime

from pydantic import Field

from schemas.requests.document_fields import OFFICER, Officer
from schemas.requests.fields import Code, both
from schemas.shapes import Shape

TYPE = "document-reuse.v1"


class Question(Shape):
    """The version that holds now is reused; the tick "Kết quả điện tử đã được cấp" on the form.

    Dùng lại phiên bản đang có hiệu lực của giấy tờ cho một thành phần của hồ sơ.
    """

    document_id: Code
    dossier: Code = Field(
        description=both("The code of the dossier.", "Mã hồ sơ."), examples=["000.00.31.H08-240315-0007"]
    )
    component: Code = Field(
        description=both("The code of its component.", "Mã thành phần hồ sơ."), examples=["G15-HT02-TP01"]
    )
    officer: Officer | None = Field(None, description=OFFICER, examples=["Bùi Minh Phúc"])


class Answer(Shape):
    """The reuse that is noted. The same one once more has the same answer. Lần dùng lại đã ghi nhận."""

    document_id: str
    version: int
    digest: str
    dossier: str
    component: str
    reused_at: datetime
