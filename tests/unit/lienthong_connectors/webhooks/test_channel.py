"""What a receiver answers decides what becomes of a batch. Each receiver is a real one, on the loopback interface."""

import threading
from collections.abc import Callable
from datetime import timedelta

import httpx
import orjson
import pytest

from lienthong.connectors.protocols.http_replies import retry_after
from lienthong.connectors.webhooks.contents import MAX_REQUEST_BYTES
from lienthong.subscriptions.channel import Announced, Delivered, Gone, Refused, TryLater
from tests.fake_systems import NOON, FakeClock
from tests.unit.lienthong_connectors.loopback import Arrived, Response
from tests.webhooks import ORIGIN, announced, event_ids, open_channel, receiver


def with_header(status: int, name: str, value: str) -> Response:
    return Response(status, headers=((name, value),))


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_a_batch_that_is_accepted_is_one_request(status: int) -> None:
    with receiver(lambda _: Response(status)) as hospital:
        assert open_channel(hospital.url).deliver(announced(3)) == Delivered()
    (request,) = hospital.arrived
    assert event_ids(request) == ["event-0", "event-1", "event-2"]
    assert request.headers["Content-Type"] == "application/cloudevents-batch+json"
    assert request.headers["WebHook-Request-Origin"] == ORIGIN


def test_a_subscription_of_single_events_gets_structured_ones() -> None:
    with receiver() as hospital:
        assert open_channel(hospital.url, batch=1).deliver(announced(2)) == Delivered()
    assert [request.headers["Content-Type"] for request in hospital.arrived] == ["application/cloudevents+json"] * 2
    assert [orjson.loads(request.body)["subject"] for request in hospital.arrived] == ["D-0", "D-1"]


@pytest.mark.parametrize(
    ("response", "after"),
    [
        (Response(500), None),
        (Response(429), None),
        (with_header(429, "Retry-After", "7"), timedelta(seconds=7)),
        (with_header(503, "Retry-After", "120"), timedelta(minutes=2)),
        (with_header(503, "Retry-After", "999999999"), timedelta(days=1)),
        (with_header(503, "Retry-After", "soon"), None),
        (Response(502), None),
        (Response(504), None),
        (with_header(302, "Location", "http://127.0.0.1:1/"), None),
        (Response(307), None),
        (Response(401), None),
        (Response(403), None),
        (Response(404), None),
        (Response(415), None),
        (Response(0), None),
    ],
)
def test_what_states_nothing_of_the_events_is_tried_later(response: Response, after: timedelta | None) -> None:
    with receiver(lambda _: response) as hospital:
        answer = open_channel(hospital.url).deliver(announced(3))
    assert isinstance(answer, TryLater)
    assert answer.after == after
    assert answer.why
    assert len(hospital.arrived) == 1


@pytest.mark.parametrize(
    ("headers", "after"),
    [
        ({}, timedelta(minutes=10)),
        ({"Date": "Wed, 15 Nov 2023 05:09:30 GMT"}, timedelta(seconds=30)),
        ({"Date": "Wed, 15 Nov 2023 05:30:00 GMT"}, timedelta()),
        ({"Date": "yesterday"}, timedelta(minutes=10)),
    ],
)
def test_a_date_in_retry_after_counts_from_the_date_of_the_reply_or_else_from_now(
    headers: dict[str, str], after: timedelta
) -> None:
    asked = httpx.Headers({"Retry-After": "Wed, 15 Nov 2023 05:10:00 GMT", **headers})
    assert retry_after(asked, NOON) == after


def test_a_receiver_that_is_not_there_is_tried_later() -> None:
    with receiver() as hospital:
        pass
    assert isinstance(open_channel(hospital.url).deliver(announced(1)), TryLater)


def test_a_receiver_that_hangs_costs_the_time_limit_and_no_more() -> None:
    end = threading.Event()

    def hang(_: Arrived) -> Response:
        end.wait(20)
        return Response()

    with receiver(hang) as hospital:
        answer = open_channel(hospital.url).deliver(announced(1))
        end.set()
    assert isinstance(answer, TryLater)


def test_a_reply_of_any_size_is_read_no_further_than_needed() -> None:
    with receiver(lambda _: Response(200, b"x" * 10_000_000)) as hospital:
        assert open_channel(hospital.url).deliver(announced(1)) == Delivered()


def test_a_receiver_that_moves_from_200_to_410_ends_its_subscription() -> None:
    answers = [200, 410]
    with receiver(lambda _: Response(answers.pop(0))) as hospital:
        channel = open_channel(hospital.url)
        assert channel.deliver(announced(2)) == Delivered()
        assert isinstance(channel.deliver(announced(2, first=2)), Gone)


def refusing(*poison: str) -> Callable[[Arrived], Response]:
    return lambda request: Response(400 if set(event_ids(request)) & set(poison) else 200)


