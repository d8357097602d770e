"""What answers show of the documents of the store (`schemas.requests.document_fields.ShownDocument`)."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from transforms.document_standing import WORDS, Standing, load_document, standing

_DOCUMENT = (
    "document_id",
    "document_type",
    "result_code",
    "kind",
    "agency",
    "dossier",
    "origin",
    "added_at",
    "dispute",
)


def view(found: Mapping[str, Any], on: date) -> dict[str, Any]:
    """A document as an answer shows it. `found` is as the lookups of the store have it (`store.documents.reading`)."""
    now = standing(load_document(found), on)
    return {**{name: found.get(name) for name in _DOCUMENT}, **_state(now), "version": _version(found, now)}


def _state(now: Standing) -> dict[str, Any]:
    words = None if now.why is None else WORDS[now.why]
    return {"offered": now.why is None, "why_not": now.why, "why_not_words": words}


def _version(found: Mapping[str, Any], now: Standing) -> Mapping[str, Any]:
    shown: Mapping[str, Any] = next(each for each in found["versions"] if each["version"] == now.version.version)
    return shown
