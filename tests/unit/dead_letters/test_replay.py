"""Replays: a frozen set, sent once, carefully."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from lienthong.dead_letters.actions import discard
from lienthong.dead_letters.dry_run import dry_run
from lienthong.dead_letters.model import LetterFilter
from lienthong.dead_letters.rate_limit import per_second
from lienthong.dead_letters.replay_set import Rules, freeze
from lienthong.envelope import Bundle
from lienthong.errors import Transient
from lienthong.ledger.records import Account
from lienthong.maintenance.interrupted_replays import INTERRUPTED_AFTER, mark_recovered, publish_interrupted
from tests.unit.dead_letters.bench import LAN, SINKS, Office

NAMES = tuple("abcdefghij")


def test_a_replayed_set_goes_on_and_a_second_replay_of_it_does_nothing(office: Office) -> None:
    office.receive("bad", *NAMES)
    office.bad.clear()
    frozen = office.freeze()
    assert office.replay(frozen).sent == 10
    again = office.replay(frozen)
    assert (again.sent, again.died) == (0, 0)
    assert sorted(name for name, _ in office.got) == list(NAMES)
    assert office.account() == Account(received=10, delivered=10)
    assert office.story("a") == [("dead", ""), ("replayed", "lan"), ("done", "")]


def test_the_record_of_a_replay_says_who_when_and_what_came_of_it(office: Office) -> None:
    office.receive("bad", "a", "b")
    frozen = office.freeze()
    office.replay(frozen)
    (run,) = office.letter_store.replays.of(frozen.digest[:8])
    assert (run.who, run.count, run.sent, run.died, run.stopped) == ("lan", 2, 2, 2, "")
    assert run.began_at == run.ended_at == office.clock.now()
    assert office.letter_store.replays.of("%") == []


def test_a_set_is_known_by_its_count_and_hash_and_changes_with_its_letters(office: Office) -> None:
    office.receive("bad", "a", "b")
    seen = office.freeze()
    assert seen.count == 2
    assert office.freeze() == seen
    office.receive("bad", "c")
    assert office.freeze().digest != seen.digest
    discard(office.letter_store, [3], who=LAN, reason="thử")
    assert office.freeze().digest == seen.digest
    office.replay(seen)  # both die again: other letters, with other turns
    assert office.freeze().count == 2
    assert office.freeze().digest != seen.digest


def test_a_letter_somebody_else_took_out_meanwhile_is_passed_over(office: Office) -> None:
    office.receive("bad", "a", "b")
    frozen = office.freeze()
    discard(office.letter_store, [1], who=LAN, reason="trùng")
    office.bad.clear()
    assert office.replay(frozen).sent == 1
    assert office.account() == Account(received=2, delivered=1, dropped=1)


def test_a_canary_that_dies_again_keeps_the_others_back(office: Office) -> None:
    office.receive("bad", *NAMES)
    run = office.replay(canary=2)
    assert (run.sent, run.died) == (2, 2)
    assert "gửi thử" in run.stopped
    assert office.account() == Account(received=10, dead=10)


def test_a_canary_that_waits_for_a_later_try_keeps_the_others_back(office: Office) -> None:
    office.receive("slow", "x")
    office.receive("refused", *NAMES, to="sink.store")
    office.slow.add("refused")
    office.refused.clear()
    run = office.replay(canary=1)
    assert (run.sent, run.waiting) == (1, 1)
    assert "chưa biết kết quả" in run.stopped


def test_a_canary_that_ends_well_is_followed_by_the_others(office: Office) -> None:
    office.receive("bad", *NAMES)
    office.bad.clear()
    run = office.replay(canary=3)
    assert (run.sent, run.stopped) == (10, "")


def test_it_stops_when_too_many_died_again_and_risks_no_more(office: Office) -> None:
    office.receive("bad", *NAMES)
    run = office.replay(stop_on=3)
    assert (run.sent, run.died) == (3, 3)
    assert office.freeze().count == 10


def test_a_letter_of_a_route_that_dies_at_the_sink_has_died_again(office: Office) -> None:
    office.receive("bad", *NAMES)
    office.bad.clear()
    office.refused.add("bad")
    assert office.replay(stop_on=2).died == 2


def test_it_keeps_its_pace(office: Office) -> None:
    office.receive("bad", *NAMES)
    office.bad.clear()
    before = office.clock.now()
    assert office.replay(rate=per_second("4/s")).sent == 10
    assert office.paused == [timedelta(seconds=1)] * 2
    assert office.clock.now() - before == timedelta(seconds=2)


@pytest.mark.parametrize(("text", "rate"), [("50/s", 50), ("30/m", 0.5), ("36/h", 0.01), ("7", 7), (" 1.5/s ", 1.5)])
def test_a_rate_is_read_as_written(text: str, rate: float) -> None:
    assert per_second(text) == pytest.approx(rate)


@pytest.mark.parametrize("text", ["", "0/s", "-1/s", "5/d", "fast", "1e3/s"])
def test_a_rate_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        per_second(text)


@pytest.mark.parametrize(
    ("setting", "repeats", "count"),
    [("idempotent", False, 2), ("ask", False, 1), ("ask", True, 2), ("never", False, 1), ("never", True, 1)],
)
def test_what_must_not_be_delivered_twice_is_left_out(office: Office, setting: str, repeats: bool, count: int) -> None:
    office.receive("bad", "a")
    office.receive("refused", "b", to="sink.sms")
    sinks = {**SINKS, "sms": replace(SINKS["sms"], replay=setting)}
    frozen = freeze(office.letter_store.letters.lines(LetterFilter()), Rules(office.stages, sinks, repeats=repeats))
    assert frozen.count == count
    assert sum(frozen.skipped.values()) == 2 - count
    assert all("sink.sms" in why and setting in why for why in frozen.skipped)


def test_letters_of_a_stage_that_is_gone_are_left_out(office: Office) -> None:
    office.receive("bad", "a")
    frozen = freeze(office.letter_store.letters.lines(LetterFilter()), Rules(["route.b"], {}))
    assert frozen.count == 0
    assert list(frozen.skipped) == ["chặng route.a không còn trong cấu hình"]


def test_a_rehearsal_says_what_would_happen_and_changes_nothing(office: Office) -> None:
    office.receive("bad", "a", "b")
    office.receive("worse", "c", "d")
    office.receive("refused", "e")
    before = office.account()
    office.bad.add("worse")
    office.receive("worse", "f")
    office.bad.discard("bad")
    assert dry_run(office.letter_store, office.freeze().numbers, {"route.a": office.stages["route.a"]}) == {
        ("route.a", "done"): 2,
        ("route.a", "dead"): 1,
        ("sink.store", "deliver"): 1,
    }
    assert office.account() == replace(before, received=before.received + 1, dead=before.dead + 1)


def test_a_replay_that_crashed_before_it_was_published_is_recovered(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.receive("bad", "a", "b")
    office.bad.clear()
    _replay_without_a_broker(office, monkeypatch)
    assert office.account() == Account(received=2, in_flight=2)
    office.start()
    assert office.recover() == 2
    mark_recovered(office.letter_store, office.clock.now())
    office.work()
    assert office.account() == Account(received=2, delivered=2)
    assert office.letter_store.replays.unpublished(office.clock.now()) == []


def test_on_durable_queues_the_next_replay_publishes_what_a_dead_process_recorded(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.receive("bad", "a", "b")
    office.bad.clear()
    _replay_without_a_broker(office, monkeypatch)
    assert publish_interrupted(office.letter_store, office.broker, office.clock.now()) == 0  # it may still be alive
    assert publish_interrupted(office.letter_store, office.broker, office.clock.now() + INTERRUPTED_AFTER) == 2
    assert publish_interrupted(office.letter_store, office.broker, office.clock.now() + INTERRUPTED_AFTER) == 0
    office.work()
    assert sorted(name for name, _ in office.got) == ["a", "b"]
    assert office.account() == Account(received=2, delivered=2)


def test_what_was_published_but_not_marked_so_is_not_sent_again_once_it_ended(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.receive("bad", "a")
    office.bad.clear()
    monkeypatch.setattr(office.letter_store.replays, "published", lambda part, transaction: None)
    office.replay()
    monkeypatch.undo()
    assert publish_interrupted(office.letter_store, office.broker, office.clock.now() + INTERRUPTED_AFTER) == 0
    assert office.account() == Account(received=1, delivered=1)


def _replay_without_a_broker(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    def down(bundles: Sequence[Bundle], announce: object = ()) -> None:
        raise Transient("hàng đợi không trả lời")

    monkeypatch.setattr(office.broker, "publish", down)
    with pytest.raises(Transient):
        office.replay()
    monkeypatch.undo()


def test_thousands_of_letters_are_replayed_in_parts(office: Office) -> None:
    office.receive("bad", *(f"n{number}" for number in range(450)))
    office.bad.clear()
    assert office.replay().sent == 450
    assert office.account() == Account(received=450, delivered=450)
