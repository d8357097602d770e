"""A receiver that follows the rules ends as the trials expect; one that breaks any of the five rules does not."""

from collections.abc import Callable
from typing import Any

import orjson
import pytest

from lienthong.subscriptions.channel import Delivered, TryLater
from lienthong.subscriptions.check import Trial, conformance, greeting, run_trials
from tests.fake_systems import NOON
from tests.unit.lienthong_connectors.loopback import Arrived, Response
from tests.webhooks import open_channel, receiver

Event = dict[str, Any]


class Consumer:
    """A receiver as the documents ask for it. Each subclass breaks one rule."""

    def __init__(self) -> None:
        self.seen: set[str] = set()
        self.handled: list[str] = []
        self.state: dict[str, Event] = {}

    def __call__(self, request: Arrived) -> Response:
        body = orjson.loads(request.body)
        for event in self.events(body):
            self.handle(event)
        return Response()

    def events(self, body: Any) -> list[Event]:
        return body if isinstance(body, list) else [body]

    def handle(self, event: Event) -> None:
        if event["id"] not in self.seen:
            self.seen.add(event["id"])
            self.handled.append(event["subject"])
            self.apply(event)

    def apply(self, event: Event) -> None:
        known = self.state.get(event["subject"])
        if known is None or known["updated_at"] < event["data"]["updated_at"]:
            self.state[event["subject"]] = event["data"]


class HandlesTwice(Consumer):
    def handle(self, event: Event) -> None:
        self.handled.append(event["subject"])
        self.apply(event)


class DropsWhatIsLate(Consumer):
    def handle(self, event: Event) -> None:
        if event["time"] > "2023-11-14":
            super().handle(event)


class TakesTheLastOne(Consumer):
    def apply(self, event: Event) -> None:
        self.state[event["subject"]] = event["data"]


class ReadsOneOfABatch(Consumer):
    def events(self, body: Any) -> list[Event]:
        return super().events(body)[:1]


class RefusesTheUnknown(Consumer):
    def __call__(self, request: Arrived) -> Response:
        known = {"value", "updated_at", "observed_at"}
        if any(set(event["data"]) - known for event in orjson.loads(request.body)):
            return Response(422)
        return super().__call__(request)


def faults(make: Callable[[], Consumer]) -> list[str]:
    """The names of the trials after which the consumer is not as it must be."""
    consumer = make()
    trials = conformance(NOON)
    with receiver(consumer) as hospital:
        results = list(run_trials(open_channel(hospital.url), trials))
    assert [result.trial for result in results] == trials
    return [trial.name for trial in trials if not _is_met(trial, consumer)]


def _is_met(trial: Trial, consumer: Consumer) -> bool:
    return all(
        consumer.handled.count(subject) == (2 if trial.name == "out of order" else 1)
        and consumer.state.get(subject, {}).get("value") == value
        for subject, value in trial.expected.items()
    )


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (Consumer, []),
        (HandlesTwice, ["twice", "batch"]),
        (DropsWhatIsLate, ["late"]),
        (TakesTheLastOne, ["out of order"]),
        (ReadsOneOfABatch, ["batch"]),
        (RefusesTheUnknown, ["unknown field"]),
    ],
)
def test_each_broken_rule_shows_in_its_trial(make: Callable[[], Consumer], expected: list[str]) -> None:
    assert faults(make) == expected


def test_the_greeting_states_what_came_back() -> None:
    with receiver() as hospital:
        (result,) = run_trials(open_channel(hospital.url), [greeting(NOON)])
        assert result.answers == [Delivered()]
        assert result.is_delivered
        hospital.answer = lambda _: Response(503)
        (result,) = run_trials(open_channel(hospital.url), [greeting(NOON)])
    assert isinstance(result.answers[0], TryLater)
    assert not result.is_delivered
