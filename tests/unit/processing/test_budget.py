"""A lookup with a budget: what a transform sees when the answer does not come in time."""

import threading
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from structlog.testing import capture_logs

from lienthong.envelope import Envelope
from lienthong.errors import Rejected, Transient
from lienthong.messages import Message
from lienthong.outcome import Dead, Done, Later
from lienthong.ports import Found, NotKnown
from lienthong.processing.budget import Budget
from lienthong.processing.pipeline import Pipeline
from lienthong.processing.steps import EnrichStep
from tests.events import event

LONG = timedelta(seconds=60)
SHORT = timedelta(milliseconds=50)


class Lookup:
    """It does what `work` does, and counts."""

    def __init__(self, work: Callable[[Sequence[str]], Found]) -> None:
        self.work = work
        self.calls: list[list[str]] = []

    def find_many(self, keys: Sequence[str]) -> Found:
        self.calls.append(list(keys))
        return self.work(keys)


def name_of(envelope: Envelope) -> list[str]:
    return [envelope.subject]


def state(envelope: Envelope, found: Found) -> Envelope:
    why = found.why if isinstance(found, NotKnown) else None
    return envelope.with_data("seen.v1", {"found": dict(found), "why": why})


def run(lookup: Lookup, limit: timedelta | None, *names: str) -> list[Any]:
    budget = None if limit is None else Budget("register", limit)
    step = EnrichStep("t.state", name_of, "register", lookup, state, budget=budget)
    return Pipeline(None, [step]).run([event(name) for name in names])


def raising(error: BaseException) -> Callable[[Sequence[str]], Found]:
    def work(_: Sequence[str]) -> Found:
        raise error

    return work


def test_an_answer_in_time_is_the_same_as_without_a_budget() -> None:
    lookup = Lookup(lambda keys: dict.fromkeys(keys, 1))
    assert run(lookup, LONG, "a", "b") == run(lookup, None, "a", "b")
    assert lookup.calls == [["a", "b"]] * 2


def test_a_lookup_that_does_not_know_now_is_a_value_for_the_transform() -> None:
    outcomes = run(Lookup(raising(Transient("nguồn đang dừng", outage=True))), LONG, "a", "b")
    assert all(isinstance(outcome, Done) for outcome in outcomes)
    assert outcomes[0].envelope.data["found"] == {}
    why = outcomes[0].envelope.data["why"]
    assert isinstance(why, Message)
    assert why.render("en") == "the lookup `register` gave no answer: nguồn đang dừng"


def test_without_a_budget_the_events_wait() -> None:
    assert isinstance(run(Lookup(raising(Transient("dừng"))), None, "a")[0], Later)


def test_a_late_answer_is_not_known_for_the_whole_bundle_and_waited_for_once() -> None:
    go = threading.Event()
    lookup = Lookup(lambda _: {"late": go.wait(60)})
    began = time.monotonic()
    outcomes = run(lookup, SHORT, *"abcdefghij")
    assert time.monotonic() - began < 30  # not once for each event
    go.set()
    assert {outcome.envelope.data["why"].render("en") for outcome in outcomes} == {
        "the lookup `register` gave no answer in time"
    }
    assert len(lookup.calls) == 1


def test_what_a_lookup_does_not_declare_stays_a_fault_of_the_guilty_event() -> None:
    def work(keys: Sequence[str]) -> Found:
        if "b" in keys:
            raise ValueError
        if "c" in keys:
            raise Rejected("không hợp lệ", field="c")
        return dict.fromkeys(keys, 1)

    a, b, c = run(Lookup(work), LONG, "a", "b", "c")
    assert a.envelope.data["found"] == {"a": 1}
    assert isinstance(b, Later) and "ValueError" in b.why and "test_budget.py" in b.why
    assert c == Dead("không hợp lệ", field="c")


def test_the_time_of_a_bundle_is_shared_by_all_its_calls() -> None:
    """The first call fails after the time is over: the calls for each event alone have none left."""
    go = threading.Event()

    def work(_: Sequence[str]) -> Found:
        go.wait(60)
        raise ValueError

    outcomes = run(Lookup(work), SHORT, "a", "b")
    go.set()
    assert [type(outcome) for outcome in outcomes] == [Done, Done]


def test_an_event_without_a_key_needs_no_answer() -> None:
    step = EnrichStep(
        "t.state", lambda _: [], "register", Lookup(raising(ValueError())), state, budget=Budget("r", LONG)
    )
    (outcome,) = Pipeline(None, [step]).run([event("a")])
    assert isinstance(outcome, Done)
    assert outcome.envelope.data == {"found": {}, "why": None}


def test_a_lookup_without_an_answer_is_logged_once_a_minute() -> None:
    budget = Budget("register", LONG)
    step = EnrichStep(
        "t.state", name_of, "register", Lookup(raising(Transient("số 052099001234"))), state, budget=budget
    )
    with capture_logs() as logs:
        for _ in range(5):
            Pipeline(None, [step]).run([event("a")])
    assert [(line["lookup"], line["reason"]) for line in logs] == [("register", "transient")]
    assert "052099001234" not in str(logs)
