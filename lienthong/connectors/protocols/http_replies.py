"""Reading a reply within its limits, whatever the server sends, and what its headers ask for."""

import zlib
from collections.abc import Callable, Iterator
from datetime import timedelta
from email.utils import parsedate_to_datetime

import httpx

_PIECE_BYTES = 2**16
"""How much is decompressed at once, so that a few bytes cannot become gigabytes before the limit is checked."""
_LONGEST_WAIT_SECONDS = 86_400
"""A day: no rung is longer, and a number of any length must not overflow."""
_GZIP_OR_ZLIB = 32 + zlib.MAX_WBITS


class Deadline:
    """A time limit that began when this object was made. `elapsed` gives seconds."""

    def __init__(self, seconds: float, elapsed: Callable[[], float]) -> None:
        self._seconds = seconds
        self._elapsed = elapsed
        self._began = elapsed()

    def check(self) -> None:
        """Raises TimeoutError when the time is over."""
        if self._elapsed() - self._began > self._seconds:
            raise TimeoutError


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
        # httpx limits the wait for each piece only, so a reply that comes in very slowly would never end.
        deadline.check()
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


def retry_after(headers: httpx.Headers) -> timedelta | None:
    """What Retry-After asks for (RFC 9110, 10.2.3), or None. A date counts from the reply's Date, not our clock."""
    text = headers.get("Retry-After", "").strip()
    if text.isascii() and text.isdigit():
        return timedelta(seconds=min(int(text[:9]), _LONGEST_WAIT_SECONDS))
    try:
        asked = parsedate_to_datetime(text) - parsedate_to_datetime(headers.get("Date", ""))
    except (ValueError, TypeError):
        return None
    return min(max(asked, timedelta(0)), timedelta(seconds=_LONGEST_WAIT_SECONDS))
