"""A change feed: lines in the order they were seen, read on from a token.

Assumed contract, the same for VNeID and CCVC, since neither has a public one:

    GET …?after=TOKEN&size=500  →  {"items": [...], "next": "TOKEN", "more": false}

Without `after` it begins at the start. The token is opaque to the caller: "<feed>:<position>", where the feed is a
digest of the recorded file. A token of another feed gets 410 {"error": "feed changed, begin anew"}; one that is no
token at all gets 400. When nothing is new, `items` is empty and `next` is the token that was sent.
"""

import hashlib
import re
from bisect import bisect_right
from collections.abc import Sequence
from datetime import datetime
from operator import attrgetter

import orjson
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.recording import Line

MOST = 500


class FeedChanged(Exception):  # noqa: N818 - what happened, not an error of ours
    """The token belongs to another feed."""


class Feed:
    """One system's feed."""

    def __init__(self, system: str, digest: str, lines: Sequence[Line]) -> None:
        self._id = hashlib.sha256(f"{system}:{digest}".encode()).hexdigest()[:16]
        ordered = sorted(lines, key=attrgetter("seen_at"))
        self._raws = [line.raw for line in ordered]
        self._times = [line.seen_at for line in ordered]
        self._served = 0

    def add(self, line: Line) -> None:
        """One more line, never put before what was already handed out: whoever holds a token would miss it."""
        moment = line.seen_at
        if self._served:
            moment = max(moment, self._times[self._served - 1])
        place = bisect_right(self._times, moment)
        self._raws.insert(place, line.raw)
        self._times.insert(place, moment)

    def page(self, now: datetime, after: str | None, size: int) -> bytes:
        """The reply as JSON. Raises `FeedChanged`, or `ValueError` for a token that is none.

        A position beyond what `now` shows (the clock was set back) is kept, and shows nothing.
        """
        start = self._position(after)
        visible = bisect_right(self._times, now)
        end = max(start, min(start + size, visible))
        self._served = max(self._served, min(end, visible))
        rest = {"next": f"{self._id}:{end}", "more": end < visible}
        return b'{"items":[' + b",".join(self._raws[start:end]) + b"]," + orjson.dumps(rest)[1:]

    def _position(self, after: str | None) -> int:
        if not after:
            return 0
        match = re.fullmatch(r"([0-9a-f]+):(\d{1,15})", after, re.ASCII)
        if match is None:
            raise ValueError("after is not a token of this feed")
        if match[1] != self._id:
            raise FeedChanged
        return int(match[2])


def answer(feed: Feed, now: datetime, request: Request) -> Response:
    """Serve one request for a page."""
    try:
        size = int(request.query_params.get("size", MOST))
        if size < 1:
            raise ValueError("size must be at least 1")
        page = feed.page(now, request.query_params.get("after"), min(size, MOST))
    except FeedChanged:
        return JSONResponse({"error": "feed changed, begin anew"}, 410)
    except ValueError as error:
        return JSONResponse({"error": str(error)}, 400)
    return Response(page, media_type="application/json")
