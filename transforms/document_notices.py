"""What an agency gets of a dispute."""

from lienthong import Envelope, Rejected

_FIELDS = (
    *("dispute_id", "document_id", "version", "document_type", "result_code", "agency", "statement", "raised_in"),
    *("dossier", "opened_at", "due_on"),
)


def to_agency(envelope: Envelope) -> Envelope:
    """The dispute without the citizen's number: the agency knows the document. Raises `Rejected` without an agency."""
    data = envelope.data
    if not data.get("agency"):
        raise Rejected("phản ánh không có cơ quan nhận", field="agency")
    return envelope.with_data(envelope.type, {name: data.get(name) for name in _FIELDS})
