"""CloudEvents as they are pushed: their modes, their faults, and the handshake of webhooks."""

import base64
from collections.abc import Mapping
from typing import Any

import orjson
import pytest

from lienthong.connectors.inboxes.cloudevents import CloudEvents
from lienthong.connectors.protocols.cloud_event_modes import BATCH, STRUCTURED
from lienthong.data.unreadable import UNREADABLE_KEY
from lienthong.errors import Rejected
from lienthong.ports import Receipt, Reply
from tests.fake_systems import make_site

EVENT: Mapping[str, Any] = {
    "specversion": "1.0",
    "id": "A-1",
    "source": "https://office.example/letters",
    "type": "letter.seen",
    "subject": "thư/7",
    "time": "2026-11-28T09:00:00+07:00",
    "datacontenttype": "application/json",
    "data": {"title": "Công văn"},
}


def receive(event: Any, kind: str = STRUCTURED, **parameters: Any) -> Receipt:
    return CloudEvents(make_site(), **parameters).receive(orjson.dumps(event), {"content-type": kind})


def faults(event: Any, kind: str = STRUCTURED) -> set[str | None]:
    with pytest.raises(ExceptionGroup) as raised:
        receive(event, kind)
    return {one.field for one in raised.value.exceptions if isinstance(one, Rejected)}


def binary(body: bytes = b'{"title": "a"}', **headers: str) -> Mapping[str, Any]:
    given = {
        "content-type": "application/json",
        "ce-id": "1",
        "ce-source": "/o",
        "ce-type": "t",
        "ce-specversion": "1.0",
    }
    given |= {name.replace("_", "-"): value for name, value in headers.items()}
    (record,) = CloudEvents(make_site()).receive(body, given).records
    return record.body


def test_a_structured_event_is_the_record() -> None:
    (record,) = receive(EVENT, f"{STRUCTURED}; charset=UTF-8").records
    assert (record.type, record.key, record.body) == ("letter.seen", "thư/7", EVENT)


def test_a_binary_event_is_the_same_record() -> None:
    body = binary(
        orjson.dumps(EVENT["data"]),
        ce_id="A-1",
        ce_source="https://office.example/letters",
        ce_type="letter.seen",
        ce_subject="th%C6%B0/7",
        ce_time="2026-11-28T09:00:00+07:00",
    )
    assert body == EVENT


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("a%20b%25", "a b%"),
        ("Euro%20%E2%82%AC%20%F0%9F%98%80", "Euro € 😀"),
        ('"a \\"b\\" c"', 'a "b" c'),
        ("th\u00c6\u00b0", "thư"),
        ("100%", "100%"),
    ],
)
def test_a_header_is_decoded(written: str, read: str) -> None:
    assert binary(ce_subject=written)["subject"] == read


def test_a_header_that_is_no_utf_8_is_rejected() -> None:
    with pytest.raises(Rejected) as raised:
        binary(ce_subject="%ff")
    assert raised.value.field == "header/ce-subject"


@pytest.mark.parametrize(
    ("kind", "body", "data"),
    [
        ("application/vnd.x+json", b"[1]", {"data": [1]}),
        ("text/plain; charset=utf-8", "thư".encode(), {"data": "thư"}),
        ("application/xml", b"<a/>", {"data": "<a/>"}),
        ("image/png", b"\x89PNG", {"data_base64": base64.b64encode(b"\x89PNG").decode()}),
        ("text/plain", b"\xff", {"data_base64": "/w=="}),
        ("application/json", b"", {}),
    ],
)
def test_the_data_of_a_binary_event(kind: str, body: bytes, data: Mapping[str, Any]) -> None:
    found = binary(body, content_type=kind)
    assert {
        name: value for name, value in found.items() if name.startswith("data") and name != "datacontenttype"
    } == data


def test_a_batch_gives_its_events_and_an_empty_one_none() -> None:
    receipt = receive([dict(EVENT), dict(EVENT, id="A-2", subject=None)], BATCH)
    assert [record.key for record in receipt.records] == ["thư/7", "A-2"]
    assert "subject" not in receipt.records[1].body
    assert (receipt.reply, receipt.unique) == (Reply(), True)
    assert receive([], BATCH).records == []


