"""The headers of a message of the bus, and what of a message can be read at all."""

import time
from collections.abc import Mapping
from typing import Any, NamedTuple

LINE_FORM = "lines-2"
"""Value of the header `form`: a body with one event a line, as `Bundle.body` writes it.

Its predecessor `lines` had the comma at the end of a line. Such a body is read like any other batch.
"""

_FORMS = (LINE_FORM, "lines", None)
_ENCODINGS = ("", "binary", "utf-8")
_OURS = ("turn", "attempt", "form")

MAX_TURN = 2**31 - 1
"""The largest turn or attempt: PostgreSQL's integer, in which the ledger keeps them."""

MAX_MESSAGE_BYTES = 128 * 1024 * 1024
"""A larger message is not read: no version of the bus ever sent one."""


MAX_ID_LENGTH = 100
MAX_ATTRIBUTE_LENGTH = 20_000
"""Far beyond what intake lets through."""

_FIRST_YEAR, _LAST_YEAR = 1970, 2999


class Origin(NamedTuple):
    """Who sent a message: the ledger's id and its incarnation (see `LedgerIdentity`); empty when it does not say."""

    ledger: str = ""
    incarnation: str = ""


def origin_headers(origin: Origin, sent: int | None = None) -> dict[str, str | int]:
    """The headers that carry an origin, and when the message is sent (now by default); none when it is empty."""
    if not origin.ledger:
        return {}
    now = int(time.time()) if sent is None else sent
    return {"ledger": origin.ledger, "incarnation": origin.incarnation, "sent": now}


class MessageHeaders(NamedTuple):
    """The headers of a message, in their types."""

    turn: int
    attempt: int
    in_lines: bool
    origin: Origin
    sent: int = 0


def parse_headers(headers: Mapping[str, Any]) -> MessageHeaders:
    """The headers of a message. Raises ValueError for a header of another type or range, naming it.

    A message with none of our headers is the first turn of a plain CloudEvents batch.
    """
    form = headers.get("form")
    if form not in _FORMS:
        raise ValueError(f"the header `form` is {form!r:.60}")
    if not any(name in headers for name in _OURS):
        return MessageHeaders(1, 1, in_lines=False, origin=_origin(headers))
    return MessageHeaders(
        _number(headers, "turn"), _number(headers, "attempt"), form == LINE_FORM, _origin(headers), _sent(headers)
    )


def require_readable(body: bytes, content_encoding: str) -> None:
    """Raise ValueError for a message that is too large, or packed."""
    if len(body) > MAX_MESSAGE_BYTES:
        raise ValueError(f"the message has {len(body)} bytes; at most {MAX_MESSAGE_BYTES} are read")
    if content_encoding.lower() not in _ENCODINGS:
        raise ValueError(f"the content encoding is {content_encoding!r:.60}")


def require_keepable(*attributes: tuple[Any, ...]) -> None:
    """Raise TypeError or ValueError unless the ledger can keep all events of a message.

    `attributes`: each attribute of an envelope, in their order, for all events. They are checked together, because this
    is done for every message.
    """
    ids, kinds, sources, subjects, _, received, *_ = attributes
    together = "".join((*ids, *kinds, *sources, *subjects))  # TypeError for anything but texts
    if not all(ids) or max(map(len, ids)) > MAX_ID_LENGTH or "\0" in together:
        raise ValueError("the id of an event is empty or too long, or an attribute contains NUL")
    if max(map(len, (*kinds, *sources, *subjects))) > MAX_ATTRIBUTE_LENGTH:
        raise ValueError(f"an attribute of an event has more than {MAX_ATTRIBUTE_LENGTH} characters")
    years = {moment.year for moment in set(received)}
    if min(years) < _FIRST_YEAR or max(years) > _LAST_YEAR:
        raise ValueError(f"an event claims to have been received in the year {min(years)} or {max(years)}")


def _number(headers: Mapping[str, Any], name: str) -> int:
    value = headers.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= MAX_TURN:
        raise ValueError(f"the header `{name}` is {value!r:.60}")
    return int(value)  # a client may have a type of its own for long integers


def _sent(headers: Mapping[str, Any]) -> int:
    sent = headers.get("sent", 0)
    return int(sent) if isinstance(sent, int) else 0


def _origin(headers: Mapping[str, Any]) -> Origin:
    ledger, incarnation = headers.get("ledger", ""), headers.get("incarnation", "")
    if not isinstance(ledger, str) or not isinstance(incarnation, str):
        raise ValueError("the header `ledger` or `incarnation` is not a text")
    return Origin(ledger, incarnation)
