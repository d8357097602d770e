"""Reasons are shown in the reader's language and written to the ledger in the project's language."""

from collections.abc import Iterator

import pytest

from lienthong.configuration.condition_check import compile_condition
from lienthong.envelope import Bundle, Envelope
from lienthong.messages import use_ledger_language
from lienthong.outcome import Dropped, Later, Outcome
from lienthong.processing.circuit_breaker import Halted, HaltGuard
from lienthong.processing.effects import Effects, plan_effects
from lienthong.processing.pipeline import Pipeline
from lienthong.processing.quarantine import poison
from lienthong.processing.stage import route_stage
from lienthong.processing.steps import ApplyStep
from lienthong.retry import RetryPolicy
from tests.events import DAY, event


@pytest.fixture(autouse=True)
def english_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIENTHONG_LANG", "en")


@pytest.fixture
def english_ledger(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A Vietnamese reader, and a ledger in English."""
    monkeypatch.setenv("LIENTHONG_LANG", "vi")
    use_ledger_language("en")
    yield
    use_ledger_language("vi")


def drop(envelope: Envelope) -> None:
    return None


def handle(pipeline: Pipeline, *names: str) -> tuple[list[Outcome], Effects]:
    stage = route_stage("route.a", pipeline, retry=RetryPolicy(), to=("sink.b",), announce=False)
    bundle = Bundle("route.a", tuple(map(event, names)))
    outcomes = list(stage.handle(bundle.envelopes, None))  # type: ignore[arg-type]  # a route needs no transaction
    return outcomes, plan_effects(stage, bundle, outcomes, now=DAY)


def reasons(effects: Effects) -> set[str]:
    return {entry.reason for entry in effects.entries}


def test_an_event_dropped_by_the_condition_has_its_reason_in_both_languages() -> None:
    outcomes, effects = handle(Pipeline(compile_condition('data.name == "x"'), []), "a", "b")
    assert outcomes == [Dropped('the condition `when` does not hold: data.name == "x"')] * 2
    assert reasons(effects) == {'không thoả điều kiện `when`: data.name == "x"'}
    assert all(type(entry.reason) is str for entry in effects.entries)


def test_the_reason_of_a_dropped_event_is_built_once_for_all_events() -> None:
    by_condition, _ = handle(Pipeline(compile_condition("false"), []), "a", "b")
    by_step, _ = handle(Pipeline(None, [ApplyStep("t.drop", drop)]), "a", "b")
    assert by_condition[0] is by_condition[1]
    assert by_step[0] is by_step[1]


def test_a_ledger_in_english_has_english_reasons_whatever_the_reader_reads(english_ledger: None) -> None:
    outcomes, effects = handle(Pipeline(None, [ApplyStep("t.drop", drop)]), "a")
    assert outcomes == [Dropped("bước `t.drop` bỏ qua sự kiện này")]
    assert reasons(effects) == {"the step `t.drop` drops this event"}


def test_a_reason_within_a_reason_is_in_the_same_language() -> None:
    stage = route_stage("route.a", Pipeline(None, []), retry=RetryPolicy(attempts=1), to=(), announce=False)
    (condition,), _ = handle(Pipeline(compile_condition("false"), []), "a")
    assert isinstance(condition, Dropped)
    effects = plan_effects(stage, Bundle("route.a", (event("a"),)), [Later(condition.why)], now=DAY)
    (letter,) = effects.letters
    assert letter.reason == "đã thử 1 lần không được; lần cuối: không thoả điều kiện `when`: false"
    assert reasons(effects) == {letter.reason}


def test_what_a_connector_writes_is_data_and_stays_as_it_is() -> None:
    stage = route_stage("route.a", Pipeline(None, []), retry=RetryPolicy(), to=(), announce=False)
    effects = plan_effects(stage, Bundle("route.a", (event("a"),)), [Later("cổng không trả lời")], now=DAY)
    assert reasons(effects) == {"cổng không trả lời"}


def test_an_english_reader_gets_english_sentences() -> None:
    assert poison().why == "the process died while it handled this event, 2 times with this event alone"
    with pytest.raises(Halted, match=r"^The stage route\.a stopped after 1 dead letter in a row\."):
        HaltGuard("route.a", 1).check(["dead"])
