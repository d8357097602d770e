"""The province's catalogue of agencies and units. The contract is assumed: none is public.

GET /organisations/api/units    header `X-Api-Key: sandbox`; a change feed (sandbox/feed.py):
    maDonVi, tenDonVi, cap, maCha, maIgate, hieuLucTu, hieuLucDen (yyyyMMdd), keThua, email, lich
"""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox import feed
from sandbox.clock import Clock
from sandbox.recording import Line, Recording
from sandbox.sessions import SECRET


class Organisations:
    """The stand-in server."""

    def __init__(self, recording: Recording, clock: Clock) -> None:
        self._clock = clock
        lines = recording.lines.get("organisations", ())
        self._feed = feed.Feed("organisations", recording.digests.get("organisations", ""), lines)

    def routes(self) -> list[Route]:
        return [Route("/api/units", self.records, methods=["GET"])]

    def add(self, line: Line) -> None:
        self._feed.add(line)

    async def records(self, request: Request) -> Response:
        if request.headers.get("x-api-key") != SECRET:
            return JSONResponse({"error": "invalid api key"}, 401)
        return feed.serve_page(self._feed, self._clock.now, request)
