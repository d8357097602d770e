"""Replays: a frozen set is sent once, in parts, and stops when letters die again."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from lienthong.dead_letters.actions import discard
from lienthong.dead_letters.dry_run import dry_run
from lienthong.dead_letters.model import LetterFilter
from lienthong.dead_letters.rate_limit import parse_rate
from lienthong.dead_letters.replay_set import ReplayRules, freeze
from lienthong.envelope import Bundle
from lienthong.errors import Transient
from lienthong.ledger.records import Account
from lienthong.maintenance.interrupted_replays import INTERRUPTED_AFTER, mark_recovered, publish_interrupted
from tests.unit.dead_letters.letter_bus import LAN, SINKS, LetterBus

NAMES = tuple("abcdefghij")


def test_a_replayed_set_is_delivered_and_a_second_replay_of_it_does_nothing(bus: LetterBus) -> None:
    bus.receive("bad", *NAMES)
    bus.bad.clear()
    frozen = bus.freeze()
    assert bus.replay(frozen).sent == 10
    again = bus.replay(frozen)
    assert (again.sent, again.died) == (0, 0)
    assert sorted(name for name, _ in bus.got) == list(NAMES)
    assert bus.account() == Account(received=10, delivered=10)
    assert bus.verdicts("a") == [("dead", ""), ("replayed", "lan"), ("done", "")]


def test_the_record_of_a_replay_has_operator_time_and_result(bus: LetterBus) -> None:
    bus.receive("bad", "a", "b")
    frozen = bus.freeze()
    bus.replay(frozen)
    (run,) = bus.letter_store.replays.find(frozen.digest[:8])
    assert (run.who, run.count, run.sent, run.died, run.stopped) == ("lan", 2, 2, 2, "")
    assert run.began_at == run.ended_at == bus.clock.now()
    assert bus.letter_store.replays.find("%") == []


def test_the_digest_of_a_set_changes_with_its_letters(bus: LetterBus) -> None:
    bus.receive("bad", "a", "b")
    seen = bus.freeze()
    assert seen.count == 2
    assert bus.freeze() == seen
    bus.receive("bad", "c")
    assert bus.freeze().digest != seen.digest
    discard(bus.letter_store, [3], who=LAN, reason="thử")
    assert bus.freeze().digest == seen.digest
    bus.replay(seen)  # both die again, so there are other letters with other turns
    assert bus.freeze().count == 2
    assert bus.freeze().digest != seen.digest


def test_a_letter_that_another_operator_closed_meanwhile_is_not_sent(bus: LetterBus) -> None:
    bus.receive("bad", "a", "b")
    frozen = bus.freeze()
    discard(bus.letter_store, [1], who=LAN, reason="trùng")
    bus.bad.clear()
    assert bus.replay(frozen).sent == 1
    assert bus.account() == Account(received=2, delivered=1, dropped=1)


def test_a_canary_that_dies_again_stops_the_replay(bus: LetterBus) -> None:
    bus.receive("bad", *NAMES)
    run = bus.replay(canary=2)
    assert (run.sent, run.died) == (2, 2)
    assert "gửi thử" in run.stopped
    assert bus.account() == Account(received=10, dead=10)


def test_a_canary_that_waits_for_a_later_attempt_stops_the_replay(bus: LetterBus) -> None:
    bus.receive("slow", "x")
    bus.receive("refused", *NAMES, to="sink.store")
    bus.slow.add("refused")
    bus.refused.clear()
    run = bus.replay(canary=1)
    assert (run.sent, run.waiting) == (1, 1)
    assert "chưa biết kết quả" in run.stopped


def test_a_canary_that_ends_well_is_followed_by_the_other_letters(bus: LetterBus) -> None:
    bus.receive("bad", *NAMES)
    bus.bad.clear()
    run = bus.replay(canary=3)
    assert (run.sent, run.stopped) == (10, "")


def test_it_stops_at_the_limit_of_new_deaths_and_sends_no_more_letters(bus: LetterBus) -> None:
    bus.receive("bad", *NAMES)
    run = bus.replay(stop_on=3)
    assert (run.sent, run.died) == (3, 3)
    assert bus.freeze().count == 10


def test_a_letter_of_a_route_that_dies_at_the_sink_counts_as_a_new_death(bus: LetterBus) -> None:
    bus.receive("bad", *NAMES)
    bus.bad.clear()
    bus.refused.add("bad")
    assert bus.replay(stop_on=2).died == 2


def test_it_keeps_its_rate(bus: LetterBus) -> None:
    bus.receive("bad", *NAMES)
    bus.bad.clear()
    before = bus.clock.now()
    assert bus.replay(rate=parse_rate("4/s")).sent == 10
    assert bus.paused == [timedelta(seconds=1)] * 2
    assert bus.clock.now() - before == timedelta(seconds=2)


@pytest.mark.parametrize(("text", "rate"), [("50/s", 50), ("30/m", 0.5), ("36/h", 0.01), ("7", 7), (" 1.5/s ", 1.5)])
def test_a_rate_is_parsed_with_its_unit(text: str, rate: float) -> None:
    assert parse_rate(text) == pytest.approx(rate)


@pytest.mark.parametrize("text", ["", "0/s", "-1/s", "5/d", "fast", "1e3/s"])
def test_a_wrong_rate_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        parse_rate(text)


@pytest.mark.parametrize(
    ("setting", "repeats", "count"),
    [("idempotent", False, 2), ("ask", False, 1), ("ask", True, 2), ("never", False, 1), ("never", True, 1)],
)
def test_letters_of_a_sink_that_must_not_repeat_are_left_out(
    bus: LetterBus, setting: str, repeats: bool, count: int
) -> None:
    bus.receive("bad", "a")
    bus.receive("refused", "b", to="sink.sms")
    sinks = {**SINKS, "sms": replace(SINKS["sms"], replay=setting)}
    frozen = freeze(
        bus.letter_store.letters.search(LetterFilter()), ReplayRules(bus.stages, sinks, allow_repeats=repeats)
    )
    assert frozen.count == count
    assert sum(frozen.skipped.values()) == 2 - count
    assert all("sink.sms" in why and setting in why for why in frozen.skipped)


def test_letters_of_a_stage_that_is_no_longer_configured_are_left_out(bus: LetterBus) -> None:
    bus.receive("bad", "a")
    frozen = freeze(bus.letter_store.letters.search(LetterFilter()), ReplayRules(["route.b"], {}))
    assert frozen.count == 0
    assert list(frozen.skipped) == ["chặng route.a không còn trong cấu hình"]


def test_a_dry_run_counts_the_expected_outcomes_and_changes_nothing(bus: LetterBus) -> None:
    bus.receive("bad", "a", "b")
    bus.receive("worse", "c", "d")
    bus.receive("refused", "e")
    before = bus.account()
    bus.bad.add("worse")
    bus.receive("worse", "f")
    bus.bad.discard("bad")
    assert dry_run(bus.letter_store, bus.freeze().numbers, {"route.a": bus.stages["route.a"]}) == {
        ("route.a", "done"): 2,
        ("route.a", "dead"): 1,
        ("sink.store", "deliver"): 1,
    }
    assert bus.account() == replace(before, received=before.received + 1, dead=before.dead + 1)


def test_recovery_publishes_a_replay_that_crashed_before_it_published(
    bus: LetterBus, monkeypatch: pytest.MonkeyPatch
) -> None:
    bus.receive("bad", "a", "b")
    bus.bad.clear()
    _replay_without_a_broker(bus, monkeypatch)
    assert bus.account() == Account(received=2, in_flight=2)
    bus.start()
    assert bus.recover() == 2
    mark_recovered(bus.letter_store, bus.clock.now())
    bus.work()
    assert bus.account() == Account(received=2, delivered=2)
    assert bus.letter_store.replays.unpublished_parts(bus.clock.now()) == []


def test_with_durable_queues_the_next_process_publishes_an_interrupted_replay(
    bus: LetterBus, monkeypatch: pytest.MonkeyPatch
) -> None:
    bus.receive("bad", "a", "b")
    bus.bad.clear()
    _replay_without_a_broker(bus, monkeypatch)
    assert publish_interrupted(bus.letter_store, bus.broker, bus.clock.now()) == 0  # it may still be alive
    assert publish_interrupted(bus.letter_store, bus.broker, bus.clock.now() + INTERRUPTED_AFTER) == 2
    assert publish_interrupted(bus.letter_store, bus.broker, bus.clock.now() + INTERRUPTED_AFTER) == 0
    bus.work()
    assert sorted(name for name, _ in bus.got) == ["a", "b"]
    assert bus.account() == Account(received=2, delivered=2)


def test_a_part_that_was_published_and_not_marked_is_not_published_again(
    bus: LetterBus, monkeypatch: pytest.MonkeyPatch
) -> None:
    bus.receive("bad", "a")
    bus.bad.clear()
    monkeypatch.setattr(bus.letter_store.replays, "mark_published", lambda part, transaction: None)
    bus.replay()
    monkeypatch.undo()
    assert publish_interrupted(bus.letter_store, bus.broker, bus.clock.now() + INTERRUPTED_AFTER) == 0
    assert bus.account() == Account(received=1, delivered=1)


def _replay_without_a_broker(bus: LetterBus, monkeypatch: pytest.MonkeyPatch) -> None:
    def down(bundles: Sequence[Bundle], announce: object = ()) -> None:
        raise Transient("hàng đợi không trả lời")

    monkeypatch.setattr(bus.broker, "publish", down)
    with pytest.raises(Transient):
        bus.replay()
    monkeypatch.undo()


def test_thousands_of_letters_are_replayed_in_parts(bus: LetterBus) -> None:
    bus.receive("bad", *(f"n{number}" for number in range(450)))
    bus.bad.clear()
    assert bus.replay().sent == 450
    assert bus.account() == Account(received=450, delivered=450)