@pytest.mark.parametrize("poison", [("event-0",), ("event-5",), ("event-9",), ("event-3", "event-4")])
def test_a_refused_batch_is_cut_until_the_guilty_event_is_alone(poison: tuple[str, ...]) -> None:
    with receiver(refusing(*poison)) as hospital:
        answer = open_channel(hospital.url).deliver(announced(10))
    assert isinstance(answer, Refused)
    assert answer.event_ids == frozenset(poison)
    accepted = [one for ids in hospital.seen if not set(ids) & set(poison) for one in ids]
    assert sorted(accepted) == sorted({f"event-{number}" for number in range(10)} - set(poison))


def test_a_receiver_that_refuses_everything_is_at_fault_itself() -> None:
    with receiver(lambda _: Response(400)) as hospital:
        channel = open_channel(hospital.url)
        assert isinstance(channel.deliver(announced(100)), TryLater)
        hospital.answer = lambda _: Response()
        assert channel.deliver(announced(100)) == Delivered()
    assert len(hospital.arrived) < 100


def test_what_was_accepted_before_a_failure_is_not_sent_again() -> None:
    def answer(request: Arrived) -> Response:
        ids = event_ids(request)
        return Response(400) if len(ids) == 4 else Response(500 if "event-3" in ids else 200)

    with receiver(answer) as hospital:
        channel = open_channel(hospital.url)
        assert isinstance(channel.deliver(announced(4)), TryLater)
        hospital.arrived.clear()
        hospital.answer = lambda _: Response()
        assert channel.deliver(announced(4)) == Delivered()
    assert hospital.seen == [["event-2", "event-3"]]


def test_a_large_batch_is_several_requests_that_servers_accept() -> None:
    large = announced(5, data={"text": "x" * (MAX_REQUEST_BYTES // 2 - 1000)})
    with receiver() as hospital:
        assert open_channel(hospital.url).deliver(large) == Delivered()
    assert [len(ids) for ids in hospital.seen] == [2, 2, 1]
    assert max(len(request.body) for request in hospital.arrived) <= MAX_REQUEST_BYTES


def test_repetitions_have_the_id_of_the_first_attempt_and_the_time_of_their_own() -> None:
    clock = FakeClock()
    batch: list[Announced] = announced(3)
    with receiver(lambda _: Response(500)) as hospital:
        open_channel(hospital.url, clock).deliver(batch)
        clock.moment += timedelta(minutes=5)
        open_channel(hospital.url, clock).deliver(batch)
        open_channel(hospital.url, clock).deliver(batch[:2])
    first, second, other = (request.headers for request in hospital.arrived)
    assert first["webhook-id"] == second["webhook-id"] != other["webhook-id"]
    assert int(second["webhook-timestamp"]) - int(first["webhook-timestamp"]) == 300
    assert "." not in first["webhook-id"]


def test_a_rate_that_the_receiver_allowed_is_kept() -> None:
    clock = FakeClock()
    granted = {"handshake": {"state": "granted", "at": "", "per_minute": 30}}
    with receiver() as hospital:
        channel = open_channel(hospital.url, clock, settings=granted)
        assert channel.rest() == timedelta()
        channel.deliver(announced(1))
        assert channel.rest() == timedelta(seconds=2)
        clock.moment += timedelta(seconds=2)
        assert channel.rest() == timedelta()


def test_a_receiver_with_too_much_to_do_is_called_less_until_it_recovers() -> None:
    clock = FakeClock()
    with receiver(lambda _: Response(429)) as hospital:
        channel = open_channel(hospital.url, clock)
        for _ in range(8):
            channel.deliver(announced(1))
            clock.moment += timedelta(hours=1)
        hospital.answer = lambda _: Response()
        rests = []
        for _ in range(8):
            channel.deliver(announced(1))
            rests.append(channel.rest().total_seconds())
            clock.moment += timedelta(hours=1)
    assert rests == [60, 30, 15, 7.5, 3.75, 1.875, 0, 0]


def test_without_consent_nothing_is_sent() -> None:
    with receiver() as hospital:
        refused = {"handshake": {"state": "not granted", "at": ""}}
        assert isinstance(open_channel(hospital.url, settings=refused).deliver(announced(1)), TryLater)
        assert isinstance(open_channel(hospital.url, settings={"handshake": None}).deliver(announced(1)), TryLater)
    assert hospital.arrived == []


def test_no_reason_shows_the_address_or_the_reply() -> None:
    for status in (200, 302, 400, 401, 404, 410, 415, 500):
        with receiver(lambda _, status=status: Response(status, b"s3cret reply")) as hospital:
            answer = open_channel(hospital.url).deliver(announced(1))
        why = getattr(answer, "why", "")
        assert "127.0.0.1" not in why
        assert "s3cret" not in why
