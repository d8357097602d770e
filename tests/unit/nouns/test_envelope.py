"""Envelopes and bundles."""

import uuid
from datetime import timedelta

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lienthong.envelope import Bundle, EncodedData, Envelope, canonical_json, derive_id, digest
from lienthong.errors import Rejected
from tests.events import event

json = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)

TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


@given(st.dictionaries(st.text(max_size=5), json, max_size=4))
def test_equal_content_has_one_id_whatever_the_order_of_its_keys(data: dict[str, object]) -> None:
    turned = dict(reversed(data.items()))
    assert canonical_json(turned) == canonical_json(data)
    assert derive_id("igate", "x", digest(canonical_json(turned))) == derive_id(
        "igate", "x", digest(canonical_json(data))
    )


def test_another_source_key_or_content_has_another_id() -> None:
    ids = {derive_id(*parts) for parts in (("a", "b", "c"), ("x", "b", "c"), ("a", "x", "c"), ("a", "b", "x"))}
    assert len(ids) == 4


@given(st.dictionaries(st.text(max_size=5), json, max_size=4), st.integers(1, 9), st.integers(1, 9))
def test_a_bundle_is_the_same_after_its_way_through_a_queue(data: dict[str, object], turn: int, attempt: int) -> None:
    sent = Bundle("route.a", (event("một", data=data), event("hai")), turn, attempt)
    assert Bundle.from_wire("route.a", sent.body(), sent.headers()) == sent


def test_the_wait_does_not_travel() -> None:
    sent = Bundle("route.a", (event("một"),), wait=timedelta(seconds=5))
    assert Bundle.from_wire("route.a", sent.body(), sent.headers()).wait == timedelta(0)


@pytest.mark.parametrize("body", [b"", b"{", b"[1]", b'{"a": 1}', b"\xff", b"null"])
def test_a_body_that_is_no_cloudevents_batch_is_rejected(body: bytes) -> None:
    with pytest.raises(Rejected):
        Bundle.from_wire("route.a", body, {})


def test_a_missing_attribute_is_named_in_the_rejection() -> None:
    wire = event("một").to_wire()
    del wire["subject"]
    with pytest.raises(Rejected) as rejected:
        Envelope.from_wire(wire)
    assert rejected.value.field == "subject"


def test_the_trace_is_part_of_the_wire_form() -> None:
    wire = event("một").to_wire() | {"traceparent": TRACE}
    assert Envelope.from_wire(wire).to_wire()["traceparent"] == TRACE


def test_a_split_bundle_loses_no_event_and_keeps_its_turn() -> None:
    whole = Bundle("route.a", tuple(event(str(n)) for n in range(5)), turn=2)
    first, second = whole.split(2)
    assert first.envelopes + second.envelopes == whole.envelopes
    assert first.turn == second.turn == 2


def test_a_body_is_a_json_array_with_one_event_a_line() -> None:
    events = (event("một", text='},\n{,"data":{"x":1}', deep={"data": [1, {"data": None}]}), event("hai"))
    bundle = Bundle("q", (events[0]._replace(trace=TRACE), events[1]), turn=2)
    assert [wire["data"] for wire in orjson.loads(bundle.body())] == [each.data for each in events]
    back = Bundle.from_wire("q", bundle.body(), bundle.headers())
    assert back == bundle
    assert back.envelopes[0].trace == TRACE
    assert back.body() == bundle.body()


def test_any_cloudevents_batch_is_read() -> None:
    body = orjson.dumps([event("một").to_wire(), event("hai").to_wire()], option=orjson.OPT_INDENT_2)
    assert Bundle.from_wire("q", body, {}).envelopes == (event("một"), event("hai"))


def test_a_body_in_the_earlier_line_form_is_read() -> None:
    """It waits in a queue while its reader is upgraded."""
    lines = [orjson.dumps(event(name).to_wire()) for name in ("một", "hai")]
    headers = {"turn": 1, "attempt": 1, "form": "lines"}
    assert Bundle.from_wire("q", b"[\n" + b",\n".join(lines) + b"\n]", headers).envelopes == (
        event("một"),
        event("hai"),
    )


