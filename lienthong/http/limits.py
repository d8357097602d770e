"""Limits of bodies: a body is read whole before anything looks at it, so that no caller keeps a worker waiting.

Pure ASGI. More bytes than the limit are refused (413) at the first byte that is too many, and a body that does not
come in time is refused (408). Both cost that one request alone.
"""

import asyncio

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lienthong.http.problems import Problem, problem_response
from lienthong.http.refusals import body_too_large, body_too_slow

BODY_LIMIT = 2 * 1024 * 1024
"""Bytes of a body: a dossier with hundreds of components needs a tenth of it. Files do not go through the bus."""

BODY_SECONDS = 15.0
"""Seconds for a whole body: 2 MiB at the 1.2 Mbit/s of a bad link in a commune."""


class BodyLimits:
    """See above."""

    def __init__(self, app: ASGIApp, *, limit: int = BODY_LIMIT, seconds: float = BODY_SECONDS) -> None:
        self._app = app
        self._limit = limit
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            async with asyncio.timeout(self._seconds):
                body = await self._read(scope, receive)
        except TimeoutError:
            await _refuse(body_too_slow(self._seconds), scope, receive, send)
            return
        except Problem as problem:
            await _refuse(problem, scope, receive, send)
            return
        if body is not None:
            await self._app(scope, _replay(body, receive), send)

    async def _read(self, scope: Scope, receive: Receive) -> bytes | None:
        """The whole body; None when the caller went away. Raises `Problem` for one that is too large."""
        declared = Headers(scope=scope).get("content-length", "")
        if declared.isdecimal() and int(declared[:20]) > self._limit:
            raise body_too_large(self._limit)
        parts = bytearray()
        while True:
            received = await receive()
            if received["type"] == "http.disconnect":
                return None
            parts += received.get("body", b"")
            if len(parts) > self._limit:
                raise body_too_large(self._limit)
            if not received.get("more_body", False):
                return bytes(parts)


async def _refuse(problem: Problem, scope: Scope, receive: Receive, send: Send) -> None:
    response = problem_response(problem, scope)
    response.headers["Connection"] = "close"  # what is left of the body is not read
    await response(scope, receive, send)


def _replay(body: bytes, receive: Receive) -> Receive:
    """Gives the body once, and afterwards what the server has: that the caller went away."""
    is_given = False

    async def replay() -> Message:
        nonlocal is_given
        if is_given:
            return await receive()
        is_given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay
