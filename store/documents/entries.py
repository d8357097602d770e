"""What is written to the store of documents, by the kind of an entry (`do`)."""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Connection

from store.documents import additions, conversions, findings, happenings, reclassifications
from store.documents.sealing import Entry

WRITES: Mapping[str, Callable[[Connection, Entry], dict[str, Any]]] = {
    "add": additions.add,
    "judge": additions.judge,
    "reclassify": reclassifications.reclassify,
    "reuse": happenings.reuse,
    "dispute": happenings.open_dispute,
    "resolve": happenings.resolve,
    "convert": conversions.convert,
    "match": happenings.note_match,
    "read": happenings.note_reading,
    "find": findings.note_findings,
}


def write(connection: Connection, entry: Entry) -> dict[str, Any]:
    """Write one entry, and tell what it became. Raises KeyError for a kind that there is not."""
    return WRITES[entry["do"]](connection, entry)
