"""The envelope of a record, whatever its source yields: what cannot be received as it is becomes unreadable data."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from lienthong.data.sound_data import KEY_LIMIT, Fault, key_fault, sound_json, writable
from lienthong.data.trace_context import continued
from lienthong.data.unreadable import UNREADABLE_KEY, clipped, unreadable_data
from lienthong.envelope import EncodedData, Envelope, canonical_json, derive_id, digest
from lienthong.messages import message
from lienthong.ports import Record

NO_TYPE = "lienthong.data.unreadable"
"""The event type of a record that has none."""

TYPE_LIMIT = 200
"""Characters of an event type."""

_NO_TRACE = (None, None)
_NO_OBJECT = "value"
"""The key of what is no object, so that it can be kept."""


def make_envelope(source: str, record: Record, now: datetime) -> Envelope:
    """The envelope of a record that was received at `now`. Its id depends on the content alone, not on the time.

    A record that JSON, a message or a database could not carry dies alone at its route: its data states why. A key
    beyond `KEY_LIMIT` is left out, and the record is known by its content.
    """
    try:
        return _as_it_is(source, record, now)
    except Exception:  # noqa: BLE001 - a source may yield anything; what is wrong is found, and costs the record alone
        return _mended(source, record, now)


def _as_it_is(source: str, record: Record, now: datetime) -> Envelope:
    key, kind, json = record.key, record.type, sound_json(record.body)
    if type(key) is not str or type(kind) is not str or "\0" in key or "\0" in kind:
        raise ValueError
    if len(key) > KEY_LIMIT or not 0 < len(kind) <= TYPE_LIMIT:
        raise ValueError
    kind.encode()
    trace = _trace(record) if record.traceparent else _NO_TRACE
    return Envelope(derive_id(source, key, digest(json)), kind, source, key, now, now, EncodedData(json), *trace)


def _trace(record: object) -> tuple[str | None, str | None]:
    """Our part of the trace that a record came with."""
    given = getattr(record, "traceparent", None), getattr(record, "tracestate", None)
    return continued(*given) or _NO_TRACE


def _mended(source: str, record: object, now: datetime) -> Envelope:
    body, fault = _body(record)
    key, wrong_key = _key(record, body)
    kind, wrong_type = _type(record)
    if (wrong := fault or wrong_key or wrong_type) and UNREADABLE_KEY not in body:
        body = unreadable_data(wrong.why, field=wrong.field or None, kept=body)
    json = canonical_json(body)
    trace = _trace(record)
    return Envelope(derive_id(source, key, digest(json)), kind, source, key, now, now, EncodedData(json), *trace)


def _body(record: object) -> tuple[dict[str, Any], Fault | None]:
    try:
        body = record.body  # type: ignore[attr-defined]  # it may be anything; see the except
        sound, fault = writable(body)
    except Exception as error:  # noqa: BLE001 - see make_envelope
        facts = {"kind": type(record).__name__, "error": type(error).__name__}
        return {}, Fault("", message("the source gave {kind}, which cannot be read as a record: {error}", **facts))
    if isinstance(sound, dict):
        return sound, fault
    why = message("the body of the record is no object but of the type {kind}", kind=type(body).__name__)
    return {_NO_OBJECT: sound}, Fault("", why)


def _key(record: object, body: Mapping[str, Any]) -> tuple[str, Fault | None]:
    key = getattr(record, "key", None)
    if key is None:
        return "", None
    if not isinstance(key, str):
        return "", Fault("", message("the natural key is of the type {kind}, not a text", kind=type(key).__name__))
    if wrong := key_fault(key, body):
        return "", wrong
    return clipped(key, KEY_LIMIT), None


def _type(record: object) -> tuple[str, Fault | None]:
    kind = getattr(record, "type", None)
    if isinstance(kind, str) and 0 < len(kind) <= TYPE_LIMIT:
        text = clipped(kind, TYPE_LIMIT)
        if text == kind:
            return text, None
    return NO_TYPE, Fault(
        "",
        message(
            "the record has no event type that could be kept: a text of at most {limit} characters", limit=TYPE_LIMIT
        ),
    )
