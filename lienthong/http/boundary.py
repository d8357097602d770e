"""The outermost layer: nothing leaves without its headers, no exception leaves at all, and every reply is timed.

Pure ASGI. A caller's `traceparent` (W3C Trace Context) is taken on, and goes back with the id of our own span.
"""

import time
from collections.abc import Callable

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lienthong import __version__
from lienthong.data.spans import Span, answering
from lienthong.data.trace_context import PARENT, STATE, Trace, begin_trace, continued, sound_parent, sound_state
from lienthong.http.problems import problem_response
from lienthong.http.refusals import unexpected

SECURITY_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Strict-Transport-Security": "max-age=31536000",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
"""On every reply that does not set them itself. Browsers heed Strict-Transport-Security over HTTPS alone."""

RECORDING_HEADER = "Lienthong-Recording"
"""On every reply where the ledger is that of a recording: what it shows was invented or played."""

log = structlog.get_logger(__name__)

Timed = Callable[[Scope, int, float], None]
"""Called with the scope, the status and the seconds of each request."""


class Boundary:
    """See above. `recording`: whether the ledger is that of a recording."""

    def __init__(self, app: ASGIApp, *, recording: bool, timed: Timed) -> None:
        self._app = app
        self._recording = recording
        self._timed = timed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        caller = caller_trace(Headers(scope=scope))
        with answering(scope["method"], scope.get("scheme", "http"), caller) as span:
            await self._answer(scope, receive, send, trace=span.trace or our_trace(caller), span=span)

    async def _answer(self, scope: Scope, receive: Receive, send: Send, *, trace: Trace, span: Span) -> None:
        reply = _Reply(send, trace.parent, recording=self._recording)
        state = scope.setdefault("state", {})
        state["trace"], state["recording"] = trace, self._recording
        began = time.perf_counter()
        try:
            await self._app(scope, receive, reply.send)
        except Exception:
            log.exception("a request failed", path=_route(scope), method=scope["method"])
            if not reply.status:
                await problem_response(unexpected(), scope)(scope, receive, reply.send)
        finally:
            status = reply.status or 499  # 499: the caller went away
            self._timed(scope, status, time.perf_counter() - began)
            _tell(span, scope, status)


class _Reply:
    """Sends a reply, with the headers that each has. `status` is 0 until it has begun."""

    def __init__(self, send: Send, traceparent: str, *, recording: bool) -> None:
        self._send = send
        self._recording = recording
        self.traceparent = traceparent
        self.status = 0

    async def send(self, sent: Message) -> None:
        if sent["type"] == "http.response.start":
            self.status = sent["status"]
            headers = MutableHeaders(scope=sent)
            for name, value in SECURITY_HEADERS.items():
                headers.setdefault(name, value)
            headers["API-Version"] = __version__
            headers[PARENT] = self.traceparent
            if self._recording:
                headers[RECORDING_HEADER] = "true"
        await self._send(sent)


def caller_trace(headers: Headers) -> Trace | None:
    """The caller's trace as it came; None without a sound one. A `traceparent` that stands twice is malformed."""
    parents = headers.getlist(PARENT)
    parent = sound_parent(parents[0]) if len(parents) == 1 else None
    return None if parent is None else Trace(parent, sound_state(",".join(headers.getlist(STATE))))


def our_trace(caller: Trace | None) -> Trace:
    """Our part of the caller's trace, or of a new one."""
    return (continued(*caller) if caller else None) or begin_trace()


def _tell(span: Span, scope: Scope, status: int) -> None:
    """Name the span by the route, never by the path: that holds what the caller put in."""
    if (route := _route(scope)) != "?":
        span.rename(f"{scope['method']} {route}")
        span.note("http.route", route)
    span.note("http.response.status_code", status)
    if status >= 500:
        span.fail(str(status))


def _route(scope: Scope) -> str:
    """The path as the application has it, without what the caller put in."""
    return str(getattr(scope.get("route"), "path", "") or "?")
