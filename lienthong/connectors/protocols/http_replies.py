"""Reading a reply within its limits, whatever the server sends, and what its headers ask for."""

import zlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import httpx

from lienthong.connectors.protocols.exchange_deadline import Deadline

VALUE_LIMIT = 2_000_000
"""Values of a reply: a page of a thousand dossiers has some 200,000. Python needs up to 200 bytes for each."""

ELEMENT_LIMIT = 50_000
"""Elements of a list of records in one reply. Each becomes an event, of some kilobytes."""

_PIECE_BYTES = 2**16
"""How much is decompressed at once, so that a few bytes cannot become gigabytes before the limit is checked."""
_LONGEST_WAIT_SECONDS = 86_400
"""A day: no rung is longer, and a number of any length must not overflow."""
_GZIP_OR_ZLIB = 32 + zlib.MAX_WBITS


class TooMuch(Exception):  # noqa: N818 - a signal to the caller, which names the system
    """A reply of allowed size that holds more than may be built of it. `limit` is what it exceeds, in values."""

    def __init__(self, limit: int) -> None:
        super().__init__(limit)
        self.limit = limit


def check_values(body: bytes, limit: int = VALUE_LIMIT) -> None:
    """Raise `TooMuch` for a text that would become more than `limit` values.

    Every value but the first of its list or object stands behind a comma, and every list and object has a bracket. They
    are counted before any object is made; in texts they count too, which costs no sound reply anything.
    """
    if len(body) > limit and body.count(b",") + body.count(b"[") + body.count(b"{") > limit:
        raise TooMuch(limit)


def check_elements(reply: object, limit: int = ELEMENT_LIMIT) -> None:
    """Raise `TooMuch` for a reply that is a list of more than `limit` elements, or an object that has such a list."""
    lists = reply.values() if isinstance(reply, dict) else (reply,)
    if any(isinstance(one, list) and len(one) > limit for one in lists):
        raise TooMuch(limit)


def read_body(response: httpx.Response, limit: int, deadline: Deadline) -> bytes:
    """The decompressed body of a streamed response.

    Raises OverflowError beyond `limit` bytes, TimeoutError after the deadline, EOFError for a body that is cut off or
    damaged, NotImplementedError for a content coding we did not ask for.
    """
    pieces: list[bytes] = []
    size = 0
    for piece in _pieces(response, limit, deadline):
        size += len(piece)
        if size > limit:
            raise OverflowError
        pieces.append(piece)
    return b"".join(pieces)


def _pieces(response: httpx.Response, limit: int, deadline: Deadline) -> Iterator[bytes]:
    if response.is_stream_consumed:  # httpx reads the responses of a transport in memory itself
        return iter([response.content])
    return _decoded(_raw(response, limit, deadline), response.headers.get("Content-Encoding", ""))


def _raw(response: httpx.Response, limit: int, deadline: Deadline) -> Iterator[bytes]:
    size = 0
    for piece in response.iter_raw():
        size += len(piece)
        if size > limit:
            raise OverflowError
        deadline.remaining()
        yield piece


def _decoded(raw: Iterator[bytes], coding: str) -> Iterator[bytes]:
    name = coding.strip().lower()
    if name in ("", "identity"):
        yield from raw
    elif name in ("gzip", "x-gzip", "deflate"):
        try:
            yield from _inflated(raw)
        except zlib.error:
            raise EOFError from None
    else:  # two codings on top of each other, too: no honest server compresses twice
        raise NotImplementedError


def _inflated(raw: Iterator[bytes]) -> Iterator[bytes]:
    inflate = zlib.decompressobj(_GZIP_OR_ZLIB)
    for piece in raw:
        rest = piece
        while rest:
            if inflate.eof:  # gzip allows several members, one after the other
                inflate = zlib.decompressobj(_GZIP_OR_ZLIB)
            yield inflate.decompress(rest, _PIECE_BYTES)
            rest = inflate.unconsumed_tail or inflate.unused_data
    yield inflate.flush()
    if not inflate.eof:
        raise EOFError


def retry_after(headers: httpx.Headers, now: datetime | None = None) -> timedelta | None:
    """What Retry-After asks for (RFC 9110, 10.2.3), or None.

    A date counts from the reply's Date, and from `now` where it has none: the clock of a server may be wrong.
    """
    text = headers.get("Retry-After", "").strip()
    if text.isascii() and text.isdigit():
        return timedelta(seconds=min(int(text[:9]), _LONGEST_WAIT_SECONDS))
    until = _moment(text)
    since = _moment(headers.get("Date", "")) or now
    if until is None or since is None:
        return None
    return min(max(until - since, timedelta(0)), timedelta(seconds=_LONGEST_WAIT_SECONDS))


def _moment(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError):
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
