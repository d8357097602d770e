"""Fields that the questions about documents (kho giấy tờ) have in common, and what their answers show of a document."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from lienthong import Personal, Text
from schemas.requests.fields import at_most, both
from schemas.shapes import PersonName, Shape

Kind = Literal["result", "certified_copy", "citizen_supplied"]
"""Kết quả giải quyết, bản sao chứng thực điện tử, giấy tờ công dân tự cung cấp."""

Why = Literal[
    "superseded",
    "disputed",
    "expired",
    "not-yet-issued",
    "indeterminate",
    "failed",
    "not-signed-as-due",
    "not-reusable",
]
"""Why a version is not offered for reuse."""

CitizenId = Annotated[Text, Field(max_length=100), at_most(100), Personal("identity")]
"""The number of the citizen whose documents are meant: 12 digits, or the 9 of an old CMND."""

Officer = Annotated[Text, Field(max_length=200), at_most(200), Personal("name")]
"""The officer behind the question."""

Purpose = Annotated[Text, Field(max_length=500), at_most(500)]
"""Why a citizen's documents are read."""

CITIZEN = both(
    "The number of the citizen who owns the documents: 12 digits, or the 9 of an old CMND.",
    "Số định danh cá nhân (12 chữ số) hoặc số CMND cũ (9 chữ số) của chủ giấy tờ.",
)
OFFICER = both(
    "The officer behind the question; it is kept with the access.",
    "Cán bộ mà hệ thống hỏi thay; được lưu cùng lần truy cập.",
)
PURPOSE = both(
    "Why the documents are read; it is kept with the access.", "Lý do truy cập giấy tờ; được lưu cùng lần truy cập."
)


class _Whole(BaseModel):
    """Shows what it has, whatever that is: a verdict is kept as it was given. Marked is what names a person."""

    model_config = ConfigDict(frozen=True, extra="allow")


class Certificate(_Whole):
    """A certificate of a chain. Chứng thư số trong chuỗi."""

    subject: PersonName = None


class Signature(_Whole):
    """What was found about one signature. Kết luận về một chữ ký số."""

    signed_by: PersonName = None
    chain: tuple[Certificate, ...] = ()


class Verdict(_Whole):
    """The verdict on the signatures of a file, in the words of EN 319 102-1. Kết luận về chữ ký số của tệp tin."""

    indication: str
    sub_indication: str | None = None
    signatures: tuple[Signature, ...] = ()


class ShownVersion(Shape):
    """One version of a document: its file and its newest verdict.

    Một phiên bản của giấy tờ: tệp tin và kết quả kiểm tra chữ ký gần nhất.
    """

    version: int
    digest: str
    size: int
    media_type: str
    number: str | None = None
    issued_on: date | None = None
    valid_until: date | None = None
    reason: Literal["first", "replaced", "corrected"]
    indication: str
    accepted: bool
    judged_at: datetime
    recheck_after: datetime | None = None
    added_at: datetime


class ShownDocument(Shape):
    """A document without its owner: what it is, its version that holds, and whether it is offered for reuse.

    Giấy tờ trong kho: loại, phiên bản đang dùng, và có được dùng lại hay không.
    """

    document_id: str
    document_type: str
    result_code: str | None = None
    kind: Kind
    agency: str | None = None
    dossier: str | None = None
    origin: Literal["uploaded", "dossier-result", "national-store"]
    added_at: datetime
    offered: bool = Field(
        description=both("Whether it may be reused today.", "Hôm nay có được dùng lại hay không."), examples=[True]
    )
    why_not: Why | None = Field(None, description=both("Why it may not.", "Vì sao không."))
    why_not_words: str | None = None
    dispute: str | None = Field(None, description=both("The open dispute.", "Phản ánh đang được kiểm tra."))
    version: ShownVersion
