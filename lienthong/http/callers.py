"""Who calls: the client of the key in `Authorization: Bearer`, what it may do, and whether it calls too often."""

import time
from collections.abc import Awaitable, Callable

from fastapi import Request
from starlette.concurrency import run_in_threadpool

from lienthong.access.clients import Client
from lienthong.http.refusals import key_missing, key_unknown, rate_exceeded, scope_lacking
from lienthong.http.service import Service

Caller = Callable[[Request], Awaitable[Client]]


def caller(service: Service, scope: str = "") -> Caller:
    """A dependency of a path: the client that calls. `scope` is what it needs; "" for any client.

    Raises the problems 401 (no key, or none that is accepted), 429 (over its rate) and 403 (it lacks the scope), in
    this order; so a client that guesses scopes is slowed down, too.
    """

    async def find(request: Request) -> Client:
        kind, _, key = request.headers.get("authorization", "").partition(" ")
        if kind.lower() != "bearer" or not key.strip():
            raise key_missing()
        client = await run_in_threadpool(service.keyring.find, key.strip())
        if client is None:
            raise key_unknown()
        request.state.client = client
        wait = service.limiter.take(client.name, client.rate, time.monotonic())
        if wait:
            service.refused.note(client.name, "rate-exceeded")
            raise rate_exceeded(str(client.rate), wait)
        if scope and not client.may(scope):
            service.refused.note(client.name, "scope-lacking")
            raise scope_lacking(scope)
        return client

    return find
