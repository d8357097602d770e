"""Faults on demand: a test orders a failure of an outside system, and the middleware causes it.

Each order names the system, how many requests pass before the fault, and how many requests fail. One request suffers
at most one fault.
"""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Literal, Self
from urllib.parse import parse_qs

from pydantic import BaseModel, ConfigDict, Field, model_validator
from starlette.responses import HTMLResponse, JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

DROP = "sandbox.drop"
"""Extension of the ASGI scope: a function that flushes and closes the connection (sandbox/serve.py)."""

SHIFTED = "sandbox.shifted"
"""Key in the scope of a request that gets the listing without its first element."""

ERROR_PAGE = "<!DOCTYPE html><html><head><title>502 Bad Gateway</title></head><body><h1>Bad Gateway</h1></body></html>"


class Fault(BaseModel):
    """An order. `after` requests pass first, with or without other faults; the next `times` requests suffer this one.

    Only requests whose path contains `path` count; with an empty `path` all requests count, logins too.
    """

    model_config = ConfigDict(extra="forbid")

    system: Literal["igate", "dvcqg", "vneid", "ccvc", "procedures", "questions", "petitions"]
    kind: Literal[
        "http_500",
        "http_429",  # with Retry-After: `retry_after` seconds
        "timeout",  # no reply for `seconds` or until the caller disconnects, then the connection is dropped
        "cut",  # half of the body that Content-Length states, then the connection is dropped
        "expired_session",  # every token or session of the system expires just before this request
        "truncated",  # a complete HTTP reply whose JSON ends in the middle
        "shifting_page",  # from page 1 on, the first element is missing and all others move up by one
        "html",  # status 200 with a gateway's error page
    ]
    times: int = Field(1, ge=1)
    after: int = Field(0, ge=0)
    path: str = ""
    retry_after: int = Field(1, ge=0)
    seconds: float = Field(30, ge=0)

    @model_validator(mode="after")
    def _possible(self) -> Self:
        if self.kind == "shifting_page" and self.system != "igate":
            raise ValueError("only igate is read by pages that can shift")
        if self.kind == "expired_session" and self.system == "ccvc":
            raise ValueError("ccvc has no sessions; it knows an API key")
        return self

    def can_hit(self, scope: Scope) -> bool:
        """Whether this kind of fault is possible for this request."""
        if self.kind != "shifting_page":
            return True
        page = parse_qs(scope["query_string"].decode("latin-1")).get("page", ["0"])[0]
        return scope["path"].endswith("/dossier/search") and page.isdecimal() and int(page) >= 1


class Faults:
    """The open orders, oldest first."""

    def __init__(self) -> None:
        self.orders: list[Fault] = []

    def next_fault(self, scope: Scope) -> Fault | None:
        """The fault this request suffers, if any. Counts the request for every order it matches."""
        system = scope["path"].split("/", 2)[1]
        chosen: Fault | None = None
        for fault in tuple(self.orders):
            if fault.system != system or fault.path not in scope["path"]:
                continue
            if fault.after:
                fault.after -= 1
            elif chosen is None and fault.can_hit(scope):
                chosen = fault
        if chosen is not None:
            chosen.times -= 1
            if not chosen.times:
                self.orders.remove(chosen)
        return chosen


class FaultMiddleware:
    """Causes the ordered faults in requests to any of the systems."""

    def __init__(self, app: ASGIApp, faults: Faults, expire: Mapping[str, Callable[[], None]]) -> None:
        self._app = app
        self._faults = faults
        self._expire = expire

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not self._faults.orders or (fault := self._faults.next_fault(scope)) is None:
            await self._app(scope, receive, send)
            return
        match fault.kind:
            case "http_500":
                await JSONResponse({"status": 500, "error": "Internal Server Error"}, 500)(scope, receive, send)
            case "http_429":
                headers = {"Retry-After": str(fault.retry_after)}
                reply = JSONResponse({"status": 429, "error": "Too Many Requests"}, 429, headers)
                await reply(scope, receive, send)
            case "html":
                await HTMLResponse(ERROR_PAGE)(scope, receive, send)
            case "timeout":
                await hold_connection(scope, receive, fault.seconds)
            case "cut" | "truncated":
                await self._halve(scope, receive, send, cut=fault.kind == "cut")
            case "expired_session":
                self._expire[fault.system]()
                await self._app(scope, receive, send)
            case "shifting_page":
                scope[SHIFTED] = True
                await self._app(scope, receive, send)

    async def _halve(self, scope: Scope, receive: Receive, send: Send, *, cut: bool) -> None:
        """Send half of the reply's body; Content-Length states the whole length when `cut`, else the half."""
        start: Message = {}
        body = bytearray()

        async def collect(message: Message) -> None:
            if message["type"] == "http.response.start":
                start.update(message)
            else:
                body.extend(message.get("body", b""))

        await self._app(scope, receive, collect)
        half = bytes(body[: len(body) // 2])
        if not cut:
            headers = [(name, value) for name, value in start["headers"] if name != b"content-length"]
            start["headers"] = [*headers, (b"content-length", str(len(half)).encode())]
        await send(start)
        await send({"type": "http.response.body", "body": half, "more_body": cut})
        if cut:
            await drop_connection(scope, receive)


async def hold_connection(scope: Scope, receive: Receive, seconds: float) -> None:
    """Send nothing for `seconds` or until the caller disconnects, then drop the connection."""
    with suppress(TimeoutError):
        await asyncio.wait_for(_wait_for_disconnect(receive), seconds)
    await drop_connection(scope, receive)


async def drop_connection(scope: Scope, receive: Receive) -> None:
    drop = scope.get("extensions", {}).get(DROP)
    if drop is None:
        raise ConnectionResetError("the sandbox dropped this connection, as ordered")
    drop()
    await _wait_for_disconnect(receive)


async def _wait_for_disconnect(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
