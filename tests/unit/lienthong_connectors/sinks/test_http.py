"""Events sent to an address, over a real connection on the loopback interface."""

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import orjson
import pytest

from lienthong.configuration.bind import bind
from lienthong.configuration.faults import Mismatch
from lienthong.connectors.sinks.http import HttpSink
from lienthong.envelope import Envelope
from lienthong.errors import Transient
from lienthong.outcome import Dead, Done, Later, Outcome
from tests.contract.sinks_contract import UntouchableTransaction
from tests.events import event
from tests.fake_systems import make_site
from tests.unit.lienthong_connectors.loopback import Arrived, Response, serving

EVENTS = [event(f"thư {number}", number=number) for number in range(4)]


TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


class Receiver:
    """A server that notes what arrives. `status` chooses the answer by the bodies of the events in a request."""

    def __init__(self, status: Callable[[list[Any]], int | Response] = lambda bodies: 200) -> None:
        self.status = status
        self.arrived: list[Arrived] = []

    def __call__(self, arrived: Arrived) -> Response:
        self.arrived.append(arrived)
        content = orjson.loads(arrived.body) if arrived.headers["Content-Type"].startswith("application/") else {}
        answer = self.status(content if isinstance(content, list) else [content])
        return answer if isinstance(answer, Response) else Response(answer)


def make(url: str, **given: Any) -> HttpSink:
    return HttpSink(make_site(), **bind(HttpSink, {"url": url, **given}, tables={}))


def deliver(receiver: Receiver, events: list[Envelope] = EVENTS, **given: Any) -> list[Outcome]:
    with serving(receiver) as url:
        return list(make(f"{url}/s3cret", **given).deliver(events, UntouchableTransaction()))


def number_of(body: Any) -> int:
    return int((body.get("data") or body)["number"])


def words(outcomes: list[Outcome]) -> list[str]:
    return [type(outcome).__name__ for outcome in outcomes]


def test_an_event_is_sent_as_a_structured_cloud_event_with_its_id_as_key() -> None:
    receiver = Receiver()
    deliver(receiver, EVENTS[:1], headers={"X-Unit": "H08"})
    (arrived,) = receiver.arrived
    assert orjson.loads(arrived.body) == orjson.loads(orjson.dumps(EVENTS[0].to_wire()))
    assert arrived.path == "/s3cret"
    assert arrived.headers["Content-Type"] == "application/cloudevents+json"
    assert (arrived.headers["Idempotency-Key"], arrived.headers["X-Unit"]) == (EVENTS[0].id, "H08")


def test_batches_hold_so_many_events_and_have_a_key_of_their_own() -> None:
    receiver = Receiver()
    deliver(receiver, send={"format": "cloudevents", "batch": 3})
    assert [len(orjson.loads(arrived.body)) for arrived in receiver.arrived] == [3, 1]
    assert receiver.arrived[0].headers["Content-Type"] == "application/cloudevents-batch+json"
    keys = [arrived.headers["Idempotency-Key"] for arrived in receiver.arrived]
    assert keys[1] == EVENTS[3].id
    deliver(receiver, send={"format": "cloudevents", "batch": 3})
    assert [arrived.headers["Idempotency-Key"] for arrived in receiver.arrived[2:]] == keys


def test_plain_json_is_the_data_alone_or_an_array_of_it() -> None:
    receiver = Receiver()
    deliver(receiver, EVENTS[:1], send={"format": "json"}, idempotency_header="X-Event")
    deliver(receiver, EVENTS[:2], send={"format": "json", "batch": 9})
    one, many = receiver.arrived
    assert orjson.loads(one.body) == EVENTS[0].data
    assert orjson.loads(many.body) == [envelope.data for envelope in EVENTS[:2]]
    assert one.headers["X-Event"] == EVENTS[0].id


def test_binary_mode_has_the_attributes_in_headers_as_the_standard_escapes_them() -> None:
    receiver = Receiver()
    odd = EVENTS[0]._replace(subject='Hồ sơ "1"\r\nX-Evil: 100%', trace=TRACE)
    deliver(receiver, [odd], send={"format": "binary"})
    (arrived,) = receiver.arrived
    assert orjson.loads(arrived.body) == odd.data
    assert arrived.headers["ce-id"] == odd.id
    assert arrived.headers["ce-specversion"] == "1.0"
    assert arrived.headers["ce-traceparent"] == TRACE
    assert arrived.headers["ce-subject"] == "H%E1%BB%93%20s%C6%A1%20%221%22%0D%0AX-Evil:%20100%25"
    assert "X-Evil" not in arrived.headers


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_every_2xx_is_done_and_an_empty_reply_is_fine(status: int) -> None:
    assert deliver(Receiver(lambda bodies: status)) == [Done(envelope) for envelope in EVENTS]


