"""What the store of documents has of a dossier, for its package: its results, and documents reused in it."""

from collections.abc import Iterable, Mapping, Sequence
from operator import attrgetter
from typing import Any

from sqlalchemy import Row

from lienthong import Site
from lienthong.adapters.sql import open_reader
from store.documents.conversions import conversions_of
from store.documents.reading import DocumentReuses, DocumentsById, DocumentVerdicts, rows_by
from store.documents.reclassification_table import reclassifications
from store.documents.reclassifications import DocumentReclassifications
from store.documents.tables import conversions, disputes, documents, reuses, verdicts, versions

_DISPUTE = (
    *("dispute_id", "version", "agency", "statement", "raised_in", "dossier", "opened_at", "due_on", "state"),
    *("resolved_at", "explanation", "new_version"),
)


def dossier_documents(site: Site, dossier: str) -> Sequence[Mapping[str, Any]]:
    """The documents by id, each with its versions, verdicts, disputes, papers, and its reuses in this dossier.

    `bodies` are the papers among the files, `events` the ids of the events that made all of it.
    """
    with open_reader(site.database, "kho giấy tờ không trả lời") as connection:
        found = [
            *rows_by(connection, documents, "dossier", [dossier]),
            *rows_by(connection, reuses, "dossier", [dossier]),
        ]
        ids = sorted({row.document_id for row in found})
        disputed = rows_by(connection, disputes, "document_id", ids)
        written = [
            row
            for table in (versions, verdicts, conversions, reclassifications)
            for row in rows_by(connection, table, "document_id", ids)
        ]
    events = _events((*found, *written, *disputed))
    judged, reused = DocumentVerdicts(site).find_many(ids), DocumentReuses(site).find_many(ids)
    corrected = DocumentReclassifications(site).find_many(ids)
    on_paper, known = conversions_of(site, ids), DocumentsById(site).find_many(ids)
    return [
        {
            **known[one],
            "verdicts": judged.get(one, ()),
            "reuses": [each for each in reused.get(one, ()) if each["dossier"] == dossier],
            "disputes": [
                _dispute(row) for row in sorted(disputed, key=attrgetter("opened_at")) if row.document_id == one
            ],
            "reclassifications": corrected.get(one, ()),
            "conversions": on_paper.get(one, ()),
            "bodies": [each["sheets"] for each in on_paper.get(one, ())],
            "events": events[one],
        }
        for one in ids
        if one in known
    ]


def _dispute(row: Row[Any]) -> Mapping[str, Any]:
    return {name: getattr(row, name) for name in _DISPUTE}


def _events(rows: Iterable[Row[Any]]) -> Mapping[str, Sequence[str]]:
    found: dict[str, dict[str, None]] = {}
    for row in rows:
        of_document = found.setdefault(row.document_id, {})
        for event in (row.event_id, getattr(row, "resolution_event", None)):
            if event is not None:
                of_document[event] = None
    return {document: list(events) for document, events in found.items()}
