"""Entries of the store of documents: what an event has to write there (`store.documents.entries`), as plain values.

An event carries its entry as `entry`. The register writes it before the caller is answered, the sink for good.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from lienthong import Envelope, Found, format_instant
from transforms.identity import clean_identity

ENTRY = "entry"


def with_entry(envelope: Envelope, do: str, **values: Any) -> Envelope:
    """The event with an entry of the kind `do`, of the client and the officer that ask, at the moment of the event."""
    data = envelope.data
    entry = {
        "do": do,
        "event_id": envelope.id,
        "at": format_instant(envelope.time),
        "client": data.get("client"),
        "officer": data.get("officer"),
        **values,
    }
    return envelope.with_data(envelope.type, {**data, ENTRY: entry})


def key(envelope: Envelope) -> Sequence[str]:
    """The key by which the register is asked; none for an event that has nothing to write."""
    return [_json(envelope.data[ENTRY])] if ENTRY in envelope.data else []


def became(envelope: Envelope, found: Found, **otherwise: Any) -> Mapping[str, Any]:
    """What the entry of the event became. In a case, where nothing is written, `otherwise`."""
    return {**otherwise, **found.get(_json(envelope.data[ENTRY]), {})}


def owner(envelope: Envelope, field: str = "citizen_id") -> str | None:
    """The cleaned number of the citizen that is asked about, None when it is none."""
    return clean_identity(envelope.data.get(field))


def _json(entry: Mapping[str, Any]) -> str:
    return orjson.dumps(entry, option=orjson.OPT_SORT_KEYS).decode()
