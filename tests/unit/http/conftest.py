"""A service over an embedded ledger, and callers that reach it without a network."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.types import ASGIApp

from lienthong.access.rate import Rate
from lienthong.adapters.clock import SystemClock
from lienthong.adapters.sql.clients import SqlClients
from lienthong.adapters.sql.identity import claim_world
from lienthong.adapters.sql.ledger import SqlLedger
from lienthong.http.app import make_app
from lienthong.http.service import Service
from lienthong.operations.access_acts import Act
from lienthong.operations.clients import ClientStore, add_client
from lienthong.operations.health_items import Installation
from lienthong.operations.readiness import checks
from lienthong.runtime.composition import Storage
from lienthong.runtime.endpoints import Endpoints
from lienthong.runtime.project import Project
from tests.databases import open_embedded

OFTEN = Rate(1000, 1)
ROOT = Path(__file__).parents[3]


def open_service(folder: Path, world: str = "live") -> Service:
    """The service of this repository's project over a new ledger."""
    clock, database = SystemClock(), open_embedded(folder)
    claim_world(database, clock.now(), world=world)
    settings = Project(ROOT, folder, {}).readable_settings()
    return Service(Storage(settings, clock, database, SqlLedger(database, clock)), Endpoints(folder))


def open_app(service: Service, **limits: Any) -> ASGIApp:
    data = service.endpoints.data
    installation = Installation(ROOT, {}, data, broker=service.endpoints.broker, database="")
    return make_app(service, checks(installation, service.storage.database), **limits)


def add(service: Service, name: str, *scopes: str, rate: Rate = OFTEN) -> str:
    """A client of this name; its key."""
    storage = service.storage
    store = ClientStore(SqlClients(storage.database), storage.ledger, storage.clock)
    return add_client(store, name, scopes or ("x",), act=Act("lan"), rate=rate).key


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    found = open_service(tmp_path)
    yield found
    found.storage.close()


class Caller:
    """Calls an application, each time over a connection of its own."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    def __call__(self, method: str, path: str, **given: Any) -> httpx.Response:
        return self.all(lambda client: client.request(method, path, **given))

    def all(self, ask: Callable[[httpx.AsyncClient], Awaitable[Any]]) -> Any:
        async def run() -> Any:
            transport = httpx.ASGITransport(self.app, raise_app_exceptions=True)
            async with httpx.AsyncClient(transport=transport, base_url="http://bus") as client:
                return await ask(client)

        return asyncio.run(run())


@pytest.fixture
def call(service: Service) -> Caller:
    return Caller(open_app(service))
