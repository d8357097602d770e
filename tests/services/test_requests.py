"""A database that does not answer: a question is refused in its time, then at once, and all comes back by itself."""

import asyncio
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from sqlalchemy import make_url

from lienthong.adapters.clock import SystemClock
from lienthong.adapters.sql.database import open_database
from lienthong.adapters.sql.identity import claim_world
from lienthong.adapters.sql.ledger import SqlLedger
from lienthong.http.service import Service
from lienthong.runtime.composition import Storage
from lienthong.runtime.endpoints import Endpoints
from tests.novel_request import NOVELS, settings_of
from tests.services import postgres
from tests.services.proxy import Proxy, proxied
from tests.unit.http.test_requests import Reader

WITHIN = 1.0
AT_ONCE = 0.1
TRIES = 200


@pytest.fixture
def proxy() -> Iterator[Proxy]:
    with proxied(make_url(postgres.server()).port or 0) as found:
        yield found


@pytest.fixture
def reader(proxy: Proxy, tmp_path: Path) -> Iterator[Reader]:
    with postgres.fresh_database() as engine:
        url = engine.url.set(drivername="postgresql", port=proxy.port)
        database = open_database(url.render_as_string(hide_password=False))
        clock = SystemClock()
        claim_world(database, clock.now(), world="live")
        settings = settings_of(replace(NOVELS, within=timedelta(seconds=WITHIN)))
        service = Service(Storage(settings, clock, database, SqlLedger(database, clock)), Endpoints(tmp_path))
        yield Reader(service)
        proxy.cut()
        service.close_responders()
        database.dispose()


def test_a_database_that_hangs_costs_a_question_its_time_and_the_next_ones_nothing(
    reader: Reader, proxy: Proxy
) -> None:
    async def ask(client: httpx.AsyncClient) -> tuple[int, float]:
        began = time.monotonic()
        reply = await client.post("/v1/novels", json={"novel": "Kieu"}, headers=reader.headers)
        assert reply.status_code == 200 or reply.headers["retry-after"]
        return reply.status_code, time.monotonic() - began

    async def run(client: httpx.AsyncClient) -> None:
        assert (await ask(client))[0] == 200
        proxy.swallow()
        status, seconds = await ask(client)
        assert status == 503
        assert seconds < 3 * WITHIN
        found = [await ask(client) for _ in range(5)]
        assert {status for status, _ in found} == {503}
        assert min(seconds for _, seconds in found) < AT_ONCE
        proxy.pass_on()
        proxy.cut()
        for _ in range(TRIES):
            if (await ask(client))[0] == 200:
                break
            await asyncio.sleep(0.1)  # a question in a second is let through, to try
        else:
            raise AssertionError("no question was answered again")

    reader.caller.all(run)
    assert not list(reader.service.storage.ledger.verify())


def test_a_database_that_was_restarted_costs_no_question(reader: Reader, proxy: Proxy) -> None:
    assert reader.ask("Kieu").status_code == 200
    proxy.cut()
    assert reader.ask("Kieu").status_code == 200
