"""Who calls: the client of the key in `Authorization: Bearer`, what it may do, and whether it calls too often."""

import asyncio
import time
from collections.abc import Awaitable, Callable

from anyio import to_thread
from fastapi import Request

from lienthong.access.clients import Client
from lienthong.errors import Transient
from lienthong.http.refusals import key_missing, key_unknown, rate_exceeded, scope_lacking
from lienthong.http.service import Service
from lienthong.messages import message

ASKED_SECONDS = 5.0
"""How long the database may take to tell whose key it is."""

Caller = Callable[[Request], Awaitable[Client]]


def caller(service: Service, scope: str = "") -> Caller:
    """A dependency of a path: the client that calls. `scope` is what it needs; "" for any client.

    Raises the problems 401 (no key, or none that is accepted), 429 (over its rate) and 403 (it lacks the scope), in
    this order; so a client that guesses scopes is slowed down, too.
    """

    async def find(request: Request) -> Client:
        key = bearer_key(request.headers.get("authorization", ""))
        client = admitted(service, service.keyring.kept(key) or await _find(service, key))
        request.state.client = client
        require_scope(service, client, scope)
        return client

    return find


def bearer_key(authorization: str) -> str:
    """The key in an `Authorization`. Raises the problem 401 without one."""
    kind, _, key = authorization.partition(" ")
    if kind.lower() != "bearer" or not key.strip():
        raise key_missing()
    return key.strip()


def admitted(service: Service, client: Client | None) -> Client:
    """The client of a key, one call of its rate taken. Raises the problems 401 for None and 429."""
    if client is None:
        raise key_unknown()
    wait = service.limiter.take(client.name, client.rate, time.monotonic())
    if wait:
        service.refused.note(client.name, "rate-exceeded")
        raise rate_exceeded(str(client.rate), wait)
    return client


def require_scope(service: Service, client: Client, scope: str) -> None:
    """Raise the problem 403 for a client without the scope; "" is for any client."""
    if scope and not client.may(scope):
        service.refused.note(client.name, "scope-lacking")
        raise scope_lacking(scope)


async def _find(service: Service, key: str) -> Client | None:
    """Ask the database for the client. Raises `Transient` when it does not answer in time; the thread goes on."""
    try:
        async with asyncio.timeout(ASKED_SECONDS):
            return await to_thread.run_sync(service.find_client, key, abandon_on_cancel=True)
    except TimeoutError:
        raise Transient(message("the database does not answer in time")) from None
