"""What every keeper of dead letters, their edits and their replays promises."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from sqlalchemy import Engine

from lienthong.accounts import Account, DeadLetter
from lienthong.adapters.clock import ReplayClock
from lienthong.adapters.sql.desk import desk_over
from lienthong.adapters.sql.ledger import SqlLedger
from lienthong.dead_letters.acts import discard, take_out
from lienthong.dead_letters.box import Desk, NotAllowed, Part, Run, Wanted
from lienthong.dead_letters.edits import approve, propose, waiting
from lienthong.dead_letters.person import Person
from lienthong.envelope import Envelope
from tests.events import DAY, entry, event

ROUTE, SINK = "route.a", "sink.b"
LAN, MINH = Person("lan", "lan"), Person("minh", "minh")


@pytest.fixture
def desk(database: Engine, ledger: SqlLedger, clock: ReplayClock) -> Desk:
    return desk_over(database, ledger, clock)


def park(desk: Desk, *events: Envelope, reason: str = "thiếu mã “x”", turn: int = 1) -> None:
    with desk.ledger.transaction() as transaction:
        transaction.take(events, f"source.{events[0].source}", (ROUTE,), {})
        letters = [DeadLetter(0, each, ROUTE, turn, 1, "Rejected", "code", reason, DAY) for each in events]
        transaction.record([entry(each, ROUTE, "dead", turn=turn, reason=reason) for each in events], letters)


def replayed(desk: Desk, numbers: Sequence[int]) -> dict[int, int]:
    with desk.ledger.transaction() as transaction:
        letters = desk.letters.whole(numbers)
        return dict(take_out(desk, letters, "replayed", transaction, who=LAN, reason="thử"))


def test_letters_are_counted_by_cause_across_sources(desk: Desk) -> None:
    park(desk, event("a"), event("b"), reason="thiếu mã “a1”")
    park(desk, event("c", source="ccvc", day=3), reason="thiếu mã “c”")
    park(desk, event("d"), reason="quá hạn")
    first, second = desk.letters.groups(Wanted())
    assert (first.count, first.sources, first.cause.reason) == (3, ("ccvc", "igate"), "thiếu mã “…”")
    assert (second.count, second.cause.reason) == (1, "quá hạn")
    assert [line.subject for line in desk.letters.lines(Wanted(group=first.cause.id, source="ccvc"))] == ["c"]


def test_a_line_says_all_but_the_body(desk: Desk) -> None:
    park(desk, event("a"))
    (line,) = desk.letters.lines(Wanted())
    assert (line.event_id, line.subject, line.source, line.stage) == (event("a").id, "a", "igate", ROUTE)
    assert (line.field, line.reason, line.died_at, line.state, line.edit) == ("code", "thiếu mã “x”", DAY, "parked", "")
    assert desk.letters.some([line.number, 99]) == [line]
    assert desk.letters.whole([line.number])[0].envelope == event("a")


def test_an_approved_edit_is_laid_over_the_letter_and_the_open_event(desk: Desk) -> None:
    park(desk, event("a"))
    (line,) = desk.letters.lines(Wanted())
    propose(desk, line.number, {"name": "ă"}, who=LAN, reason="gõ nhầm")
    assert [line.proposed for line in desk.letters.lines(Wanted())] == [True]
    approve(desk, waiting(desk, line.number), who=MINH)
    assert desk.letters.whole([line.number])[0].envelope.data == {"name": "ă"}
    assert [line.edit for line in desk.letters.lines(Wanted())] == [desk.edits.of(line.number)[0].digest]
    replayed(desk, [line.number])
    (item,) = desk.ledger.unfinished()
    assert item.edited is not None
    assert (item.edited.id, item.edited.data, item.next_turn) == (event("a").id, {"name": "ă"}, 5)
    assert desk.ledger.balance().sources["igate"] == Account(received=1, in_flight=1)
    assert list(desk.ledger.verify()) == []


def test_letters_and_edits_of_many_days_each_have_their_own_place_in_the_ledger(desk: Desk) -> None:
    for day in range(3):
        park(desk, event(f"ngày {day}", day=day))
        propose(desk, day + 1, {"name": "ă"}, who=LAN, reason="gõ nhầm")
    approve(desk, waiting(desk, 2), who=MINH)
    replayed(desk, [1, 2])
    assert list(desk.ledger.verify()) == []
    assert {item.raw.subject for item in desk.ledger.unfinished()} == {"ngày 0", "ngày 1"}
    assert [desk.letters.fates([number])[number] for number in (1, 3)] == ["waiting", "ended"]


def test_what_an_edited_event_was_handed_on_for_is_made_from_the_edit(desk: Desk) -> None:
    park(desk, event("a"))
    propose(desk, 1, {"name": "ă"}, who=LAN, reason="gõ nhầm")
    approve(desk, waiting(desk, 1), who=MINH)
    turns = replayed(desk, [1])
    with desk.ledger.transaction() as transaction:
        transaction.record([entry(event("a"), ROUTE, "done", turn=turns[1] + 1, to=(SINK,))])
    (item,) = desk.ledger.unfinished()
    assert (item.via, item.stage, item.raw.data, item.edited) == (ROUTE, SINK, {"name": "ă"}, None)


def test_an_act_that_fails_leaves_nothing(desk: Desk) -> None:
    park(desk, event("a"))
    propose(desk, 1, {"name": "ă"}, who=LAN, reason="gõ nhầm")
    edit = waiting(desk, 1)
    with pytest.raises(RuntimeError), desk.ledger.transaction() as transaction:
        assert desk.edits.decide(edit.number, "approved", "minh", DAY, transaction)
        raise RuntimeError
    assert waiting(desk, 1) == edit


def test_a_letter_is_taken_out_once(desk: Desk) -> None:
    park(desk, event("a"), event("b"))
    assert replayed(desk, [1]) == {1: 2}
    assert replayed(desk, [1, 2]) == {2: 2}
    assert discard(desk, [1, 2], who=LAN, reason="trùng") == []
    with pytest.raises(NotAllowed):
        propose(desk, 1, {"name": "ă"}, who=LAN, reason="gõ nhầm")


def test_the_fate_of_a_letter_is_waiting_then_ended_or_died(desk: Desk) -> None:
    park(desk, event("a"), event("b"), event("c"))
    replayed(desk, [1, 2, 3])
    assert desk.letters.fates([1, 2, 3]) == dict.fromkeys((1, 2, 3), "waiting")
    with desk.ledger.transaction() as transaction:
        transaction.record([entry(event("a"), ROUTE, "dropped", turn=3)])
        transaction.record([entry(event("b"), ROUTE, "done", turn=3, to=(SINK,))])
    park(desk, event("c"), turn=3)
    assert desk.letters.fates([1, 2, 3]) == {1: "ended", 2: "waiting", 3: "died"}


def test_a_replay_stays_on_record_with_how_it_ended(desk: Desk, clock: ReplayClock) -> None:
    run = Run(0, "ab" * 32, 7, "lan", DAY)
    with desk.ledger.transaction() as transaction:
        number = desk.replays.begin(run, transaction)
    assert desk.replays.of("abab")[0].ended_at is None
    ended = Run(number, run.digest, 7, "lan", DAY, sent=3, died=1, waiting=1, stopped="đủ rồi", ended_at=DAY)
    with desk.ledger.transaction() as transaction:
        desk.replays.end(ended, transaction)
    assert desk.replays.of(run.digest) == [ended]
    assert desk.replays.of("cd") == []


def test_a_part_is_unpublished_until_it_is_said_to_be(desk: Desk) -> None:
    part = Part(1, 0, [(4, 2), (5, 2)])
    with desk.ledger.transaction() as transaction:
        desk.replays.recorded(part, DAY, transaction)
    assert desk.replays.unpublished(DAY - timedelta(seconds=1)) == []
    assert desk.replays.unpublished(DAY) == [part]
    with desk.ledger.transaction() as transaction:
        desk.replays.published(part, transaction)
    assert desk.replays.unpublished(DAY) == []