def test_one_faulty_event_of_a_batch_costs_itself() -> None:
    receipt = receive([EVENT, {"id": "", "specversion": "1.0"}, 3], BATCH)
    assert [record.key for record in receipt.records] == ["thư/7", "", ""]
    assert receipt.records[1].body[UNREADABLE_KEY]["field"] == "source"
    assert isinstance(receipt.reply, Reply)
    answered = orjson.loads(receipt.reply.body)
    assert answered["received"] == 3
    assert {one["pointer"] for one in answered["errors"]} == {"/1/source", "/1/type", "/1/id", "/2"}


def test_a_batch_of_faulty_events_is_refused_with_every_fault() -> None:
    assert faults([{"specversion": "1.0", "id": "a"}, None], BATCH) == {"0.source", "0.type", "1"}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"specversion": "0.3"}, "specversion"),
        ({"specversion": None}, "specversion"),
        ({"id": None}, "id"),
        ({"id": ""}, "id"),
        ({"id": 3}, "id"),
        ({"id": "a\u0001"}, "id"),
        ({"source": ""}, "source"),
        ({"source": "a b"}, "source"),
        ({"type": " "}, "type"),
        ({"subject": ""}, "subject"),
        ({"time": "2026-11-28"}, "time"),
        ({"time": "2026-11-31T00:00:00Z"}, "time"),
        ({"datacontenttype": "json"}, "datacontenttype"),
        ({"dataschema": "letters"}, "dataschema"),
        ({"Extension": "a"}, "Extension"),
        ({"my_extension": "a"}, "my_extension"),
        ({"extension": {}}, "extension"),
        ({"extension": 2**31}, "extension"),
        ({"extension": 1.5}, "extension"),
        ({"extension": "a\u009f"}, "extension"),
        ({"data_base64": "YQ=="}, "data_base64"),
        ({"data": None, "data_base64": "a"}, "data_base64"),
    ],
)
def test_a_faulty_attribute_is_named(change: Mapping[str, Any], field: str) -> None:
    event = {name: value for name, value in {**EVENT, **change}.items() if name != "data" or value is not None}
    assert faults(event) == {field}


def test_extensions_are_kept() -> None:
    more = {"flag": True, "number": -5, "comexample": "a", "traceparent": "00-x"}
    assert receive({**EVENT, **more}).records[0].body == {**EVENT, **more}


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/cloudevents+xml", b"<a/>"),
        ("application/json", b"{}"),
        ("", b"{}"),
        ("application/cloudevents", b"{}"),
    ],
)
def test_another_media_type_is_a_fault_of_that_header(kind: str, body: bytes) -> None:
    with pytest.raises(Rejected) as raised:
        CloudEvents(make_site()).receive(body, {"content-type": kind})
    assert raised.value.field == "header/content-type"


def test_key_and_type_are_those_of_the_configuration() -> None:
    (record,) = receive(EVENT, key="id", type="letter.v1").records
    assert (record.type, record.key) == ("letter.v1", "https://office.example/letters A-1")


def test_a_number_that_json_rounds_costs_its_event_alone() -> None:
    body = b'[{"specversion":"1.0","id":"1","source":"/a","type":"t","data":1e999},' + orjson.dumps(EVENT) + b"]"
    records = CloudEvents(make_site()).receive(body, {"content-type": BATCH}).records
    assert [UNREADABLE_KEY in record.body for record in records] == [True, False]


@pytest.mark.parametrize(
    ("headers", "status", "origin", "rate"),
    [
        ({}, 200, None, None),
        ({"webhook-request-origin": "office.example"}, 200, "office.example", "120"),
        ({"webhook-request-origin": "office.example", "webhook-request-rate": "50"}, 200, "office.example", "50"),
        ({"webhook-request-origin": "office.example", "webhook-request-rate": "5000"}, 200, "office.example", "120"),
        ({"webhook-request-origin": "office.example", "webhook-request-rate": "*"}, 200, "office.example", "120"),
        ({"webhook-request-origin": "other.example"}, 403, None, None),
        ({"webhook-request-origin": "a\r\nb"}, 403, None, None),
    ],
)
def test_the_handshake_admits_the_senders_of_the_configuration(
    headers: Mapping[str, str], status: int, origin: str | None, rate: str | None
) -> None:
    reply = CloudEvents(make_site(), origins=["office.example"], allowed_rate=120).handshake(headers)
    assert (reply.status, reply.headers["Allow"]) == (status, "POST, OPTIONS")
    assert reply.headers.get("WebHook-Allowed-Origin") == origin
    assert reply.headers.get("WebHook-Allowed-Rate") == rate
