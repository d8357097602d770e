"""Who calls: 401 without a key that is accepted, 403 without the scope, 429 over the rate."""

import asyncio
from typing import Annotated, Any

import httpx
import pytest
from fastapi import Depends, FastAPI

from lienthong.access.clients import Client
from lienthong.access.keys import make_key
from lienthong.access.rate import Rate
from lienthong.errors import WrongUse
from lienthong.http.boundary import Boundary
from lienthong.http.callers import ANYONE, OPEN_RATE, OPEN_RATE_OF_ALL, anyone, caller
from lienthong.http.refusals import install
from lienthong.http.service import Service
from tests.unit.http.conftest import Caller, add


@pytest.fixture
def gates(service: Service) -> Caller:
    """An application with a path that needs the scope `gates`."""
    app = FastAPI()
    install(app)

    @app.get("/gates")
    async def answer(found: Annotated[Client, Depends(caller(service, "gates"))]) -> Any:
        return found.name

    return Caller(Boundary(app, recording=False, timed=lambda *_: None))


def bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


def test_a_client_is_known_by_its_key(service: Service, call: Caller) -> None:
    reply = call("GET", "/v1/client", headers=bearer(add(service, "counter", "gates", "inbox:portal")))
    assert reply.status_code == 200
    assert reply.json() == {
        "client": "counter",
        "scopes": ["gates", "inbox:portal"],
        "rate": "1000/s",
        "expires": None,
        "recording": False,
    }


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({}, "key-missing"),
        ({"Authorization": "Bearer "}, "key-missing"),
        ({"Authorization": "Basic abc"}, "key-missing"),
        (bearer("x"), "key-unknown"),
        (bearer("lt_live_" + "é" * 49), "key-unknown"),
        (bearer(make_key()), "key-unknown"),
    ],
)
def test_without_an_accepted_key_it_is_401(call: Caller, headers: dict[str, str], code: str) -> None:
    reply = call("GET", "/v1/client", headers={name: value.encode() for name, value in headers.items()})  # type: ignore[arg-type]  # httpx takes bytes
    assert (reply.status_code, reply.json()["code"]) == (401, code)
    assert reply.headers["www-authenticate"].startswith("Bearer")


def test_a_key_in_the_address_is_no_key(service: Service, call: Caller) -> None:
    assert call("GET", f"/v1/client?key={add(service, 'a')}").status_code == 401


def test_without_the_scope_it_is_403(service: Service, gates: Caller) -> None:
    assert gates("GET", "/gates", headers=bearer(add(service, "a", "gates"))).json() == "a"
    refused = gates("GET", "/gates", headers=bearer(add(service, "b", "gates:x")))
    assert (refused.status_code, refused.json()["code"]) == (403, "scope-lacking")


def test_over_the_rate_it_is_429_with_the_time_to_come_again(service: Service, call: Caller) -> None:
    headers = bearer(add(service, "a", rate=Rate(2, 3600)))
    statuses = [call("GET", "/v1/client", headers=headers).status_code for _ in range(2)]
    refused = call("GET", "/v1/client", headers=headers)
    assert statuses == [200, 200]
    assert (refused.status_code, refused.json()["code"]) == (429, "rate-exceeded")
    assert 1700 < int(refused.headers["retry-after"]) <= 1801


def test_one_client_over_its_rate_stops_no_other(service: Service, call: Caller) -> None:
    busy, other = bearer(add(service, "a", rate=Rate(1, 3600))), bearer(add(service, "b"))
    assert [call("GET", "/v1/client", headers=busy).status_code for _ in range(3)] == [200, 429, 429]
    assert call("GET", "/v1/client", headers=other).status_code == 200


def test_refusals_of_a_client_are_in_the_ledger(service: Service, gates: Caller) -> None:
    headers = bearer(add(service, "a", "x"))
    gates("GET", "/gates", headers=headers)
    service.write_notes()
    (entry,) = [one for one in service.storage.ledger.trail("a") if one.verdict == "done" and one.who == "a"]
    assert "scope-lacking" in entry.reason


@pytest.fixture
def open_to_all(service: Service) -> Boundary:
    """An application with a path that is open."""
    app = FastAPI()
    install(app)

    @app.get("/papers")
    async def answer(found: Annotated[Client, Depends(anyone(service))]) -> Any:
        return found.name

    return Boundary(app, recording=False, timed=lambda *_: None)


def asked_from(address: str, app: Boundary) -> httpx.Response:
    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(app=app, client=(address, 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://bus") as client:
            return await client.get("/papers")

    return asyncio.run(ask())


def test_an_open_path_needs_no_key_and_slows_each_address_and_network(
    service: Service, open_to_all: Boundary, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lienthong.http.callers.OPEN_RATE_OF_ALL", Rate(1000, 1))
    assert asked_from("192.0.2.1", open_to_all).json() == ANYONE
    for number in range(1, OPEN_RATE.calls):
        assert asked_from("192.0.2.1", open_to_all).status_code == 200, number
    refused = asked_from("192.0.2.1", open_to_all)
    assert (refused.status_code, refused.json()["code"]) == (429, "rate-exceeded")
    assert asked_from("192.0.2.2", open_to_all).status_code == 200
    for number in range(OPEN_RATE.calls):
        assert asked_from(f"2001:db8::{number + 1:x}", open_to_all).status_code == 200
    assert asked_from("2001:db8::ffff", open_to_all).status_code == 429
    assert asked_from("2001:db8:0:1::1", open_to_all).status_code == 200
    assert asked_from("", open_to_all).status_code == 200
    with pytest.raises(WrongUse):
        add(service, ANYONE, "x")


def test_all_addresses_together_have_a_rate(open_to_all: Boundary) -> None:
    statuses = {
        asked_from(f"192.0.2.{number}", open_to_all).status_code for number in range(OPEN_RATE_OF_ALL.calls + 3)
    }
    assert statuses == {200, 429}
