"""The effects of the outcomes of a bundle."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from lienthong.envelope import Bundle, Envelope
from lienthong.outcome import Dead, Done, Dropped, Later, Outcome
from lienthong.ports import Transaction
from lienthong.processing.effects import plan_effects
from lienthong.processing.stage import Stage
from lienthong.retry import RetryPolicy
from lienthong.topology import announcement_bundles
from tests.events import DAY, event

RETRY = RetryPolicy((timedelta(seconds=5), timedelta(seconds=30)), attempts=3)


def never(_: Sequence[Envelope], __: Transaction) -> Sequence[Outcome]:
    raise AssertionError


ROUTE = Stage("route.a", never, RETRY, to=("sink.b", "sink.c"), announce=True)
SINK = Stage("sink.b", never, RETRY)


def bundle(*names: str, turn: int = 1, attempt: int = 1) -> Bundle:
    return Bundle("route.a", tuple(event(name) for name in names), turn, attempt)


def test_the_result_of_a_route_goes_to_every_sink_and_to_subscribers() -> None:
    effects = plan_effects(ROUTE, bundle("a"), [Done(event("a", more=1))], now=DAY)
    assert [(b.queue, b.envelopes, b.turn) for b in effects.bundles] == [
        ("sink.b", (event("a", more=1),), 1),
        ("sink.c", (event("a", more=1),), 1),
    ]
    assert effects.announce == (event("a", more=1),)
    assert [(e.verdict, e.to) for e in effects.entries] == [("done", ("sink.b", "sink.c"))]


def test_each_event_goes_to_the_sinks_that_its_outcome_names_and_its_entry_lists_exactly_these() -> None:
    outcomes = [Done(event("a")), Done(event("b"), to=("sink.c",)), Done(event("c"), to=("sink.b",)), Dropped("thừa")]
    effects = plan_effects(ROUTE, bundle("a", "b", "c", "d"), outcomes, now=DAY)
    assert [(b.queue, b.envelopes) for b in effects.bundles] == [
        ("sink.b", (event("a"), event("c"))),
        ("sink.c", (event("a"), event("b"))),
    ]
    assert [(e.verdict, e.to) for e in effects.entries] == [
        ("done", ("sink.b", "sink.c")),
        ("done", ("sink.c",)),
        ("done", ("sink.b",)),
        ("dropped", ()),
    ]
    assert effects.announce == (event("a"), event("b"), event("c"))


def test_a_sink_that_receives_no_event_of_a_bundle_gets_no_bundle() -> None:
    effects = plan_effects(ROUTE, bundle("a", "b"), [Done(event(name), to=("sink.c",)) for name in "ab"], now=DAY)
    assert [b.queue for b in effects.bundles] == ["sink.c"]
    assert effects.bundles[0].envelopes is effects.announce


def test_what_goes_to_sinks_and_subscribers_is_encoded_once() -> None:
    effects = plan_effects(ROUTE, bundle("a", "b"), [Done(event("a")), Done(event("b"))], now=DAY)
    (announced,) = announcement_bundles(effects.announce)
    assert announced.body() is effects.bundles[0].body()
    assert announced.body() == Bundle("other", tuple(effects.announce)).body()


def test_an_outcome_can_only_choose_among_the_sinks_of_its_stage() -> None:
    effects = plan_effects(SINK, bundle("a"), [Done(event("a"), to=("sink.c",))], now=DAY)
    assert (effects.bundles, [e.to for e in effects.entries]) == ([], [()])
    effects = plan_effects(ROUTE, bundle("a"), [Done(event("a"), to=("sink.x", "sink.c"))], now=DAY)
    assert ([b.queue for b in effects.bundles], [e.to for e in effects.entries]) == (["sink.c"], [("sink.c",)])


def test_only_the_guilty_event_of_a_bundle_fails() -> None:
    outcomes: list[Outcome] = [Done(event("a")), Dead("hỏng", field="code"), Dropped("thừa"), Later("chờ")]
    effects = plan_effects(ROUTE, bundle("a", "b", "c", "d"), outcomes, now=DAY)
    assert [e.verdict for e in effects.entries] == ["done", "dead", "dropped", "later"]
    assert [(letter.envelope, letter.field, letter.died_at) for letter in effects.letters] == [
        (event("b"), "code", DAY)
    ]
    again = [b for b in effects.bundles if b.queue == "route.a"]
    assert [(b.envelopes, b.turn, b.attempt, b.wait) for b in again] == [((event("d"),), 2, 2, timedelta(seconds=5))]


def test_events_with_the_same_wait_share_a_bundle() -> None:
    outcomes = [Later("x"), Later("y"), Later("z", timedelta(seconds=20))]
    effects = plan_effects(SINK, bundle("a", "b", "c"), outcomes, now=DAY)
    assert [(len(b.envelopes), b.wait) for b in effects.bundles] == [
        (2, timedelta(seconds=5)),
        (1, timedelta(seconds=30)),
    ]


def test_after_the_last_attempt_an_event_dies_with_the_last_reason() -> None:
    effects = plan_effects(SINK, bundle("a", turn=7, attempt=3), [Later("cổng SMS không trả lời")], now=DAY)
    assert not effects.bundles
    (letter,) = effects.letters
    assert letter.error == "RetriesExhausted"
    assert "3 lần" in letter.reason and "cổng SMS không trả lời" in letter.reason
    assert (letter.turn, letter.attempt) == (7, 3)


def test_a_missing_outcome_is_an_error() -> None:
    with pytest.raises(ValueError, match="shorter"):
        plan_effects(SINK, bundle("a", "b"), [Done(event("a"))], now=DAY)


def test_numbers_and_names_of_persons_never_reach_the_ledgers_reasons() -> None:
    stage = Stage("route.a", never, RETRY, personal={"ChuHoSo": "name"})
    envelope = event("a").with_data("letter.seen", {"ChuHoSo": "Đỗ Văn Gia Định"})
    dead = Dead("Đỗ Văn Gia Định, số 052085001234", field="052085001234.x")
    effects = plan_effects(stage, Bundle("route.a", (envelope,)), [dead], now=DAY)
    assert effects.entries[0].reason == effects.letters[0].reason == "•••, số 052••••••234"
    assert effects.letters[0].field == "052••••••234.x"


def test_an_announced_subject_shows_no_number_of_a_person() -> None:
    (announced,) = announcement_bundles([event("a")._replace(subject="HS-052085001234-01"), event("b")])
    assert [envelope.subject for envelope in announced.envelopes] == ["HS-052••••••234-01", "b"]
