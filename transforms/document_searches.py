"""The steps that answer searches, and questions for one document with its history or its file."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from lienthong import Envelope, Found, Rejected
from transforms.document_entries import owner, with_entry
from transforms.document_standing import load_document, superseded
from transforms.document_views import view
from transforms.moments import local_date

_FILTERS = ("kind", "document_type", "result_code", "dossier", "offered")


def citizen(envelope: Envelope) -> Sequence[str]:
    """The citizen whose documents are asked for. Raises `Rejected` for what is no number."""
    number = owner(envelope)
    if number is None:
        raise Rejected("không phải số định danh cá nhân (12 chữ số) hoặc số CMND (9 chữ số)", field="citizen_id")
    return (number,)


def document(envelope: Envelope) -> Sequence[str]:
    """The document that is asked for."""
    return (envelope.data["document_id"],)


def day(envelope: Envelope) -> date:
    """The local day that is asked about (`on`); today without one."""
    asked = envelope.data.get("on")
    return date.fromisoformat(asked) if asked else local_date(envelope.time)


def search(envelope: Envelope, found: Found) -> Envelope:
    """Answer with one page of the citizen's documents; and note who reads them, and why.

    `found` has the documents by number, newest first (`store.documents.reading.CitizenDocuments`).
    """
    data, number = envelope.data, citizen(envelope)[0]
    shown = [view(each, day(envelope)) for each in found.get(number, ())]
    passing = [each for each in shown if all(_passes(each, name, data.get(name)) for name in _FILTERS)]
    rest = _after(passing, data.get("after"))
    page = rest[: data["page_size"]]
    answer = {
        "total": len(passing),
        "documents": page,
        "next": page[-1]["document_id"] if len(rest) > len(page) else None,
    }
    return _answered(_read(envelope, "list", citizen_id=number), answer)


def details(envelope: Envelope, found: Found) -> Envelope | None:
    """Answer with a document and its versions; None for one that is not there. `found`: `DocumentsById`."""
    of_document = found.get(document(envelope)[0])
    if of_document is None:
        return None
    old = [each.version for each in superseded(load_document(of_document))]
    answer = {
        **view(of_document, local_date(envelope.time)),
        "versions": of_document["versions"],
        "superseded": old,
    }
    return _answered(_read(envelope, "record", **_of(of_document)), answer)


def with_verdicts(envelope: Envelope, found: Found) -> Envelope:
    """Add the verdicts to the answer. `found`: `store.documents.reading.DocumentVerdicts`."""
    return _answered(envelope, {**envelope.data["answer"], "verdicts": [*found.get(envelope.data["document_id"], ())]})


def with_reuses(envelope: Envelope, found: Found) -> Envelope:
    """Add the reuses to the answer. `found`: `store.documents.reading.DocumentReuses`."""
    return _answered(envelope, {**envelope.data["answer"], "reuses": [*found.get(envelope.data["document_id"], ())]})


def with_reclassifications(envelope: Envelope, found: Found) -> Envelope:
    """Add how it was corrected. `found`: `store.documents.reclassifications.DocumentReclassifications`."""
    corrected = [*found.get(envelope.data["document_id"], ())]
    return _answered(envelope, {**envelope.data["answer"], "reclassifications": corrected})


def _of(found: Mapping[str, Any]) -> dict[str, Any]:
    return {"citizen_id": found["citizen_id"], "document_id": found["document_id"]}


def _passes(shown: Mapping[str, Any], name: str, wanted: Any) -> bool:
    return wanted is None or shown[name] == wanted


def _after(documents: Sequence[Mapping[str, Any]], last: str | None) -> Sequence[Mapping[str, Any]]:
    """Those behind the document `last`. Raises `Rejected` when it is not among them."""
    if last is None:
        return documents
    for place, each in enumerate(documents):
        if each["document_id"] == last:
            return documents[place + 1 :]
    raise Rejected("không phải `next` của trang trước; hãy tìm lại từ trang đầu", field="after")


def _read(envelope: Envelope, what: str, **of: Any) -> Envelope:
    """The event with the entry of an access. A system that states no officer is the one that reads."""
    data = envelope.data
    officer = data.get("officer") or data.get("officer_code")
    return with_entry(envelope, "read", what=what, purpose=data.get("purpose") or "", **of, officer=officer)


def _answered(envelope: Envelope, answer: Mapping[str, Any]) -> Envelope:
    return envelope.with_data(envelope.type, {**envelope.data, "answer": answer})


def content(envelope: Envelope, found: Found) -> Envelope | None:
    """Answer with the file of a version; None for a document or a version that is not there. `found`: `DocumentsById`.

    Without `version` it is the one that holds.
    """
    of_document = found.get(document(envelope)[0])
    if of_document is None:
        return None
    wanted = envelope.data.get("version") or view(of_document, local_date(envelope.time))["version"]["version"]
    version = next((each for each in of_document["versions"] if each["version"] == wanted), None)
    if version is None:
        return None
    ending = _ENDINGS.get(version["media_type"], "")
    answer = {
        "digest": version["digest"],
        "file_name": f"giay-to-{of_document['document_id'][:8]}-{wanted}{ending}",
        "media_type": version["media_type"],
    }
    return _answered(_read(envelope, "body", **_of(of_document)), answer)


_ENDINGS = {"application/pdf": ".pdf", "application/xml": ".xml"}
