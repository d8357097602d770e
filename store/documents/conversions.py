"""Conversions of documents to paper: writing them, and finding them by number or by document."""

from collections.abc import Mapping, Sequence
from operator import attrgetter
from typing import Any

from sqlalchemy import Connection, select

from lienthong import Site
from lienthong.adapters.sql import open_reader
from store.documents.additions import insert_new
from store.documents.happenings import note_reading
from store.documents.reading import DocumentsById, rows_by
from store.documents.sealing import Entry, stamp
from store.documents.tables import conversions
from store.instants import format_instant

_FROM_ENTRY = (
    *("number", "document_id", "version", "digest", "sheets", "size", "pages"),
    *("agency", "agency_name", "purpose", "client", "officer", "event_id"),
)
_SHOWN = ("number", "version", "digest", "sheets", "pages", "converted_at", "agency", "agency_name")


def convert(connection: Connection, entry: Entry) -> dict[str, Any]:
    """Note a conversion, and that the document was read for it. Returns `sheets`, and `added`."""
    row = {
        **{name: entry[name] for name in _FROM_ENTRY},
        "identity": entry["citizen_id"],
        "converted_at": format_instant(entry["at"]),
        "delivered": 0,
        **stamp(entry),
    }
    insert_new(connection, conversions, row)
    note_reading(connection, entry)
    known = connection.execute(select(conversions).where(conversions.c.number == entry["number"])).one()
    return {"sheets": known.sheets, "added": known.event_id == entry["event_id"]}


class Conversions:
    """Finds conversions by their number: what they state, and `document`, as `DocumentsById` has it."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def find_many(self, keys: Sequence[str]) -> Mapping[str, Mapping[str, Any]]:
        """For all keys together. Raises `Transient` when the database does not answer."""
        with open_reader(self._site.database, "kho giấy tờ không trả lời") as connection:
            rows = rows_by(connection, conversions, "number", keys)
        about = DocumentsById(self._site).find_many([row.document_id for row in rows])
        return {
            row.number: {**{name: getattr(row, name) for name in _SHOWN}, "document": about[row.document_id]}
            for row in rows
            if row.document_id in about
        }


def conversions_of(site: Site, documents: Sequence[str]) -> Mapping[str, Sequence[Mapping[str, Any]]]:
    """The conversions by document, the oldest first. They name no person."""
    with open_reader(site.database, "kho giấy tờ không trả lời") as connection:
        rows = rows_by(connection, conversions, "document_id", documents)
    found: dict[str, list[Mapping[str, Any]]] = {}
    for row in sorted(rows, key=attrgetter("converted_at", "number")):
        found.setdefault(row.document_id, []).append({name: getattr(row, name) for name in _SHOWN})
    return found
