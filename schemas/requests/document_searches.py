"""`POST /v1/documents/search`, `GET /v1/documents/{document_id}` and its content: reading the store of documents."""

from datetime import datetime

from pydantic import Field

from schemas.requests.document_fields import (
    CITIZEN,
    OFFICER,
    PURPOSE,
    CitizenId,
    Kind,
    Officer,
    Purpose,
    ShownDocument,
    ShownVersion,
    Verdict,
)
from schemas.requests.document_reclassifications import ShownReclassification
from schemas.requests.fields import Code, Day, both
from schemas.shapes import Shape

TYPE = "document-search.v1"
DETAILS_TYPE = "document-details.v1"
CONTENT_TYPE = "document-content.v1"


class Question(Shape):
    """The documents of one citizen, newest first, in pages. Filters that are left out let all pass.

    Giấy tờ của một công dân, mới nhất trước, theo trang.
    """

    citizen_id: CitizenId = Field(description=CITIZEN, examples=["052085001234"])
    purpose: Purpose = Field(description=PURPOSE, examples=["Kiểm tra giấy tờ trước khi số hóa"])
    officer: Officer | None = Field(None, description=OFFICER, examples=["Bùi Minh Phúc"])
    kind: Kind | None = None
    document_type: Code | None = None
    result_code: Code | None = Field(None, examples=["KQ.G15.000031"])
    dossier: Code | None = None
    offered: bool | None = Field(
        None,
        description=both("Only those that may be reused, or others.", "Chỉ loại dùng lại được, hay ngược lại."),
    )
    on: Day | None = Field(
        None, description=both("The day of use; today when left out.", "Ngày sử dụng; để trống là hôm nay.")
    )
    page_size: int = Field(20, ge=1, le=100)
    after: Code | None = Field(None, description=both("`next` of the page before.", "`next` của trang trước."))


class Answer(Shape):
    """One page. `total` counts all that pass the filters; `next` is for the page after, null on the last one.

    Một trang giấy tờ. `next` dùng để lấy trang sau, null nếu là trang cuối.
    """

    total: int
    documents: tuple[ShownDocument, ...]
    next: str | None = None


class DetailsQuestion(Shape):
    """One document by its id. Một giấy tờ theo mã."""

    document_id: Code
    purpose: Purpose | None = Field(None, description=PURPOSE)


class ShownVerdict(Shape):
    """A verdict that was given on a version, whole. Một lần kết luận về chữ ký số."""

    version: int
    judged_at: datetime
    indication: str
    accepted: bool
    verdict: Verdict


class ShownReuse(Shape):
    """Where a document was reused. Nơi giấy tờ đã được dùng lại."""

    dossier: str
    component: str
    version: int
    reused_at: datetime


class DetailsAnswer(ShownDocument):
    """A document with all versions, verdicts, reuses and reclassifications, the oldest first.

    Giấy tờ với toàn bộ lịch sử.
    """

    versions: tuple[ShownVersion, ...]
    superseded: tuple[int, ...] = ()
    verdicts: tuple[ShownVerdict, ...] = ()
    reuses: tuple[ShownReuse, ...] = ()
    reclassifications: tuple[ShownReclassification, ...] = ()


class ContentQuestion(Shape):
    """The file of a document: of the version that holds, or of `version`.

    Tệp tin của giấy tờ: của phiên bản đang dùng, hoặc của `version`.
    """

    document_id: Code
    purpose: Purpose = Field(description=PURPOSE, examples=["Thụ lý hồ sơ"])
    version: int | None = Field(None, ge=1)
    officer_code: Code | None = Field(
        None,
        description=both(
            "The staff number of the officer behind the question.", "Số hiệu cán bộ mà hệ thống hỏi thay."
        ),
        examples=["H08.CC.000112"],
    )
