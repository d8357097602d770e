"""The VNeID account list. The contract is assumed: none is public.

POST /vneid/oauth/token     form: grant_type=client_credentials, client_id, client_secret → {"access_token", …}
GET  /vneid/api/accounts    Bearer; a change feed (sandbox/feed.py) of account states:
     citizenPid, fullName, birthDate dd/MM/yyyy, accountType, accountLevel (1 or 2, as number or text), activatedAt
"""

from datetime import timedelta

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox import feed
from sandbox.clock import Clock
from sandbox.recording import Line, Recording
from sandbox.sessions import NAME, SECRET, Monotonic, Sessions, bearer_token, form_fields


class Vneid:
    """The stand-in server. Its tokens are valid for 300 seconds of real time."""

    def __init__(self, recording: Recording, clock: Clock, monotonic: Monotonic) -> None:
        self._clock = clock
        self._feed = feed.Feed("vneid", recording.digests.get("vneid", ""), recording.lines.get("vneid", ()))
        self.sessions = Sessions(timedelta(seconds=300), monotonic)

    def routes(self) -> list[Route]:
        return [
            Route("/oauth/token", self.token, methods=["POST"]),
            Route("/api/accounts", self.accounts, methods=["GET"]),
        ]

    def add(self, line: Line) -> None:
        self._feed.add(line)

    async def token(self, request: Request) -> Response:
        fields = await form_fields(request)
        if fields.get("grant_type") != "client_credentials":
            return JSONResponse({"error": "unsupported_grant_type"}, 400)
        if (fields.get("client_id"), fields.get("client_secret")) != (NAME, SECRET):
            return JSONResponse({"error": "invalid_client"}, 401)
        lifetime = int(self.sessions.lifetime.total_seconds())
        return JSONResponse({"access_token": self.sessions.open(), "expires_in": lifetime, "token_type": "Bearer"})

    async def accounts(self, request: Request) -> Response:
        if not self.sessions.is_valid(bearer_token(request)):
            return JSONResponse({"error": "invalid_token"}, 401, {"WWW-Authenticate": "Bearer"})
        return feed.serve_page(self._feed, self._clock.now, request)
