"""Events that try a subscriber: one that shows whether deliveries arrive, and five that each must get right."""

import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import orjson

from lienthong.messages import Message, message
from lienthong.subscriptions.channel import Announced, Answer, Channel, Delivered

CHECK_TYPE = "lienthong.check.v1"
"""The type of these events. No route announces it: a receiver keeps nothing of it beside its test."""


@dataclass(frozen=True, slots=True)
class Trial:
    """Batches that are sent one after the other.

    - `sent`: what is special about them. `must`: what the receiver must have afterwards, in words.
    - `expected`: the same for a program: by subject, the `data.value` that counts in the end.
    """

    name: str
    sent: Message
    must: Message
    batches: Sequence[Sequence[Announced]]
    expected: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Result:
    """What came back: the answer to each batch, up to the first that was not delivered. `seconds`: of all together."""

    trial: Trial
    answers: Sequence[Answer]
    seconds: float

    @property
    def is_delivered(self) -> bool:
        return all(isinstance(answer, Delivered) for answer in self.answers)


class _Events:
    """Makes the events of one run; their ids and subjects come in no other run."""

    def __init__(self, now: datetime) -> None:
        self._run = uuid.uuid4()
        self._now = now
        self._count = 0

    def subject(self, name: str) -> str:
        return f"check/{self._run.hex[:8]}/{name}"

    def make(self, name: str, value: str, *, age: timedelta = timedelta(), **more: Any) -> Announced:
        """`age`: how long ago it happened, and was changed in its source."""
        at = (self._now - age).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        data = {"value": value, "updated_at": at, "observed_at": at, **more.pop("data", {})}
        event = {
            "specversion": "1.0",
            "id": str(uuid.uuid5(self._run, str(self._count))),
            "type": CHECK_TYPE,
            "source": "lienthong",
            "subject": self.subject(name),
            "time": at,
            "datacontenttype": "application/json",
            "data": data,
            **more,
        }
        self._count += 1
        return Announced(0, self._count, str(event["id"]), CHECK_TYPE, orjson.dumps(event))


def greeting(now: datetime) -> Trial:
    """One event, which shows whether deliveries arrive."""
    events = _Events(now)
    sent, must = (
        message("one event"),
        message("nothing: its type is {type}, and no route announces it", type=CHECK_TYPE),
    )
    return Trial("greeting", sent, must, [[events.make("greeting", "hello")]])


def conformance(now: datetime) -> Sequence[Trial]:
    """The five that a receiver must get right."""
    events = _Events(now)
    day = timedelta(days=1)
    twice = events.make("twice", "once")
    again = events.make("batch-3", "third")
    unknown: dict[str, Any] = {"data": {"not_in_the_schema": {"a": [1, None]}}, "notanattribute": "x"}
    return [
        Trial(
            "twice",
            message("the same event in two deliveries"),
            message("the event once: its id is the same"),
            [[twice], [twice]],
            {events.subject("twice"): "once"},
        ),
        Trial(
            "late",
            message("an event that happened three days ago"),
            message("the event, however old it is"),
            [[events.make("late", "kept", age=3 * day)]],
            {events.subject("late"): "kept"},
        ),
        Trial(
            "out of order",
            message("the newer state first, then the older one"),
            message("the newer state: `data.updated_at` decides"),
            [[events.make("order", "newer")], [events.make("order", "older", age=day)]],
            {events.subject("order"): "newer"},
        ),
        Trial(
            "batch",
            message("several events in one delivery, one of them twice"),
            message("each of the three events once"),
            [[events.make("batch-1", "first"), events.make("batch-2", "second"), again, again]],
            {events.subject(f"batch-{number}"): value for number, value in enumerate(("first", "second", "third"), 1)},
        ),
        Trial(
            "unknown field",
            message("an event with an attribute and a field that are in no schema"),
            message("the event: what is unknown is left alone, and refuses nothing"),
            [[events.make("unknown", "read", **unknown)]],
            {events.subject("unknown"): "read"},
        ),
    ]


def run_trials(
    channel: Channel, trials: Sequence[Trial], elapsed: Callable[[], float] = time.monotonic
) -> Iterator[Result]:
    """Send the batches of each trial. A trial ends with its first batch that is not delivered."""
    for trial in trials:
        began, answers = elapsed(), list[Answer]()
        for batch in trial.batches:
            answers.append(channel.deliver(batch))
            if not isinstance(answers[-1], Delivered):
                break
        yield Result(trial, answers, elapsed() - began)
