"""Who calls: the client of the key in `Authorization: Bearer`, what it may do, and whether it calls too often."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from ipaddress import IPv6Address, ip_address, ip_network

from anyio import to_thread
from fastapi import Request

from lienthong.access.clients import Client
from lienthong.access.rate import Rate
from lienthong.errors import Transient
from lienthong.http.refusals import key_missing, key_unknown, rate_exceeded, scope_lacking
from lienthong.http.service import Service
from lienthong.messages import message

ASKED_SECONDS = 5.0
"""How long the database may take to tell whose key it is."""

ANYONE = "(anyone)"
"""Who asked, in the ledger, where no key was needed. No client can have this name."""

OPEN_RATE, OPEN_RATE_OF_ALL = Rate(30, 60), Rate(20, 1)
"""What one address may ask without a key, and all together: each question is an entry of the ledger."""

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


def anyone(service: Service) -> Caller:
    """A dependency of a path that is open: everybody may call, each address at `OPEN_RATE`. Raises the problem 429.

    A network of IPv6 is one address: one who has one of its addresses has them all.
    """
    client = Client(name=ANYONE, scopes=(), rate=OPEN_RATE, created_at=datetime.min.replace(tzinfo=UTC))

    async def find(request: Request) -> Client:
        address = _network(service.caller_address.find(request.scope))
        for bucket, rate in ((f"{ANYONE} {address}", OPEN_RATE), (ANYONE, OPEN_RATE_OF_ALL)):
            if wait := service.limiter.take(bucket, rate, time.monotonic()):
                service.refused.note(ANYONE, "rate-exceeded")
                raise rate_exceeded(str(rate), wait)
        request.state.client = client
        return client

    return find


def _network(address: str) -> str:
    try:
        found = ip_address(address)
    except ValueError:  # on a socket of the machine there is none
        return address
    return str(ip_network(f"{found}/64", strict=False)) if isinstance(found, IPv6Address) else address


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
