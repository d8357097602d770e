"""The steps of disputes: a citizen states that a document is wrong, the agency that issued it checks and answers.

A dispute is open until it is `corrected` or `upheld`, once. While it is open the document is not offered.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from lienthong import Calendars, Envelope, Found, Rejected, Table, parse_utc
from transforms.agency_clients import require_agency
from transforms.document_entries import became, with_entry
from transforms.document_searches import document
from transforms.document_standing import load_document, standing
from transforms.document_uploads import drafted_version
from transforms.moments import local_date

_STATES = {"corrected": "đã đính chính", "upheld": "đã xác nhận giấy tờ đúng"}


def raise_dispute(
    envelope: Envelope, found: Found, *, days: int, calendars: Calendars, without_agency: str
) -> Envelope | None:
    """Prepare the entry; None for a document that is not there. `found`: `store.documents.reading.DocumentsById`.

    The agency has `days` working days of its calendar, after the day of the dispute. A document that names no agency
    goes to `without_agency`.
    """
    of_document = found.get(document(envelope)[0])
    if of_document is None:
        return None
    data, today = envelope.data, local_date(envelope.time)
    agency = of_document["agency"] or without_agency
    return with_entry(
        envelope,
        "dispute",
        document_id=of_document["document_id"],
        citizen_id=of_document["citizen_id"],
        version=standing(load_document(of_document), today).version.version,
        agency=agency,
        statement=data["statement"],
        raised_in=data["raised_in"],
        dossier=data.get("dossier"),
        due_on=calendars.of(agency).add_days(today, days).isoformat(),
    )


def raised(envelope: Envelope, found: Found) -> Envelope:
    """Answer with the dispute that is open now. `found` is of the register. It comes last."""
    entry = envelope.data["entry"]
    names = ("document_id", "version", "agency", "due_on")
    as_new = {name: entry[name] for name in names}
    kept = became(envelope, found, dispute_id=envelope.id, opened_at=entry["at"], added=True, **as_new)
    answer = {name: kept[name] for name in ("dispute_id", "opened_at", *names)}
    if not kept["added"]:
        entry = {**entry, "known": kept["dispute_id"]}
    answered = _answered(envelope, {**answer, "opened": kept["added"]})
    return answered.with_data(envelope.type, {**answered.data, "entry": entry})


def dispute(envelope: Envelope) -> Sequence[str]:
    """The dispute that is meant."""
    return (envelope.data["dispute_id"],)


def describe_correction(envelope: Envelope, found: Found, *, types: Table, clients: Table) -> Envelope | None:
    """Prepare the version that the issuing agency adds; None for a dispute that is not there, or is resolved.

    `found`: `store.documents.reading.Disputes`; `types`: see `transforms.document_types`. Raises `NotAccepted` for a
    client that does not speak for the agency.
    """
    known = found.get(dispute(envelope)[0])
    if known is None or known["state"] != "open":
        return None
    require_agency(envelope.data, known["agency"], clients)
    return drafted_version(envelope, known["document"], types)


def resolve(envelope: Envelope, found: Found, *, clients: Table) -> Envelope | None:
    """Prepare the entry; None for a dispute that is not there. `found`: `store.documents.reading.Disputes`.

    Raises `NotAccepted` for a client that does not speak for the agency (`clients`: `transforms.agency_clients`), and
    `Rejected` for a correction without a version that may take the place of the wrong one.
    """
    known = found.get(dispute(envelope)[0])
    if known is None:
        return None
    data = envelope.data
    require_agency(data, known["agency"], clients)
    new_version = _new_version(data, known) if data["outcome"] == "corrected" else None
    return with_entry(
        envelope,
        "resolve",
        dispute_id=known["dispute_id"],
        document_id=known["document_id"],
        outcome=data["outcome"],
        explanation=data["explanation"],
        version=None,
        new_version=new_version,
        due_on=known["due_on"],
    )


def resolved(envelope: Envelope, found: Found) -> Envelope:
    """Answer with what counts. `found` is of the register. It comes last.

    Raises `Rejected` for a dispute that was resolved otherwise before.
    """
    entry = envelope.data["entry"]
    as_new = {"document_id": entry["document_id"], "state": entry["outcome"], "new_version": entry["new_version"]}
    kept = became(envelope, found, resolved_at=entry["at"], **as_new)
    if kept["state"] != entry["outcome"] or kept["new_version"] != entry["new_version"]:
        raise Rejected(f"phản ánh đã được giải quyết trước đó: {_STATES[kept['state']]}", field="outcome")
    late = local_date(parse_utc(kept["resolved_at"])).isoformat() > entry["due_on"]
    answer = {name: kept[name] for name in ("document_id", "state", "resolved_at", "new_version")}
    return _answered(envelope, {"dispute_id": entry["dispute_id"], **answer, "late": late})


def _new_version(data: Mapping[str, Any], known: Mapping[str, Any]) -> int:
    """The number of the version that is right. One that is refused leaves the dispute open."""
    number = data.get("version")
    if number is None:
        raise Rejected("đính chính phải nêu phiên bản thay thế; hãy tải lên trước", field="version")
    found = next((each for each in known["document"]["versions"] if each["version"] == number), None)
    if found is None:
        raise Rejected("giấy tờ không có phiên bản này", field="version")
    if number <= known["version"]:
        raise Rejected("phiên bản thay thế phải mới hơn phiên bản bị phản ánh", field="version")
    if not found["accepted"]:
        raise Rejected(f"chữ ký số của phiên bản này chưa được chấp nhận ({found['indication']})", field="version")
    return int(number)


def _answered(envelope: Envelope, answer: Mapping[str, Any]) -> Envelope:
    return envelope.with_data(envelope.type, {**envelope.data, "answer": answer})
