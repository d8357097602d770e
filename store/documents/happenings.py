"""Writing what happens to documents: reuses, disputes and their resolutions, matches and readings.

As in `store.documents.additions`, a call for the same event changes nothing, and is answered as before.
"""

from typing import Any

from sqlalchemy import Connection, Row, Table, func, select, update

from store.documents.additions import add, insert_new
from store.documents.sealing import Entry, stamp, stamp_again
from store.documents.tables import accesses, disputes, documents, matches, reuses, versions
from store.instants import format_instant

OPEN = "open"


def reuse(connection: Connection, entry: Entry) -> dict[str, Any]:
    """Note that a version stands for a component of a dossier. Noted again, the first note counts, unless the version
    is a later one.

    A version that was corrected meanwhile is not noted any more: its caller, who saw it before, has to hear of that
    now, because the correction is announced to those alone whose reuse was noted.

    Returns `version`, `reused_at`, and `added`: whether this event noted it; `corrected_by`, the version that is right.
    """
    _lock(connection, documents, entry["document_id"])
    corrected = _corrected_by(connection, entry["document_id"], entry["version"])
    if corrected is not None:
        return {"version": entry["version"], "reused_at": entry["at"], "added": False, "corrected_by": corrected}
    key = {name: entry[name] for name in ("document_id", "dossier", "component")}
    of_row = [reuses.c[name] == value for name, value in key.items()]
    row = {
        **key,
        "version": entry["version"],
        "reused_at": format_instant(entry["at"]),
        **{name: entry[name] for name in ("client", "officer", "event_id")},
        "delivered": 0,
        **stamp(entry),
    }
    if not insert_new(connection, reuses, row):
        later = update(reuses).where(*of_row, reuses.c.version < entry["version"])
        connection.execute(later.values(**{**row, **stamp_again(reuses, entry)}))
    known = connection.execute(select(reuses).where(*of_row)).one()
    added = known.event_id == entry["event_id"]
    return {"version": known.version, "reused_at": known.reused_at, "added": added, "corrected_by": None}


def open_dispute(connection: Connection, entry: Entry) -> dict[str, Any]:
    """Open a dispute. While one of the document is open, that one is the answer, and `added` is False.

    An event that was answered so names it as `known`: it opens none, also when it is delivered after the resolution.
    Returns `dispute_id`, `version`, `agency`, `opened_at`, `due_on`.
    """
    _lock(connection, documents, entry["document_id"])
    of_event = select(disputes).where(disputes.c.event_id == (entry.get("known") or entry["event_id"]))
    is_open = select(disputes).where(disputes.c.document_id == entry["document_id"], disputes.c.state == OPEN)
    known = connection.execute(of_event).first() or connection.execute(is_open).first()
    if known is None:
        insert_new(connection, disputes, _dispute_row(entry))
        known = connection.execute(of_event).one()
    names = ("dispute_id", "document_id", "version", "agency", "opened_at", "due_on")
    return {**{name: getattr(known, name) for name in names}, "added": known.event_id == entry["event_id"]}


def resolve(connection: Connection, entry: Entry) -> dict[str, Any]:
    """Resolve a dispute that is open. The first resolution counts: of a resolved one the answer is what it became.

    A correction names the version that is right as `new_version`, or brings it as the entry `version`. Returns `state`,
    `resolved_at`, `new_version`, and `added`: whether this event resolved it. Raises `NoResultFound` for no dispute.
    """
    _lock(connection, disputes, entry["dispute_id"])
    query = select(disputes).where(disputes.c.dispute_id == entry["dispute_id"])
    known = connection.execute(query).one()
    if known.state == OPEN:
        _lock(connection, documents, known.document_id)
        new_version = add(connection, entry["version"])["version"] if entry["version"] else entry["new_version"]
        if new_version is not None:
            _note_correction(connection, entry, known.document_id, new_version)
        connection.execute(
            update(disputes)
            .where(disputes.c.dispute_id == known.dispute_id)
            .values(
                state=entry["outcome"],
                resolved_at=format_instant(entry["at"]),
                explanation=entry["explanation"],
                new_version=new_version,
                resolution_event=entry["event_id"],
                **stamp_again(disputes, entry),
            )
        )
        known = connection.execute(query).one()
    names = ("dispute_id", "document_id", "version", "state", "resolved_at", "explanation", "new_version")
    return {**{name: getattr(known, name) for name in names}, "added": known.resolution_event == entry["event_id"]}


