"""What others hear of a change in the store of documents: records that become events, once for each change.

A change is announced when its event is delivered for the first time; see `delivered` in `store.documents.tables`.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, Row, select

from lienthong import Record
from store.documents import additions, happenings, reclassifications
from store.documents.tables import conversions, disputes, documents, reuses, versions

OPENED = "document-dispute-opened.v1"
RESOLVED = "document-dispute-resolved.v1"
CORRECTED = "document-corrected.v1"
JUDGED = "document-verdict-changed.v1"
RECLASSIFIED = "document-reclassified.v1"

Values = Mapping[str, Any]


def of_addition(connection: Connection, entry: Values, became: Values) -> Iterator[Record]:
    """Nothing: who adds a document has the answer. It is noted that its event is delivered."""
    additions.deliver(connection, entry, became["document_id"], became["version"])
    yield from ()


def of_reuse(connection: Connection, entry: Values, _: Values) -> Iterator[Record]:
    """Nothing, as above."""
    key = {name: entry[name] for name in ("document_id", "dossier", "component")}
    happenings.deliver(connection, entry, reuses, "delivered", **key)
    yield from ()


def of_conversion(connection: Connection, entry: Values, _: Values) -> Iterator[Record]:
    """Nothing, as above."""
    happenings.deliver(connection, entry, conversions, "delivered", number=entry["number"])
    yield from ()


def of_dispute(connection: Connection, entry: Values, became: Values) -> Iterator[Record]:
    """The issuing agency hears that it has to check, and until when."""
    dispute_id = became["dispute_id"]
    if happenings.deliver(connection, entry, disputes, "delivered", dispute_id=dispute_id):
        row = _dispute(connection, dispute_id)
        names = ("dispute_id", "version", "agency", "statement", "raised_in", "dossier", "opened_at", "due_on")
        yield Record(OPENED, dispute_id, {**_about(connection, row), **{name: getattr(row, name) for name in names}})


def of_resolution(connection: Connection, entry: Values, became: Values) -> Iterator[Record]:
    """The citizen hears what became of it; of a correction also everyone who reused the document."""
    dispute_id = entry["dispute_id"]
    if not happenings.deliver(connection, entry, disputes, "resolution_delivered", dispute_id=dispute_id):
        return
    row = _dispute(connection, dispute_id)
    about = _about(connection, row)
    if became["new_version"] is not None:
        additions.deliver(connection, entry, row.document_id, became["new_version"])
        happenings.confirm_correction(connection, entry, row)
    names = ("dispute_id", "version", "agency", "state", "resolved_at", "explanation", "new_version")
    yield Record(RESOLVED, dispute_id, {**about, **{name: getattr(row, name) for name in names}})
    if row.state == "corrected":
        yield from _to_reusers(connection, row, about)


def of_verdict(connection: Connection, entry: Values, became: Values) -> Iterator[Record]:
    """Who follows the document hears that the verdict on a version is another one."""
    before, now = became["before"], entry["verdict"]
    is_other = before is None or any(before.get(name) != now.get(name) for name in ("indication", "sub_indication"))
    if not (became["added"] and is_other):
        return
    row = connection.execute(
        select(versions).where(versions.c.document_id == entry["document_id"], versions.c.version == entry["version"])
    ).one()
    change = {
        "version": entry["version"],
        "before": None if before is None else before["indication"],
        "indication": now["indication"],
        "sub_indication": now.get("sub_indication"),
        "accepted": bool(entry["accepted"]),
        "judged_at": row.judged_at,
    }
    yield Record(JUDGED, f"{entry['document_id']}/{entry['version']}", {**_about(connection, row), **change})


def of_reclassification(connection: Connection, entry: Values, became: Values) -> Iterator[Record]:
    """The citizen hears what the document is now, and each dossier that reused it as what it was."""
    if not reclassifications.deliver(connection, entry):
        return
    row = connection.execute(select(documents).where(documents.c.document_id == entry["document_id"])).one()
    used = select(reuses).where(reuses.c.document_id == row.document_id)
    rows = connection.execute(used.order_by(reuses.c.dossier, reuses.c.component)).all()
    was = entry["before"]
    change = {
        **{name: entry["after"][name] for name in ("document_type", "result_code", "kind")},
        "issued_by": entry["after"]["agency"],
        "before": {
            **{name: was[name] for name in ("kind", "document_type", "result_code")},
            "issued_by": was["agency"],
        },
        "explanation": entry["explanation"],
        "accepted": bool(entry["versions"][-1]["accepted"]),
        "reclassified_at": became["reclassified_at"],
        "reused_in": [{name: getattr(each, name) for name in ("dossier", "component", "version")} for each in rows],
    }
    yield Record(RECLASSIFIED, f"{row.document_id}/{entry['event_id']}", {**_about(connection, row), **change})


def _to_reusers(connection: Connection, dispute: Row[Any], about: Values) -> Iterator[Record]:
    used = select(reuses).where(reuses.c.document_id == dispute.document_id, reuses.c.version < dispute.new_version)
    for row in connection.execute(used.order_by(reuses.c.dossier, reuses.c.component)):
        values = {
            **{name: about[name] for name in ("document_id", "document_type", "result_code", "issued_by")},
            "dispute_id": dispute.dispute_id,
            **{name: getattr(row, name) for name in ("dossier", "component", "reused_at")},
            "reused_version": row.version,
            "new_version": dispute.new_version,
            "corrected_at": dispute.resolved_at,
        }
        yield Record(CORRECTED, f"{dispute.dispute_id}/{row.dossier}/{row.component}", values)


def _dispute(connection: Connection, dispute_id: str) -> Row[Any]:
    return connection.execute(select(disputes).where(disputes.c.dispute_id == dispute_id)).one()


def _about(connection: Connection, row: Row[Any]) -> dict[str, Any]:
    """The document that a row is about, and its owner."""
    document = connection.execute(select(documents).where(documents.c.document_id == row.document_id)).one()
    return {
        "document_id": document.document_id,
        "citizen_id": document.identity,
        "document_type": document.document_type,
        "result_code": document.result_code,
        "issued_by": document.agency,
    }
