"""Limits of bodies: a body is read whole before anything looks at it, so that no caller keeps a worker waiting.

Pure ASGI. More bytes than the limit are refused (413) at the first byte that is too many, and a body that does not
come in time is refused (408). Both cost that one request alone. The body of an upload is passed on as it comes, under
the same limits: it may be larger than what fits into memory many times.
"""

import asyncio
import re
import time
from collections.abc import Mapping
from contextlib import suppress

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lienthong.http.problems import Problem, problem_response
from lienthong.http.refusals import body_too_large, body_too_slow, unavailable

BODY_LIMIT = 2 * 1024 * 1024
"""Bytes of a body: a dossier with hundreds of components needs a tenth of it. An upload has a limit of its own."""

BODY_SECONDS = 15.0
"""Seconds for a whole body: 2 MiB at the 1.2 Mbit/s of a bad link in a commune."""

LINGER_SECONDS = 2.0
"""How long a refused upload is read on, so that its caller sees the answer."""

MOST_HELD = 256 * 1024 * 1024
"""Bytes of all bodies that are in memory at one time. What would be more is refused (503)."""


class BodyLimits:
    """See above. `of_paths`: the limits of paths that have one of their own, with time in proportion.

    `uploads`: the limits of what is passed on as it comes, by the pattern of the path.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        limit: int = BODY_LIMIT,
        seconds: float = BODY_SECONDS,
        of_paths: Mapping[str, int] | None = None,
        uploads: Mapping[re.Pattern[str], int] | None = None,
    ) -> None:
        self._app = app
        self._limit = limit
        self._seconds = seconds
        self._of_paths = of_paths or {}
        self._uploads = uploads or {}
        self._held = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        upload = self._upload_limit(scope)
        if upload is not None:
            passed = _LimitedBody(receive, upload, self._seconds_of(scope, upload))
            send = passed.closing(send)
            if _expected(scope, 0) > upload:
                await problem_response(body_too_large(upload), scope)(scope, receive, send)
            else:
                await self._app(scope, passed.receive, send)
            return
        limit = self._of_paths.get(scope["path"], self._limit)
        body = bytearray()
        try:
            is_whole = await self._read_in_time(scope, receive, body, limit=limit)
        except Problem as problem:
            await _refuse(problem, scope, receive, send)
        else:
            if is_whole:
                await self._app(scope, _replay(bytes(body), receive), send)
        finally:
            self._held -= len(body)

    def _upload_limit(self, scope: Scope) -> int | None:
        if scope["method"] == "POST":
            for path, limit in self._uploads.items():
                if path.fullmatch(scope["path"]):
                    return limit
        return None

    def _seconds_of(self, scope: Scope, limit: int) -> float:
        """The time of a body: in proportion to what its caller announces."""
        return self._seconds * max(1.0, min(_expected(scope, limit), limit) / self._limit)

    async def _read_in_time(self, scope: Scope, receive: Receive, body: bytearray, *, limit: int) -> bool:
        seconds = self._seconds_of(scope, limit)
        try:
            async with asyncio.timeout(seconds):
                return await self._read(scope, receive, body, limit=limit)
        except TimeoutError:
            raise body_too_slow(seconds) from None

    async def _read(self, scope: Scope, receive: Receive, body: bytearray, *, limit: int) -> bool:
        """Read the whole body; False when the caller went away. Raises `Problem` for one that cannot be taken."""
        if _expected(scope, 0) > limit:
            raise body_too_large(limit)
        while True:
            received = await receive()
            if received["type"] == "http.disconnect":
                return False
            part = received.get("body", b"")
            body += part
            self._held += len(part)
            if len(body) > limit:
                raise body_too_large(limit)
            if self._held > MOST_HELD:
                raise unavailable()
            if not received.get("more_body", False):
                return True


class _LimitedBody:
    """A body that is passed on as it comes. Raises the problem of one that is too large or too slow."""

    def __init__(self, receive: Receive, limit: int, seconds: float) -> None:
        self._receive = receive
        self._limit = limit
        self._seconds = seconds
        self._until = time.monotonic() + seconds
        self._count = 0
        self._is_whole = False

    async def receive(self) -> Message:
        if self._is_whole:
            return await self._receive()
        try:
            async with asyncio.timeout(self._until - time.monotonic()):
                received = await self._receive()
        except TimeoutError:
            raise body_too_slow(self._seconds) from None
        self._count += len(received.get("body", b""))
        self._is_whole = not received.get("more_body", False)
        if self._count > self._limit:
            self._is_whole = False
            raise body_too_large(self._limit)
        return received

    def closing(self, send: Send) -> Send:
        """`send`, which closes the connection behind an answer that does not wait for the end of the body.

        Else the server would read what is left of it, and a caller could send for ever. The answer is whole before the
        connection is closed, and what comes meanwhile is dropped, for `LINGER_SECONDS`: a caller that still sends would
        see a connection that breaks, and no answer (RFC 9112 section 9.6).
        """
        is_early = False

        async def close_early(sent: Message) -> None:
            nonlocal is_early
            if sent["type"] == "http.response.start" and not self._is_whole:
                is_early = True
                sent = {**sent, "headers": [*sent.get("headers", ()), (b"connection", b"close")]}
            if is_early and sent["type"] == "http.response.body" and not sent.get("more_body", False):
                await send({**sent, "more_body": True})
                await self._drop_rest()
                sent = {"type": "http.response.body", "body": b"", "more_body": False}
            await send(sent)

        return close_early

    async def _drop_rest(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(LINGER_SECONDS):
                while self._count <= self._limit:
                    received = await self._receive()
                    self._count += len(received.get("body", b""))
                    if not received.get("more_body", False):  # also where the caller went away
                        return


def _expected(scope: Scope, otherwise: int) -> int:
    """The bytes of the body that its caller announces; `otherwise` where it announces none."""
    declared = Headers(scope=scope).get("content-length", "")
    return int(declared[:20]) if declared.isdecimal() else otherwise


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
