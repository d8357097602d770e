"""A change feed: lines in the order in which they were seen, page by page from a token.

The contract is assumed, the same for VNeID and CCVC, since neither has a public one:

    GET …?after=TOKEN&size=500  →  {"items": [...], "next": "TOKEN", "more": false}

Without `after` it begins at the start. The token is opaque to the caller: "<feed>:<position>", where the feed is a
digest of the recorded file. A token of another feed gets 410 {"error": "feed changed, begin anew"}; an invalid token
gets 400. When nothing is new, `items` is empty and `next` is the token that was sent.
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

LARGEST_PAGE = 500


class FeedChanged(Exception):  # noqa: N818 - it names what happened; the sandbox is not in error
    """The token belongs to another feed."""


class Feed:
    """The feed of one system."""

    def __init__(self, system: str, digest: str, lines: Sequence[Line]) -> None:
        self._id = hashlib.sha256(f"{system}:{digest}".encode()).hexdigest()[:16]
        ordered = sorted(lines, key=attrgetter("seen_at"))
        self._raws = [line.raw for line in ordered]
        self._times = [line.seen_at for line in ordered]
        self._served = 0

    def add(self, line: Line) -> None:
        """Add a line, never before a line that was already served: readers that hold a later token would miss it."""
        moment = line.seen_at
        if self._served:
            moment = max(moment, self._times[self._served - 1])
        place = bisect_right(self._times, moment)
        self._raws.insert(place, line.raw)
        self._times.insert(place, moment)

    def page(self, now: datetime, after: str | None, size: int) -> bytes:
        """The reply as JSON. Raises `FeedChanged`, or `ValueError` for an invalid token.

        A position after the lines visible at `now` (the clock was set back) is kept, and the page is empty.
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


def serve_page(feed: Feed, now: datetime, request: Request) -> Response:
    """The response to a request for a page."""
    try:
        size = int(request.query_params.get("size", LARGEST_PAGE))
        if size < 1:
            raise ValueError("size must be at least 1")
        page = feed.page(now, request.query_params.get("after"), min(size, LARGEST_PAGE))
    except FeedChanged:
        return JSONResponse({"error": "feed changed, begin anew"}, 410)
    except ValueError as error:
        return JSONResponse({"error": str(error)}, 400)
    return Response(page, media_type="application/json")
