"""A client manages its subscriptions over HTTP, and fetches events by a cursor."""

from typing import Any

import httpx
import pytest

from lienthong.adapters.sql.ledger import SqlLedger
from lienthong.http.service import Service
from lienthong.topology import announcement_bundles
from tests.events import entry, event
from tests.subscriber_examples import examples
from tests.unit.http.conftest import Caller, add

STAGE = "route.payments"


@pytest.fixture
def key(service: Service) -> dict[str, str]:
    return {"Authorization": f"Bearer {add(service, 'clinic', 'subscriptions')}"}


def _announce(service: Service, *names: str, **data: Any) -> None:
    events = [event(name, **data)._replace(type="payment.v1") for name in names]
    ledger = service.storage.ledger
    assert isinstance(ledger, SqlLedger)
    with ledger.transaction() as transaction:
        transaction.record([entry(one, STAGE, "done") for one in events])
        transaction.announce(STAGE, announcement_bundles(events))


def _add(call: Caller, key: dict[str, str], **more: Any) -> Any:
    wanted = {"name": "payments", "types": ["payment.v1"], "to": "pull", "since": "start"} | more
    return call("POST", "/v1/subscriptions", json=wanted, headers=key)


def _pull(call: Caller, key: dict[str, str], **query: Any) -> Any:
    return call("GET", "/v1/events", params={"subscription": "payments", **query}, headers=key)


def _names(reply: Any) -> list[str]:
    return [one["subject"] for one in reply.json()["events"]]


def test_a_cursor_acknowledges_and_the_same_cursor_gives_the_same_events(
    service: Service, call: Caller, key: dict[str, str]
) -> None:
    _announce(service, "A-1", "A-2", "A-3")
    assert _add(call, key).status_code == 201
    first = _pull(call, key, limit=2)
    assert (_names(first), first.json()["more"]) == (["A-1", "A-2"], True)
    assert _names(_pull(call, key, limit=2)) == ["A-1", "A-2"]
    cursor = first.json()["cursor"]
    for _ in range(2):
        assert _names(_pull(call, key, after=cursor)) == ["A-3"]
    last = _pull(call, key, after=cursor).json()
    assert last["more"] is False
    assert _names(_pull(call, key, after=last["cursor"])) == []
    _announce(service, "A-4")
    assert _names(_pull(call, key, after=last["cursor"], wait=1)) == ["A-4"]
    passed = _pull(call, key, after=cursor)
    assert (passed.status_code, passed.json()["code"], passed.json()["cursor"]) == (
        409,
        "cursor-passed",
        last["cursor"],
    )
    shown = call("GET", "/v1/subscriptions/payments", headers=key).json()
    assert [shown[name] for name in ("announced", "delivered", "waiting", "difference")] == [4, 3, 1, 0]


def test_a_cursor_of_another_ledger_is_refused(service: Service, call: Caller, key: dict[str, str]) -> None:
    _add(call, key)
    for strange in ("9-abc.1.0", _pull(call, key).json()["cursor"].rpartition(".")[0] + "99999.0"):
        reply = _pull(call, key, after=strange)
        assert (reply.status_code, reply.json()["code"]) == (409, "cursor-unknown")
    assert _pull(call, key, after="x").status_code == 400


def test_what_is_filtered_out_is_counted_when_it_is_passed(service: Service, call: Caller, key: dict[str, str]) -> None:
    _announce(service, "A-1", amount=5)
    _announce(service, "A-2", amount=900)
    _add(call, key, filter="data.amount > 100")
    reply = _pull(call, key)
    assert _names(reply) == ["A-2"]
    _pull(call, key, after=reply.json()["cursor"])
    shown = call("GET", "/v1/subscriptions", headers=key).json()["subscriptions"]
    assert [(one["delivered"], one["filtered"], one["difference"]) for one in shown] == [(1, 1, 0)]


