"""Faults on demand: what goes wrong with outside systems, ordered by a test and committed at the door.

Each order says for which system, after how many requests and how many times. One request suffers one fault.
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
"""Set in the scope of a request that sees the listing without its first element."""

ERROR_PAGE = "<!DOCTYPE html><html><head><title>502 Bad Gateway</title></head><body><h1>Bad Gateway</h1></body></html>"


class Fault(BaseModel):
    """An order. `after` requests pass first, whatever becomes of them; then `times` requests suffer.

    `path` narrows it to requests whose path contains it; otherwise data and login alike are struck.
    """

    model_config = ConfigDict(extra="forbid")

    system: Literal["igate", "dvcqg", "vneid", "ccvc"]
    kind: Literal[
        "http_500",
        "http_429",  # with Retry-After: `retry_after` seconds
        "timeout",  # silence for `seconds` or until the caller leaves, then the connection is dropped
        "cut",  # half of the body promised by Content-Length, then the connection is dropped
        "expired_session",  # every token or session of the system ends just before this request
        "truncated",  # a good HTTP reply whose JSON ends in the middle
        "shifting_page",  # from page 1 on, the first element has left the listing and all others moved up
        "html",  # 200 and a gateway's error page
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

    def strikes(self, scope: Scope) -> bool:
        """Whether this request can suffer it at all."""
        if self.kind != "shifting_page":
            return True
        page = parse_qs(scope["query_string"].decode("latin-1")).get("page", ["0"])[0]
        return scope["path"].endswith("/dossier/search") and page.isdecimal() and int(page) >= 1


class Faults:
    """The orders not yet carried out, oldest first."""

    def __init__(self) -> None:
        self.left: list[Fault] = []

    def due(self, scope: Scope) -> Fault | None:
        """The fault this request suffers, if any. Counts the request for all orders it concerns."""
        system = scope["path"].split("/", 2)[1]
        chosen: Fault | None = None
        for fault in tuple(self.left):
            if fault.system != system or fault.path not in scope["path"]:
                continue
            if fault.after:
                fault.after -= 1
            elif chosen is None and fault.strikes(scope):
                chosen = fault
        if chosen is not None:
            chosen.times -= 1
            if not chosen.times:
                self.left.remove(chosen)
        return chosen


class FaultMiddleware:
    """Stands at the door of all systems and commits what was ordered."""

    def __init__(self, app: ASGIApp, faults: Faults, expire: Mapping[str, Callable[[], None]]) -> None:
        self._app = app
        self._faults = faults
        self._expire = expire

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not self._faults.left or (fault := self._faults.due(scope)) is None:
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
                await _hold(scope, receive, fault.seconds)
            case "cut" | "truncated":
                await self._halve(scope, receive, send, cut=fault.kind == "cut")
            case "expired_session":
                self._expire[fault.system]()
                await self._app(scope, receive, send)
            case "shifting_page":
                scope[SHIFTED] = True
                await self._app(scope, receive, send)

    async def _halve(self, scope: Scope, receive: Receive, send: Send, *, cut: bool) -> None:
        """Half of the reply's body: under its full Content-Length when `cut`, else under an honest one."""
        start: Message = {}
        body = bytearray()

        async def keep(message: Message) -> None:
            if message["type"] == "http.response.start":
                start.update(message)
            else:
                body.extend(message.get("body", b""))

        await self._app(scope, receive, keep)
        half = bytes(body[: len(body) // 2])
        if not cut:
            other = [(name, value) for name, value in start["headers"] if name != b"content-length"]
            start["headers"] = [*other, (b"content-length", str(len(half)).encode())]
        await send(start)
        await send({"type": "http.response.body", "body": half, "more_body": cut})
        if cut:
            await _drop(scope, receive)


async def _hold(scope: Scope, receive: Receive, seconds: float) -> None:
    with suppress(TimeoutError):
        await asyncio.wait_for(_gone(receive), seconds)
    await _drop(scope, receive)


async def _drop(scope: Scope, receive: Receive) -> None:
    drop = scope.get("extensions", {}).get(DROP)
    if drop is None:
        raise ConnectionResetError("the sandbox dropped this connection, as ordered")
    drop()
    await _gone(receive)


async def _gone(receive: Receive) -> None:
    """Wait until the connection is closed."""
    while (await receive())["type"] != "http.disconnect":
        pass