def test_data_stays_encoded_until_a_key_is_read_and_is_a_dict_when_decoded() -> None:
    (unread,) = Envelope.from_lines([orjson.dumps(event("một", more=[1]).to_wire())])
    assert isinstance(unread.data, EncodedData)
    assert (unread.data["more"], len(unread.data), set(unread.data)) == ([1], 2, {"name", "more"})
    assert type(unread.decoded().data) is type(unread.data_dict()) is type(unread.decoded().data_dict()) is dict
    assert unread == unread.decoded() == event("một", more=[1])


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"[\n\n]", b"[\n{}\n]", b'[\n{"id":"a","data":{}}\n]', b"[\n{\n]", b"\xff"]
)
def test_a_wrong_body_in_line_form_is_refused(body: bytes) -> None:
    with pytest.raises((Rejected, ValueError)):
        Bundle.from_wire("q", body, Bundle("q", (event("a"),)).headers())


def test_a_body_that_was_cut_or_added_to_is_refused_so_that_no_event_is_lost() -> None:
    whole = Bundle("q", (event("a"), event("b")))
    body = whole.body()
    broken = [body[:end] for end in range(len(body))]
    broken += [b" " + body, body + b"\n", body[:-2] + b"x\n]", body.replace(b"\n", b"\r\n"), b'{"x":1}' + body[1:]]
    for each in broken:
        with pytest.raises(Rejected):
            Bundle.from_wire("q", each, whole.headers())


@given(st.text(max_size=20), st.text(max_size=20))
def test_an_id_is_the_uuid5_of_the_standard_library(source: str, key: str) -> None:
    namespace = uuid.UUID("5d0f0a2e-0b1f-5c3e-9a58-6c69656e7468")
    assert derive_id(source, key, "ab") == str(uuid.uuid5(namespace, f"{source}\n{key}\nab"))


@pytest.mark.parametrize("given", [7, None, "x", "00-aa-bb-01", TRACE.upper(), ["a"]])
def test_a_malformed_trace_of_a_message_is_ignored(given: object) -> None:
    wire = event("một").to_wire() | {"traceparent": given, "tracestate": "v=1"}
    assert Envelope.from_wire(wire)[-2:] == (None, None)
    sound = event("một").to_wire() | {"traceparent": TRACE, "tracestate": given}
    assert Envelope.from_wire(sound)[-2:] == (TRACE, None)


def test_a_trace_and_its_state_travel_with_an_event_and_its_transforms() -> None:
    bundle = Bundle("q", (event("a")._replace(trace=TRACE, tracestate="v=1").with_data("b", {}), event("b")))
    back = Bundle.from_wire("q", bundle.body(), bundle.headers())
    assert [one[-2:] for one in back.envelopes] == [(TRACE, "v=1"), (None, None)]


def test_when_it_was_recorded_is_written_by_both_names_and_read_by_either() -> None:
    wire = event("a").to_wire()
    assert wire["recordedtime"] == wire["receivedat"]
    for gone in ("recordedtime", "receivedat"):
        assert Envelope.from_wire({name: value for name, value in wire.items() if name != gone}) == event("a")
    neither = {name: value for name, value in wire.items() if name not in ("recordedtime", "receivedat")}
    with pytest.raises(Rejected) as caught:
        Envelope.from_wire(neither)
    assert caught.value.field == "recordedtime"


@pytest.mark.parametrize(
    ("data", "cause"),
    [
        ({"lienthong:causationid": "E1", "a": 1}, "E1"),
        ({"a": 'he wrote "lienthong:causationid":"no" there', "lienthong:causationid": "E1"}, "E1"),
        ({"a": {"lienthong:causationid": "inside"}, "lienthong:causationid": "E1"}, "E1"),
        ({"a": {"lienthong:causationid": "inside"}}, None),
        ({"a": 1}, None),
        ({"lienthong:causationid": None}, None),
    ],
)
def test_what_a_sink_hands_back_names_its_cause(data: dict[str, object], cause: str | None) -> None:
    for held in (data, EncodedData(orjson.dumps(data))):
        of_a_sink = event("a")._replace(source="sink.store", data=held)
        assert of_a_sink.to_wire().get("causationid") == cause
        assert "causationid" not in of_a_sink._replace(source="igate").to_wire()
        (read,) = Bundle.from_wire("q", Bundle("q", (of_a_sink,)).body(), Bundle("q", (of_a_sink,)).headers()).envelopes
        assert read.decoded() == of_a_sink.decoded()
