"""The gateways of notices: tokens that rotate, what a number or an order causes, what was sent, and receipts."""

from typing import Any

import pytest

from sandbox.gateway_orders import Behaviour, GatewayOrder, Orders
from sandbox.gateways import Gateways, Sent
from sandbox.receipts import ReceiptOrder, Receipts
from tests.unit.sandbox.conftest import Caller, Open

TOKEN = {"app_id": "lienthong", "grant_type": "refresh_token"}
ESMS = "/esms/MainService.svc/json/SendMultipleMessage_V4_post_json/"
KEYS = {"ApiKey": "lienthong", "SecretKey": "sandbox"}


@pytest.fixture
def caller(sandbox: Open) -> Caller:
    return sandbox({"ccvc": [("01T06:00", {"n": 1})]})


def refresh(caller: Caller, token: str) -> dict[str, Any]:
    reply = caller(
        "POST", "/zalo/v4/oa/access_token", data={**TOKEN, "refresh_token": token}, headers={"secret_key": "sandbox"}
    )
    found: dict[str, Any] = reply.json()
    return found


def zalo(caller: Caller, access: str, phone: str = "84912345678") -> int:
    body = {"phone": phone, "template_id": "1", "template_data": {}, "tracking_id": "n"}
    code: int = caller("POST", "/zalo/message/template", json=body, headers={"access_token": access}).json()["error"]
    return code


def esms(caller: Caller, request: str, phone: str = "84912345678") -> str:
    body = {**KEYS, "Phone": phone, "Content": "x", "RequestId": request}
    code: str = caller("POST", ESMS, json=body).json()["CodeResult"]
    return code


def sent(caller: Caller) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = caller("GET", "/_sent").json()["sent"]
    return rows


def test_a_refresh_token_is_good_for_one_refresh(caller: Caller) -> None:
    first = refresh(caller, "sandbox")
    assert zalo(caller, first["access_token"]) == 0
    assert refresh(caller, "sandbox")["error"] == -14014
    second = refresh(caller, first["refresh_token"])
    assert zalo(caller, first["access_token"]) == -124
    assert zalo(caller, second["access_token"]) == 0
    caller("POST", "/-/gateways/expiry")
    assert zalo(caller, second["access_token"]) == -124


def test_a_number_orders_a_refusal_and_an_order_wins_over_it(caller: Caller) -> None:
    access = refresh(caller, "sandbox")["access_token"]
    assert zalo(caller, access, "84990000118") == -118
    caller("POST", "/-/gateways", json={"gateway": "zalo", "do": "refuse", "code": "115", "times": 1})
    assert [zalo(caller, access, "84990000118") for _ in range(2)] == [-115, -118]
    assert sent(caller) == []


def test_esms_knows_a_request_again(caller: Caller) -> None:
    assert [esms(caller, "a"), esms(caller, "a"), esms(caller, "b"), esms(caller, "c", "84990000103")] == [
        *("100", "124", "100", "103")
    ]
    assert [(row["gateway"], row["request"]) for row in sent(caller)] == [("esms", "a"), ("esms", "b")]


def test_a_gateway_is_away_until_the_sandbox_clock_passes_the_moment(caller: Caller) -> None:
    caller.set_clock("01T06:00")
    caller("POST", "/-/gateways", json={"gateway": "esms", "do": "busy", "until": "2023-11-02T06:00:00+07:00"})
    body = {**KEYS, "Phone": "84912345678", "Content": "x", "RequestId": "a"}
    assert caller("POST", ESMS, json=body).status_code == 503
    caller.set_clock("02T06:00")
    assert caller("POST", ESMS, json=body).json()["CodeResult"] == "100"
    assert caller("GET", "/-/gateways").json()["orders"] == []


@pytest.mark.parametrize(
    "order",
    [
        {"gateway": "zalo", "do": "refuse"},
        {"gateway": "zalo", "do": "busy", "code": "1"},
        {"gateway": "viber", "do": "busy"},
        {"gateway": "zalo", "do": "busy", "until": "2023-11-02T06:00:00"},
        {"gateway": "zalo", "do": "busy", "times": 0},
    ],
)
def test_an_order_that_cannot_be_is_refused_with_its_reason(caller: Caller, order: dict[str, Any]) -> None:
    reply = caller("POST", "/-/gateways", json=order)
    assert reply.status_code == 400
    assert reply.json()["error"]


def test_wrong_accounts_are_refused(caller: Caller) -> None:
    assert caller("POST", ESMS, json={"ApiKey": "x"}).json()["CodeResult"] == "101"
    assert caller("POST", "/vnpt/api", json={"RQST": {}}).json()["RPLY"]["ERROR"] == "1"
    assert "<result>0</result>" in caller("POST", "/viettel/ws", content=b"<a/>").text
    assert "Fault" in caller("POST", "/viettel/ws", content=b"no xml").text
    assert caller("POST", "/zalo/v4/oa/access_token", data=TOKEN).json()["error"] == -14002


class Bus:
    """The inbox of the bus, which takes everything."""

    status_code = 200

    def __init__(self) -> None:
        self.received = 0

    def get(self, *_: object, **__: object) -> "Bus":
        self.received += 1
        return self

    post = get


def test_receipts_come_once_twice_or_never_as_the_number_orders(caller: Caller) -> None:
    clock = type("Clock", (), {"now": None})()
    gateways, bus = Gateways(clock, Orders(clock)), Bus()
    receipts = Receipts(gateways, bus)  # type: ignore[arg-type] - a bus in its place
    for phone in ("84912345678", "84980000004", "84980000005", "84980000006"):
        behaviour = gateways.orders.behaviour("esms", phone)
        gateways.sent.append(Sent("esms", phone, phone, phone, "x", "", behaviour=behaviour.name))
    order = ReceiptOrder(url="http://bus/in/notice-receipts")
    assert [row["identifier"][-1] for row in receipts.push(order)] == ["8", "4", "5", "5"]
    assert receipts.push(order) == []
    assert len(receipts.push(order.model_copy(update={"again": True}))) == 4
    assert {row.phone: row.status for row in gateways.sent} == {
        "84912345678": "delivered",
        "84980000004": "failed",
        "84980000005": "delivered",
        "84980000006": "accepted",
    }
    assert bus.received == 8


def test_an_order_of_times_ends_by_itself() -> None:
    orders = Orders(type("Clock", (), {"now": None})())
    orders.open.append(GatewayOrder(gateway="zalo", do="drop", times=2))
    assert [orders.behaviour("zalo", "84912345678").name for _ in range(3)] == ["drop", "drop", "send"]
    assert orders.behaviour("esms", "84980000001") == Behaviour(name="silence")