def note_match(connection: Connection, entry: Entry) -> dict[str, Any]:
    """Keep what each component got, in the order in which they were asked about."""
    for place, component in enumerate(entry["components"]):
        row = {
            "event_id": entry["event_id"],
            "place": place,
            "matched_at": format_instant(entry["at"]),
            "identity": entry["citizen_id"],
            **{name: entry[name] for name in ("procedure", "dossier", "client")},
            **{name: component[name] for name in ("component", "outcome", "document_id", "fitting")},
            **stamp(entry),
        }
        insert_new(connection, matches, row)
    return note_reading(connection, entry)


def note_reading(connection: Connection, entry: Entry) -> dict[str, Any]:
    """Keep who read what of which citizen, and why."""
    names = ("what", "purpose", "client", "officer", "event_id")
    row = {"at": format_instant(entry["at"]), "identity": entry["citizen_id"], **{name: entry[name] for name in names}}
    insert_new(connection, accesses, {**row, "document_id": entry.get("document_id"), **stamp(entry)})
    return {}


def deliver(connection: Connection, entry: Entry, table: Table, column: str, **key: str) -> bool:
    """Note in the column `column` of a row that the sink has its event; whether it had none before."""
    of_row = (table.c[name] == value for name, value in key.items())
    changed = update(table).where(*of_row, table.c[column] == 0)
    return connection.execute(changed.values(**{column: 1}, **stamp_again(table, entry))).rowcount > 0


def confirm_correction(connection: Connection, entry: Entry, dispute: Row[Any]) -> None:
    """Let `entry` stand for the version that a resolution named which was written, and not recorded."""
    of_version = (versions.c.document_id == dispute.document_id, versions.c.version == dispute.new_version)
    by_other = (versions.c.written_by == dispute.resolution_event, versions.c.written_by != entry["event_id"])
    connection.execute(update(versions).where(*of_version, *by_other).values(**stamp_again(versions, entry)))


def _corrected_by(connection: Connection, document_id: str, version: int) -> int | None:
    """The version that took the place of this one because it was wrong."""
    later = (versions.c.document_id == document_id, versions.c.version > version, versions.c.reason == "corrected")
    found: int | None = connection.scalar(select(func.max(versions.c.version)).where(*later))
    return found


def _note_correction(connection: Connection, entry: Entry, document_id: str, version: int) -> None:
    of_version = (versions.c.document_id == document_id, versions.c.version == version)
    connection.execute(update(versions).where(*of_version).values(reason="corrected", **stamp_again(versions, entry)))


def _dispute_row(entry: Entry) -> dict[str, Any]:
    names = ("document_id", "version", "agency", "statement", "raised_in", "dossier", "due_on", "client", "event_id")
    return {
        "dispute_id": entry["event_id"],
        "identity": entry["citizen_id"],
        **{name: entry[name] for name in names},
        "opened_at": format_instant(entry["at"]),
        "state": OPEN,
        "delivered": 0,
        "resolution_delivered": 0,
        **stamp(entry),
    }


def _lock(connection: Connection, table: Table, key: str) -> None:
    """Keep others from changing what belongs to this row. SQLite has one writer anyway."""
    if connection.dialect.name == "postgresql":
        (column,) = table.primary_key.columns
        connection.execute(select(column).where(column == key).with_for_update())