@pytest.mark.parametrize("status", [400, 404, 409, 410, 413, 415, 422, 451])
def test_other_4xx_are_dead(status: int) -> None:
    (outcome,) = deliver(Receiver(lambda bodies: status), EVENTS[:1])
    assert isinstance(outcome, Dead)
    assert str(status) in outcome.why and "từ chối sự kiện" in outcome.why


@pytest.mark.parametrize("status", [301, 302, 307, 401, 403, 408, 425, 429, 500, 502, 503, 504, 599])
def test_what_may_pass_waits(status: int) -> None:
    outcomes = deliver(Receiver(lambda bodies: status if number_of(bodies[0]) else 200), EVENTS[:2])
    assert words(outcomes) == ["Done", "Later"]


def test_which_statuses_mean_what_is_configured_and_the_exact_one_wins() -> None:
    statuses = {"done": ["2xx", 409], "later": ["5xx", 404], "dead": ["4xx", 507]}
    answers = {0: 409, 1: 404, 2: 507, 3: 410}
    receiver = Receiver(lambda bodies: answers[number_of(bodies[0])])
    assert words(deliver(receiver, statuses=statuses)) == ["Done", "Later", "Dead", "Dead"]


@pytest.mark.parametrize("status", [408, 425, 429, 500, 503])
def test_a_retry_after_is_kept(status: int) -> None:
    wait = Response(status, headers=(("Retry-After", "1800"),))
    outcomes = deliver(Receiver(lambda bodies: wait if number_of(bodies[0]) == 1 else 200), EVENTS[:2])
    assert isinstance(outcomes[1], Later)
    assert outcomes[1].delay == timedelta(minutes=30)


@pytest.mark.parametrize("status", [429, 503, 401, 302])
def test_a_target_that_is_busy_is_not_sent_the_rest(status: int) -> None:
    receiver = Receiver(lambda bodies: status if number_of(bodies[0]) == 1 else 200)
    assert words(deliver(receiver)) == ["Done", "Later", "Later", "Later"]
    assert len(receiver.arrived) == 2


def test_when_nothing_could_be_delivered_it_raises_with_what_the_target_asked_for() -> None:
    receiver = Receiver(lambda bodies: Response(503, headers=(("Retry-After", "60"),)))
    with pytest.raises(Transient) as raised:
        deliver(receiver)
    assert raised.value.after == timedelta(minutes=1)
    assert len(receiver.arrived) == 1


def test_a_server_that_fails_over_one_event_gets_the_others() -> None:
    receiver = Receiver(lambda bodies: 500 if number_of(bodies[0]) == 0 else 200)
    assert words(deliver(receiver)) == ["Later", "Done", "Done", "Done"]


@pytest.mark.parametrize(("status", "word"), [(422, "Dead"), (413, "Dead"), (500, "Later")])
@pytest.mark.parametrize("guilty", range(4))
def test_a_batch_with_a_guilty_event_is_sent_again_in_halves(status: int, word: str, guilty: int) -> None:
    receiver = Receiver(lambda bodies: status if guilty in map(number_of, bodies) else 200)
    outcomes = deliver(receiver, send={"format": "cloudevents", "batch": 100})
    assert words(outcomes) == [word if number == guilty else "Done" for number in range(4)]
    assert len(receiver.arrived) == 5


def test_a_server_that_fails_over_everything_is_given_up() -> None:
    receiver = Receiver(lambda bodies: 500)
    with pytest.raises(Transient):
        deliver(receiver, [event(str(number), number=number) for number in range(200)], send={"format": "json"})
    assert len(receiver.arrived) == 20


def test_a_reply_cut_in_the_middle_counts_by_its_status() -> None:
    receiver = Receiver(lambda bodies: Response(200, b"{", closes_early=True))
    assert words(deliver(receiver)) == ["Done"] * 4


def test_a_reply_without_end_counts_by_its_status() -> None:
    receiver = Receiver(lambda bodies: Response(201, b"x" * 1_000_000))
    assert words(deliver(receiver)) == ["Done"] * 4


