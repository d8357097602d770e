"""What the store of documents has of a dossier, for its package: its results, and documents reused in it."""

from collections.abc import Mapping, Sequence
from typing import Any

from lienthong import Site
from lienthong.adapters.sql import open_reader
from store.documents.reading import DocumentReuses, DocumentsById, DocumentVerdicts, rows_by
from store.documents.tables import documents, reuses


def dossier_documents(site: Site, dossier: str) -> Sequence[Mapping[str, Any]]:
    """The documents, each with its versions, all verdicts on them, and its reuses in this dossier. By id."""
    with open_reader(site.database, "kho giấy tờ không trả lời") as connection:
        found = [
            *rows_by(connection, documents, "dossier", [dossier]),
            *rows_by(connection, reuses, "dossier", [dossier]),
        ]
    ids = sorted({row.document_id for row in found})
    verdicts, reused = DocumentVerdicts(site).find_many(ids), DocumentReuses(site).find_many(ids)
    known = DocumentsById(site).find_many(ids)
    return [
        {
            **known[one],
            "verdicts": verdicts.get(one, ()),
            "reuses": [each for each in reused.get(one, ()) if each["dossier"] == dossier],
        }
        for one in ids
        if one in known
    ]