def test_personal_data_is_masked_without_its_scope_and_each_look_is_recorded(
    service: Service, call: Caller, key: dict[str, str]
) -> None:
    _announce(service, "A-1", note="của 052085000123")
    _add(call, key)
    assert "052085000123" not in _pull(call, key).text
    sees = {"Authorization": f"Bearer {add(service, 'hospital', 'subscriptions', 'personal-data')}"}
    _add(call, sees, name="in-clear")
    reply = call("GET", "/v1/events", params={"subscription": "in-clear"}, headers=sees)
    assert "052085000123" in reply.text
    looks = [one for one in service.storage.ledger.trail("hospital") if "in-clear" in one.reason]
    assert len(looks) == 1


def test_a_client_sees_and_changes_its_own_alone(service: Service, call: Caller, key: dict[str, str]) -> None:
    other = {"Authorization": f"Bearer {add(service, 'other', 'subscriptions')}"}
    _add(call, key)
    assert call("GET", "/v1/subscriptions", headers=other).json() == {"subscriptions": []}
    for method, path in (("GET", ""), ("DELETE", ""), ("POST", "/pause"), ("POST", "/resume")):
        assert call(method, f"/v1/subscriptions/payments{path}", headers=other).status_code == 404
    assert _pull(call, other).status_code == 404
    assert _add(call, other).status_code == 409
    visitor = {"Authorization": f"Bearer {add(service, 'visitor', 'x')}"}
    assert _pull(call, visitor).status_code == 403


def test_a_paused_subscription_gives_nothing_until_it_is_resumed(
    service: Service, call: Caller, key: dict[str, str]
) -> None:
    _add(call, key)
    _announce(service, "A-1")
    assert call("POST", "/v1/subscriptions/payments/pause", headers=key).json()["state"] == "paused"
    assert _pull(call, key).json()["code"] == "not-pulled"
    assert call("POST", "/v1/subscriptions/payments/resume", headers=key).json()["state"] == "active"
    assert _names(_pull(call, key)) == ["A-1"]
    assert call("DELETE", "/v1/subscriptions/payments", headers=key).status_code == 204
    assert _pull(call, key).status_code == 404


def test_a_webhook_gets_its_secret_once(call: Caller, key: dict[str, str]) -> None:
    added = _add(call, key, to="https://clinic.example/events")
    assert added.json()["secret"].startswith("whsec_")
    assert "whsec_" not in call("GET", "/v1/subscriptions/payments", headers=key).text


@pytest.mark.parametrize(
    ("more", "text"),
    [
        ({"types": ["paymnt.v1"]}, "payment.v1"),
        ({"filter": "data.amounts > 1"}, "amount"),
        ({"filter": "data.amount >"}, "ends too early"),
        ({"fields": {"only": ["amounts"]}}, "amount"),
        ({"to": "http://clinic.example"}, "https"),
        ({"to": "queue"}, "RabbitMQ"),
        ({"since": "yesterday"}, "2023-11-15"),
    ],
)
def test_what_does_not_exist_is_refused_with_what_does(
    call: Caller, key: dict[str, str], more: dict[str, Any], text: str
) -> None:
    reply = _add(call, key | {"Accept-Language": "en"}, **more)
    assert reply.status_code == 400
    assert text in reply.text


def test_the_example_of_the_documentation_fetches_everything_once(
    service: Service, call: Caller, key: dict[str, str]
) -> None:
    _announce(service, "A-1", "A-2", "A-3")
    _add(call, key)

    def answer(request: httpx.Request) -> httpx.Response:
        reply = call("GET", request.url.raw_path.decode(), headers=dict(request.headers))
        return httpx.Response(reply.status_code, content=reply.content)

    kept: list[str] = []
    with httpx.Client(transport=httpx.MockTransport(answer), base_url="http://bus", headers=key) as client:
        fetch = examples("fetch")["fetch"]
        cursor = fetch(client, "payments", lambda one: kept.append(one["subject"]))
        _announce(service, "A-4")
        fetch(client, "payments", lambda one: kept.append(one["subject"]), cursor)
    assert kept == ["A-1", "A-2", "A-3", "A-4"]
