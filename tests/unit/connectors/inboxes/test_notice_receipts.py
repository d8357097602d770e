"""Receipts of gateways, as the sandbox sends them: what they tell, and that forged ones tell nothing."""

import hashlib
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import orjson
import pytest

from connectors.inboxes.notice_receipts import NoticeReceipts
from lienthong import Rejected, Unauthenticated
from sandbox.gateways import Sent
from sandbox.receipts import ReceiptOrder, Receipts
from tests.fake_systems import make_site

NOTICE = "6f1b0f3e-2f7b-5b0a-9a53-0d0f9f3c0001"


class Wire:
    """What the sandbox would send over HTTP: the body of a push, and its headers."""

    status_code = 200

    def __init__(self) -> None:
        self.pushes: list[tuple[bytes, dict[str, str]]] = []

    def get(self, url: str, params: Mapping[str, str]) -> "Wire":
        self.pushes.append((urlencode(params).encode(), {}))
        return self

    def post(
        self, url: str, *, json: Any = None, content: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> "Wire":
        lower = {name.lower(): value for name, value in (headers or {}).items()}
        self.pushes.append((content or orjson.dumps(json), lower))
        return self


def receipt(gateway: str, *, arrived: bool = True, forged: bool = False) -> tuple[bytes, dict[str, str]]:
    wire = Wire()
    sent = Sent(gateway, "84912345678", "G1", NOTICE, None, "", status="delivered" if arrived else "failed")
    order = ReceiptOrder(url="http://bus/in/notice-receipts", forged=forged)
    Receipts(None, wire)._push(sent, order)  # type: ignore[arg-type] - the wire alone is used
    return wire.pushes[0]


def inbox(**more: Any) -> NoticeReceipts:
    return NoticeReceipts(make_site(), **{"zalo_secret": "sandbox", "token": "sandbox"} | more)


@pytest.mark.parametrize(
    ("gateway", "expected"),
    [
        ("zalo", {"channel": "zalo", "gateway_id": "G1", "at": "2023-11-14T22:13:20+00:00"}),
        ("esms", {"channel": "sms", "gateway_id": "G1", "cost": 850}),
        ("vnpt", {"channel": "sms"}),
    ],
)
def test_a_receipt_becomes_the_answer_about_its_notice(gateway: str, expected: dict[str, Any]) -> None:
    (record,) = inbox().receive(*receipt(gateway)).records
    assert record.type == "notice.answered.v1"
    assert record.key == f"receipt/{expected['channel']}/{NOTICE}"
    assert {**expected, "notice": NOTICE, "verdict": "delivered"}.items() <= record.body.items()
    (record,) = inbox().receive(*receipt(gateway, arrived=False)).records
    assert (record.body["notice"], record.body["verdict"]) == (NOTICE, "dead")


@pytest.mark.parametrize("gateway", ["zalo", "esms", "vnpt"])
def test_no_telephone_number_is_kept(gateway: str) -> None:
    (record,) = inbox().receive(*receipt(gateway)).records
    assert b"912345678" not in orjson.dumps(dict(record.body))


@pytest.mark.parametrize("gateway", ["zalo", "esms", "vnpt"])
def test_a_forged_receipt_is_refused_and_the_operators_learn_of_it(gateway: str) -> None:
    site = make_site()
    with pytest.raises(Unauthenticated):
        NoticeReceipts(site, zalo_secret="sandbox", token="sandbox").receive(*receipt(gateway, forged=True))
    assert len(site.notices.take()) == 1
    with pytest.raises(Unauthenticated):
        inbox(zalo_secret="", token="").receive(*receipt(gateway))


def test_a_signed_receipt_whose_body_was_changed_is_refused() -> None:
    body, headers = receipt("zalo")
    with pytest.raises(Unauthenticated):
        inbox().receive(body.replace(b"0001", b"0002"), headers)
    with pytest.raises(Unauthenticated):
        inbox().receive(body, {})


def test_the_token_before_is_accepted_while_it_is_replaced() -> None:
    assert inbox(token="new", previous_token="sandbox").receive(*receipt("esms")).records
    with pytest.raises(Unauthenticated):
        inbox(token="new").receive(*receipt("esms"))


def test_a_receipt_that_comes_twice_is_the_same_event() -> None:
    first, again = (inbox().receive(*receipt("esms")) for _ in range(2))
    assert first.records == again.records
    assert first.unique


def test_what_is_no_receipt_of_zalo_is_answered_and_not_recorded() -> None:
    body = orjson.dumps({"event_name": "user_send_text", "app_id": "a", "timestamp": "1", "message": {"text": "x"}})
    mac = hashlib.sha256(b"a" + body + b"1" + b"sandbox").hexdigest()
    assert inbox().receive(body, {"x-zevent-signature": f"mac={mac}"}).records == []


def test_esms_may_not_know_the_end_yet() -> None:
    body, headers = receipt("esms")
    (record,) = inbox().receive(body.replace(b"SendStatus=5", b"SendStatus=7"), headers).records
    assert record.body["verdict"] == "accepted"


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"null", b"\xff\xfe", b"a=b", b"{}x", b'{"RQST": {"TOKEN": "sandbox"}}', b"&" * 500, b"SMSID"],
)
def test_what_cannot_be_read_is_refused(body: bytes) -> None:
    with pytest.raises((Rejected, Unauthenticated)):
        inbox().receive(body, {})


@pytest.mark.parametrize("value", [None, 1, [], {}, True, "x" * 5000])
def test_odd_values_are_never_an_undeclared_error(value: object) -> None:
    for name in ("app_id", "timestamp", "event_name", "message"):
        event = {"event_name": "user_received_message", "app_id": "a", "timestamp": "1", "message": {"msg_id": "1"}}
        body = orjson.dumps({**event, name: value})
        for secret in (b"sandbox", b"no"):
            mac = hashlib.sha256(b"a" + body + b"1" + secret).hexdigest()
            try:
                inbox().receive(body, {"x-zevent-signature": mac})
            except Unauthenticated:
                continue
    with pytest.raises((Rejected, Unauthenticated)):
        inbox().receive(orjson.dumps({"RQST": {"REQID": value, "STATUS": "x", "TOKEN": "sandbox"}}), {})
