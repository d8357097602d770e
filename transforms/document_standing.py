"""What a document of the store (kho giấy tờ) is on a day: which version holds, and why it may not count.

Nghị định 45/2020/NĐ-CP, Điều 16: a citizen's store has results that are valid, and certified copies.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

Kind = Literal["result", "certified_copy", "citizen_supplied"]
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

PASSED, INDETERMINATE = "TOTAL-PASSED", "INDETERMINATE"

WORDS: Mapping[str, str] = {
    "superseded": "đã có phiên bản thay thế",
    "disputed": "công dân phản ánh sai sót, cơ quan cấp đang kiểm tra lại",
    "expired": "đã hết hiệu lực",
    "not-yet-issued": "ngày cấp sau ngày cần dùng",
    "indeterminate": "chưa kết luận được chữ ký số",
    "failed": "chữ ký số không hợp lệ",
    "not-signed-as-due": "chữ ký số chưa đủ theo loại giấy tờ",
    "not-reusable": "giấy tờ công dân tự cung cấp, không phải kết quả hoặc bản sao chứng thực điện tử",
}
"""Why a version does not count, for an officer."""


@dataclass(frozen=True, slots=True)
class Version:
    """A version of a document. `accepted`: its newest verdict lets it be offered. `valid_until` is the last day."""

    version: int
    digest: str
    number: str | None
    issued_on: date | None
    valid_until: date | None
    reason: str
    indication: str
    accepted: bool


@dataclass(frozen=True, slots=True)
class Document:
    """A document with all its versions, in their order. `dispute`: the id of the dispute that is open.

    `twin`: the document that counts in its place (`transforms.document_twins`).
    """

    document_id: str
    document_type: str
    result_code: str | None
    kind: Kind
    agency: str | None
    dossier: str | None
    added_at: str
    dispute: str | None
    versions: Sequence[Version]
    twin: str | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """The version that holds, or the newest when none does; `why` it does not count, None when it does."""

    version: Version
    why: Why | None


def load_document(found: Mapping[str, Any]) -> Document:
    """A document as the lookups of the store have it (`store.documents.reading`)."""
    names = ("document_id", "document_type", "result_code", "kind", "agency", "dossier", "added_at", "dispute", "twin")
    values: dict[str, Any] = {name: found.get(name) for name in names}
    return Document(**values, versions=[*map(_load_version, found["versions"])])


def standing(document: Document, on: date) -> Standing:
    """What a document is on a local day.

    The newest version that is accepted holds. A correction ends all versions before it at once, also while its own
    verdict is not known; another version only once it is accepted.
    """
    holding = _holding(document)
    if holding is None:
        return Standing(document.versions[-1], _not_accepted(document.versions[-1]))
    return Standing(holding, _why_not(document, holding, on))


def superseded(document: Document) -> Sequence[Version]:
    """The versions that another one has replaced."""
    holding = _holding(document)
    first = _last_correction(document) if holding is None else holding.version
    return [each for each in document.versions if each.version < first]


def _holding(document: Document) -> Version | None:
    since = _last_correction(document)
    return next((each for each in reversed(document.versions) if each.accepted and each.version >= since), None)


def _last_correction(document: Document) -> int:
    return max((each.version for each in document.versions if each.reason == "corrected"), default=0)


def _not_accepted(version: Version) -> Why:
    if version.indication == PASSED:
        return "not-signed-as-due"
    return "indeterminate" if version.indication == INDETERMINATE else "failed"


def _why_not(document: Document, version: Version, on: date) -> Why | None:
    if document.twin is not None:
        return "superseded"
    if document.dispute is not None:
        return "disputed"
    if version.valid_until is not None and version.valid_until < on:
        return "expired"
    if version.issued_on is not None and version.issued_on > on:
        return "not-yet-issued"
    return "not-reusable" if document.kind == "citizen_supplied" else None


def _load_version(found: Mapping[str, Any]) -> Version:
    names = ("version", "digest", "number", "reason", "indication", "accepted")
    values: dict[str, Any] = {name: found.get(name) for name in names}
    for name in ("issued_on", "valid_until"):
        values[name] = date.fromisoformat(found[name]) if found.get(name) else None
    return Version(**values)
