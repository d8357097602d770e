"""Entries of the store of documents, and documents as its lookups have them, for tests."""

from typing import Any

from lienthong.envelope import Envelope
from tests.unit.store.events import NOON

CITIZEN = "052085001234"
BIRTH = "KQ.G15.000031"


def digest(name: str) -> str:
    """A digest that only this name has."""
    return f"sha256:{name.encode().hex():0>64}"


def verdict(indication: str = "TOTAL-PASSED", **facts: Any) -> dict[str, Any]:
    """A verdict in the form of `lienthong.signatures.verdict`."""
    return {"indication": indication, "sub_indication": None, "checked_at": "2023-11-07T05:00:00+00:00", **facts}


def addition(event_id: str = "E1", **facts: Any) -> dict[str, Any]:
    """The entry of a birth certificate that the citizen adds."""
    given = {"digest": digest(event_id), "verdict": verdict(), "accepted": True, **facts}
    return {
        "do": "add",
        "event_id": event_id,
        "at": "2023-11-07T05:00:00Z",
        "client": "portal",
        "officer": None,
        "document_id": None,
        "reason": "first",
        "citizen_id": CITIZEN,
        "document_type": "ket-qua",
        "result_code": BIRTH,
        "kind": "result",
        "agency": "H08.17",
        "dossier": None,
        "origin": "uploaded",
        "size": 20480,
        "media_type": "application/pdf",
        "number": "12/TLKS-BS",
        "issued_on": "2023-11-01",
        "valid_until": None,
        **given,
    }


def entry(do: str, event_id: str, **facts: Any) -> dict[str, Any]:
    """Another entry, of noon of 07/11/2023, local time."""
    moment = {"at": "2023-11-07T05:00:00Z", "client": "portal", "officer": None}
    return {"do": do, "event_id": event_id, **moment, **facts}


def dispute(event_id: str, document_id: str = "E1", **facts: Any) -> dict[str, Any]:
    """A citizen states that version 1 is wrong."""
    about = {"document_id": document_id, "citizen_id": CITIZEN, "version": 1, "agency": "H08.17"}
    stated = {"statement": "Ngày cấp sai.", "raised_in": "store", "dossier": None, "due_on": "2023-11-14"}
    return entry("dispute", event_id, **about, **stated, **facts)


def resolution(event_id: str, dispute_id: str, outcome: str = "upheld", **facts: Any) -> dict[str, Any]:
    """What the agency found."""
    found = {"outcome": outcome, "explanation": "Đã đối chiếu sổ gốc.", "version": None, "new_version": None}
    return entry(
        "resolve", event_id, dispute_id=dispute_id, document_id="E1", due_on="2023-11-14", **{**found, **facts}
    )


def reclassification(event_id: str, document_id: str = "E1", **facts: Any) -> dict[str, Any]:
    """The agency states that the birth certificate of `addition` is another result."""
    before = {"kind": "result", "document_type": "ket-qua", "result_code": BIRTH, "agency": "H08.17", "dossier": None}
    before = {**before, "issued_on": "2023-11-01", "valid_until": None}
    after = {**before, "result_code": "KQ.G15.000099"}
    judged = {"version": 1, "verdict": verdict(checked_at="2023-11-09T05:00:00+00:00"), "accepted": True}
    versions = [{**judged, "issued_on": "2023-11-01", "valid_until": None}]
    about = {"document_id": document_id, "citizen_id": CITIZEN, "explanation": "Nhầm mã.", "officer": "cb"}
    return {**entry("reclassify", event_id, before=before, after=after, versions=versions, **about), **facts}


def event_of(entry: dict[str, Any]) -> Envelope:
    """The event that carries an entry."""
    data = {"entry": entry, "client": "portal", "answer": {}}
    return Envelope(entry["event_id"], "document.v1", "request.documents", entry["event_id"], NOON, NOON, data)
