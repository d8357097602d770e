"""The accounts of the provincial portal. The contract is assumed: none is public.

GET /portal_accounts/api/accounts    header `X-Api-Key: sandbox`; a change feed (sandbox/feed.py):
    taiKhoanId, ngayTao yyyyMMddHHmmss, huongDan
"""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox import feed
from sandbox.clock import Clock
from sandbox.recording import Line, Recording
from sandbox.sessions import SECRET


class PortalAccounts:
    """The stand-in server."""

    def __init__(self, recording: Recording, clock: Clock) -> None:
        self._clock = clock
        lines = recording.lines.get("portal_accounts", ())
        self._feed = feed.Feed("portal_accounts", recording.digests.get("portal_accounts", ""), lines)

    def routes(self) -> list[Route]:
        return [Route("/api/accounts", self.records, methods=["GET"])]

    def add(self, line: Line) -> None:
        self._feed.add(line)

    async def records(self, request: Request) -> Response:
        if request.headers.get("x-api-key") != SECRET:
            return JSONResponse({"error": "invalid api key"}, 401)
        return feed.serve_page(self._feed, self._clock.now, request)
