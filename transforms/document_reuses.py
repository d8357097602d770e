"""The steps that note that a document stands for a component of a dossier."""

from lienthong import Envelope, Found, Rejected
from transforms.document_entries import became, with_entry
from transforms.document_searches import document
from transforms.document_standing import WORDS, load_document, standing
from transforms.moments import local_date


def reuse(envelope: Envelope, found: Found) -> Envelope | None:
    """Prepare the entry; None for a document that is not there. `found`: `store.documents.reading.DocumentsById`.

    Raises `Rejected` for a document that does not count today.
    """
    of_document = found.get(document(envelope)[0])
    if of_document is None:
        return None
    now = standing(load_document(of_document), local_date(envelope.time))
    if now.why is not None:
        raise Rejected(f"không dùng lại được giấy tờ này: {WORDS[now.why]}", field="document_id")
    data = envelope.data
    answer = {
        **{name: data[name] for name in ("document_id", "dossier", "component")},
        "version": now.version.version,
        "digest": now.version.digest,
    }
    return with_entry(
        envelope.with_data(envelope.type, {**data, "answer": answer}),
        "reuse",
        **{name: answer[name] for name in ("document_id", "dossier", "component", "version")},
        citizen_id=of_document["citizen_id"],
    )


def noted(envelope: Envelope, found: Found) -> Envelope:
    """Answer with the reuse that is noted. `found` is of the register. It comes last.

    Raises `Rejected` for a version that the agency has corrected since the document was read.
    """
    kept = became(envelope, found, reused_at=envelope.data["entry"]["at"], corrected_by=None)
    if kept["corrected_by"] is not None:
        why = f"cơ quan cấp vừa đính chính giấy tờ này bằng phiên bản {kept['corrected_by']}; hãy đối chiếu lại"
        raise Rejected(why, field="document_id")
    answer = {**envelope.data["answer"], "reused_at": kept["reused_at"]}
    return envelope.with_data(envelope.type, {**envelope.data, "answer": answer})
