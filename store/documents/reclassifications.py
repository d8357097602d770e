"""Reclassifications: what a document is was corrected by the agency that issued it; writing and finding them.

As in `store.documents.additions`, a call for the same event changes nothing, and is answered as before.
"""

from collections.abc import Mapping, Sequence
from operator import attrgetter
from typing import Any

import orjson
from sqlalchemy import Connection, Row, select, update

from lienthong import Site
from lienthong.adapters.sql import open_reader
from store.documents.additions import add_verdict, columns_of_verdict, insert_new, lock
from store.documents.reading import rows_by
from store.documents.reclassification_table import reclassifications
from store.documents.sealing import Entry, stamp, stamp_again
from store.documents.tables import documents, verdicts, versions
from store.instants import format_instant

_OF_DOCUMENT = ("kind", "document_type", "result_code", "agency", "dossier")
_OF_VERSION = ("issued_on", "valid_until")


def reclassify(connection: Connection, entry: Entry) -> dict[str, Any]:
    """Change what a document is, with the verdict on each of its versions as that.

    Returns `changed` (False where it was that already), `reclassified_at`, and `stale`: the document is neither what
    the entry found it to be nor what it makes of it, and nothing was written.
    """
    document_id, now = entry["document_id"], format_instant(entry["at"])
    unchanged = {"document_id": document_id, "changed": False, "stale": False, "reclassified_at": now}
    lock(connection, document_id)
    known = _known(connection, entry)
    if known is None:
        state, count = _state(connection, document_id)
        if state == entry["after"]:
            return unchanged
        if state != entry["before"] or count != len(entry["versions"]):
            return {**unchanged, "stale": True}
        _write(connection, entry, now)
        return {**unchanged, "changed": True}
    by_this = known.event_id == entry["event_id"]
    return {**unchanged, "changed": by_this, "reclassified_at": known.reclassified_at}


def deliver(connection: Connection, entry: Entry) -> bool:
    """Note that the sink has the event; whether it had none before. What an unrecorded one wrote becomes its."""
    known = _known(connection, entry)
    if known is None or known.delivered:
        return False
    of_event = reclassifications.c.event_id == known.event_id
    noted = update(reclassifications).where(of_event)
    connection.execute(noted.values(delivered=1, **stamp_again(reclassifications, entry)))
    if known.event_id != entry["event_id"]:
        for table in (documents, versions, verdicts):
            of_writer = (table.c.document_id == known.document_id, table.c.written_by == known.event_id)
            connection.execute(update(table).where(*of_writer).values(**stamp_again(table, entry)))
    return True


class DocumentReclassifications:
    """Finds how documents were corrected, by id: `reclassified_at, client, officer, explanation, before, after`."""

    def __init__(self, site: Site) -> None:
        self._database = site.database

    def find_many(self, keys: Sequence[str]) -> Mapping[str, Sequence[Mapping[str, Any]]]:
        """For all keys together. Raises `Transient` when the database does not answer."""
        with open_reader(self._database, "kho giấy tờ không trả lời") as connection:
            rows = rows_by(connection, reclassifications, "document_id", keys)
        found: dict[str, list[Mapping[str, Any]]] = {}
        for row in sorted(rows, key=attrgetter("reclassified_at", "event_id")):
            values = {name: getattr(row, name) for name in ("reclassified_at", "client", "officer", "explanation")}
            states = {"before": orjson.loads(row.before), "after": orjson.loads(row.after)}
            found.setdefault(row.document_id, []).append({**values, **states})
        return found


def _known(connection: Connection, entry: Entry) -> Row[Any] | None:
    """The row of this event; else the one that an event wrote which was not recorded, with the same end."""
    of_event = select(reclassifications).where(reclassifications.c.event_id == entry["event_id"])
    same_end = (
        reclassifications.c.document_id == entry["document_id"],
        reclassifications.c.delivered == 0,
        reclassifications.c.after == _json(entry["after"]),
    )
    newest = reclassifications.c.reclassified_at.desc()
    unrecorded = select(reclassifications).where(*same_end).order_by(newest).limit(1)
    return connection.execute(of_event).first() or connection.execute(unrecorded).first()


def _state(connection: Connection, document_id: str) -> tuple[Mapping[str, Any] | None, int]:
    """What the document is, and how many versions it has."""
    row = connection.execute(select(documents).where(documents.c.document_id == document_id)).first()
    of_document = select(versions).where(versions.c.document_id == document_id).order_by(versions.c.version)
    found = connection.execute(of_document).all()
    if row is None or not found:
        return None, 0
    state = {name: getattr(row, name) for name in _OF_DOCUMENT}
    return {**state, **{name: getattr(found[-1], name) for name in _OF_VERSION}}, len(found)


def _write(connection: Connection, entry: Entry, now: str) -> None:
    document_id, after = entry["document_id"], entry["after"]
    of_document = update(documents).where(documents.c.document_id == document_id)
    changed = {name: after[name] for name in _OF_DOCUMENT}
    connection.execute(of_document.values(**changed, **stamp_again(documents, entry)))
    for each in entry["versions"]:
        of_version = {"document_id": document_id, "version": each["version"]}
        add_verdict(connection, {**of_version, "event_id": entry["event_id"]}, {**entry, **each})
        where = (versions.c[name] == value for name, value in of_version.items())
        current = columns_of_verdict(each["verdict"], each["accepted"])
        dates = {name: each[name] for name in _OF_VERSION}
        connection.execute(update(versions).where(*where).values(**current, **dates, **stamp_again(versions, entry)))
    row = {
        **{name: entry[name] for name in ("event_id", "document_id", "explanation", "client", "officer")},
        "identity": entry["citizen_id"],
        "reclassified_at": now,
        "before": _json(entry["before"]),
        "after": _json(after),
        "delivered": 0,
        **stamp(entry),
    }
    insert_new(connection, reclassifications, row)


def _json(state: Mapping[str, Any]) -> str:
    return orjson.dumps(state, option=orjson.OPT_SORT_KEYS).decode()
