"""The work of a route on a bundle."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from lienthong.configuration.condition_check import compile_condition
from lienthong.data.unreadable import UNREADABLE_KEY
from lienthong.envelope import Envelope
from lienthong.errors import Rejected, Transient
from lienthong.outcome import Dead, Done, Dropped, Later
from lienthong.ports import Found
from lienthong.processing.pipeline import Pipeline
from lienthong.processing.steps import ApplyStep, EnrichStep

NOW = datetime(2023, 11, 15, tzinfo=UTC)
IDENTITY = "052099001234"


def event(name: str, **data: Any) -> Envelope:
    return Envelope(name, "office.letter", "office", name, NOW, NOW, data)


def bundle(*names: str) -> list[Envelope]:
    return [event(name, address=name) for name in names]


class FakeLookup:
    """A lookup that knows the given keys, keeps the keys of each call, and fails on demand."""

    def __init__(self, known: Mapping[str, str], failing: Callable[[Sequence[str]], Exception | None] | None = None):
        self.known = known
        self.failing = failing or (lambda _: None)
        self.calls: list[list[str]] = []

    def find_many(self, keys: Sequence[str]) -> Found:
        self.calls.append(list(keys))
        if error := self.failing(keys):
            raise error
        return {key: self.known[key] for key in keys if key in self.known}


def address(envelope: Envelope) -> list[str]:
    return [envelope.data["address"]] if envelope.data["address"] else []


def tag(envelope: Envelope, found: Found) -> Envelope:
    return envelope.with_data("letter.v1", {"to": found.get(envelope.data["address"])})


def enriching(lookup: FakeLookup) -> Pipeline:
    return Pipeline(None, [EnrichStep("t.tag", address, "book", lookup, tag)])


def applying(function: Callable[[Envelope], Any]) -> Pipeline:
    return Pipeline(None, [ApplyStep("t.step", function)])


def test_without_steps_events_pass_unchanged() -> None:
    events = bundle("a", "b")
    assert Pipeline(None, []).run(events) == [Done(one) for one in events]


def test_outcomes_are_in_the_order_of_the_envelopes() -> None:
    def judge(envelope: Envelope) -> Envelope | None:
        if envelope.id == "b":
            return None
        if envelope.id == "c":
            raise Rejected("hỏng", field="tên")
        return envelope

    a, b, c, d = Pipeline(compile_condition('data.address != "a"'), [ApplyStep("t.judge", judge)]).run(bundle(*"abcd"))
    assert isinstance(a, Dropped)
    assert "when" in a.why
    assert isinstance(b, Dropped)
    assert "t.judge" in b.why
    assert c == Dead("hỏng", "Rejected", "tên")
    assert isinstance(d, Done)


def test_an_event_that_the_condition_cannot_decide_is_dead_and_names_expression_and_field() -> None:
    (outcome,) = Pipeline(compile_condition("data.pages > 2"), []).run([event("a")])
    assert isinstance(outcome, Dead)
    assert "data.pages > 2" in outcome.why
    assert outcome.field == "pages"


def test_an_undeclared_exception_is_dead_at_once_and_shows_no_personal_data() -> None:
    def broken(envelope: Envelope) -> Envelope:
        raise ValueError(f"bad identity {envelope.data['identity']}")

    with capture_logs() as logs:
        (outcome,) = applying(broken).run([event("a", identity=IDENTITY)])
    assert isinstance(outcome, Dead)
    assert outcome.error == "ValueError"
    assert "t.step" in outcome.why
    assert "test_pipeline.py:" in outcome.why
    assert IDENTITY not in outcome.why + repr(logs)
    assert logs[0]["event"] == "undeclared exception"


@pytest.mark.parametrize("result", [{"a": 1}, True, event("another")])
def test_a_step_that_returns_anything_but_this_event_is_a_programming_error(result: object) -> None:
    (outcome,) = applying(lambda _: result).run(bundle("a"))
    assert isinstance(outcome, Dead)
    assert outcome.error == "BrokenStep"


def test_a_lookup_is_asked_once_for_the_different_keys_of_a_bundle() -> None:
    lookup = FakeLookup({"1": "Hoa"})
    outcomes = enriching(lookup).run([event("a", address="1"), event("b", address="2"), event("c", address="1")])
    assert lookup.calls == [["1", "2"]]
    assert [one.envelope.data["to"] for one in outcomes if isinstance(one, Done)] == ["Hoa", None, "Hoa"]


def test_a_lookup_is_not_asked_when_no_event_has_a_key() -> None:
    lookup = FakeLookup({})
    (outcome,) = enriching(lookup).run([event("a", address="")])
    assert isinstance(outcome, Done)
    assert lookup.calls == []


def test_when_a_lookup_does_not_answer_only_the_events_that_asked_wait() -> None:
    lookup = FakeLookup({}, lambda _: Transient("đang bảo trì", after=timedelta(minutes=1)))
    asks, asks_not = enriching(lookup).run([event("a", address="1"), event("b", address="")])
    assert asks == Later("chưa tra được `book`: đang bảo trì", timedelta(minutes=1), outage=True)
    assert isinstance(asks_not, Done)


def test_when_a_lookup_fails_for_one_key_only_its_event_waits() -> None:
    lookup = FakeLookup({"1": "Hoa"}, lambda keys: KeyError(IDENTITY) if "2" in keys else None)
    with capture_logs() as logs:
        good, guilty, also_good = enriching(lookup).run(
            [event("a", address="1"), event("b", address="2"), event("c", address="3")]
        )
    assert isinstance(good, Done)
    assert isinstance(also_good, Done)
    assert isinstance(guilty, Later)
    assert "KeyError" in guilty.why
    assert IDENTITY not in guilty.why + repr(logs)


def test_when_a_lookup_rejects_one_key_its_event_is_dead() -> None:
    lookup = FakeLookup({}, lambda keys: Rejected("số không hợp lệ", field="address") if "2" in keys else None)
    good, guilty = enriching(lookup).run([event("a", address="1"), event("b", address="2")])
    assert isinstance(good, Done)
    assert guilty == Dead("số không hợp lệ", field="address")


def test_when_the_keys_of_one_event_cannot_be_computed_only_this_event_is_dead() -> None:
    lookup = FakeLookup({"1": "Hoa"})
    good, guilty = enriching(lookup).run([event("a", address="1"), event("b")])
    assert isinstance(good, Done)
    assert isinstance(guilty, Dead)
    assert guilty.error == "KeyError"


KINDS = st.sampled_from(["pass", "drop", "reject", "break", "bug"])


@given(st.lists(KINDS, max_size=30))
def test_the_outcome_of_an_event_does_not_depend_on_the_other_events(kinds: list[str]) -> None:
    def act(envelope: Envelope) -> Any:
        kind = envelope.data["address"]
        if kind == "reject":
            raise Rejected("hỏng")
        if kind == "break":
            raise ZeroDivisionError
        return {"pass": envelope, "drop": None, "bug": 5}[kind]

    expected = {"pass": Done, "drop": Dropped, "reject": Dead, "break": Dead, "bug": Dead}
    with capture_logs():
        outcomes = applying(act).run([event(str(place), address=kind) for place, kind in enumerate(kinds)])
    assert [type(outcome) for outcome in outcomes] == [expected[kind] for kind in kinds]


@pytest.mark.parametrize(
    ("note", "reason", "field"),
    [
        ({"reason": "`a[0]` hỏng", "field": "a[0]", "line": 3}, "`a[0]` hỏng", "a[0]"),
        ({"reason": "hỏng\0", "field": 5}, "hỏng\N{REPLACEMENT CHARACTER}", None),
        ("hỏng", "hỏng", None),
        ({"reason": " "}, "không đọc được bản ghi", None),
        (None, "không đọc được bản ghi", None),
        ({"reason": "x" * 5_000, "field": "y" * 5_000}, "x" * 999 + "…", "y" * 199 + "…"),
    ],
)
def test_data_that_its_source_could_not_read_is_dead_before_anything_looks_at_it(
    note: object, reason: str, field: str | None
) -> None:
    pipeline = Pipeline(compile_condition("data.never == 1"), [ApplyStep("t.step", lambda envelope: envelope)])
    good, bad = pipeline.run([event("a", never=1), event("b", **{UNREADABLE_KEY: note})])
    assert isinstance(good, Done)
    assert bad == Dead(reason, error="Unreadable", field=field)