@contextmanager
def silent() -> Iterator[str]:
    """A server that accepts connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


def test_no_answer_in_time_is_transient() -> None:
    with silent() as url, pytest.raises(Transient, match="thời gian chờ"):
        make(url, timeout="50ms").deliver(EVENTS, UntouchableTransaction())


def test_no_server_is_transient_and_no_secret_is_shown() -> None:
    auth = {"kind": "basic", "username": "u", "password": "s3cret"}
    with pytest.raises(Transient) as raised:
        make("http://user:s3cret@127.0.0.1:1/s3cret", auth=auth).deliver(EVENTS, UntouchableTransaction())
    assert "s3cret" not in raised.value.why and "127.0.0.1" not in raised.value.why


def test_a_connection_lost_on_the_way_leaves_what_was_delivered_delivered() -> None:
    receiver = Receiver(lambda bodies: 0 if number_of(bodies[0]) == 2 else 200)
    assert words(deliver(receiver)) == ["Done", "Done", "Later", "Later"]
    assert len(receiver.arrived) == 3


def test_a_refused_token_is_renewed_once() -> None:
    tokens = iter(["old", "new"])

    def respond(arrived: Arrived) -> Response:
        if arrived.path == "/token":
            return Response(200, orjson.dumps({"access_token": next(tokens), "expires_in": 300}))
        return Response(200 if arrived.headers["Authorization"] == "Bearer new" else 401)

    with serving(respond) as url:
        auth = {"kind": "oauth2", "token_url": f"{url}/token", "client_id": "c", "client_secret": "s"}
        outcomes = make(url, auth=auth).deliver(EVENTS, UntouchableTransaction())
    assert words(list(outcomes)) == ["Done"] * 4


def test_our_headers_win_over_those_of_the_configuration_in_any_case() -> None:
    receiver = Receiver()
    deliver(receiver, EVENTS[:1], headers={"content-type": "text/plain", "idempotency-key": "x"})
    assert receiver.arrived[0].headers["Idempotency-Key"] == EVENTS[0].id
    assert receiver.arrived[0].headers["Content-Type"] == "application/cloudevents+json"


WRONG: dict[str, tuple[dict[str, Any], tuple[str | int, ...]]] = {
    "no address": ({"url": "nhan.example"}, ("url",)),
    "method": ({"method": "GET"}, ("method",)),
    "format": ({"send": {"format": "xml"}}, ("send", "format")),
    "batches of headers": ({"send": {"format": "binary", "batch": 5}}, ("send", "batch")),
    "size of a batch": ({"send": {"format": "json", "batch": 0}}, ("send", "batch")),
    "unknown list": ({"statuses": {"dono": [200]}}, ("statuses", "dono")),
    "no status": ({"statuses": {"done": [99]}}, ("statuses", "done", 0)),
    "word for a status": ({"statuses": {"done": ["ok"]}}, ("statuses", "done", 0)),
    "status twice": ({"statuses": {"done": ["2xx", 409], "dead": [409, "4xx"]}}, ("statuses",)),
    "header": ({"idempotency_header": "a b"}, ("idempotency_header",)),
    "time": ({"timeout": 5}, ("timeout",)),
    "auth": ({"auth": {"kind": "basic", "username": "u"}}, ("auth",)),
    "unknown": ({"retries": 5}, ("retries",)),
}


@pytest.mark.parametrize("name", WRONG)
def test_check_refuses_what_cannot_work_and_names_the_key(name: str) -> None:
    given, path = WRONG[name]
    with pytest.raises(Mismatch) as error:
        bind(HttpSink, {"url": "https://nhan.example.gov.vn", **given}, tables={})
    assert path in [fault.path for fault in error.value.faults]


def test_each_request_carries_the_trace_of_its_event_with_a_span_of_its_own() -> None:
    receiver = Receiver()
    traced = [EVENTS[0]._replace(trace=TRACE, tracestate="v=1"), EVENTS[1]]
    deliver(receiver, traced)
    deliver(receiver, traced, send={"format": "cloudevents", "batch": 9})
    of_event, without, together = receiver.arrived
    version, trace, span, flags = of_event.headers["traceparent"].split("-")
    assert (version, trace, flags) == ("00", TRACE.split("-")[1], "01")
    assert span != TRACE.split("-")[2]
    assert of_event.headers["tracestate"] == "v=1"
    assert orjson.loads(of_event.body)["traceparent"] == TRACE
    assert orjson.loads(of_event.body)["tracestate"] == "v=1"
    for arrived in (without, together):
        assert "traceparent" not in arrived.headers
    assert [one.get("traceparent") for one in orjson.loads(together.body)] == [TRACE, None]
