"""The contract of every letter store: dead letters, their edits, their replays."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Engine

from lienthong.adapters.clock import ReplayClock
from lienthong.adapters.sql.ledger import SqlLedger
from lienthong.adapters.sql.letter_store import make_letter_store
from lienthong.dead_letters.actions import close_letters, discard
from lienthong.dead_letters.actor import Actor
from lienthong.dead_letters.edits import approve, pending_edit, propose
from lienthong.dead_letters.model import LetterFilter, LetterStore, NotAllowed, ReplayPart, ReplayRun
from lienthong.envelope import Envelope
from lienthong.ledger.records import Account, DeadLetter
from tests.events import DAY, entry, event

ROUTE, SINK = "route.a", "sink.b"
LAN, MINH = Actor("lan", "lan"), Actor("minh", "minh")


@pytest.fixture
def letter_store(database: Engine, ledger: SqlLedger, clock: ReplayClock) -> LetterStore:
    return make_letter_store(database, ledger, clock)


def park(letter_store: LetterStore, *events: Envelope, reason: str = "thiếu mã “x”", turn: int = 1) -> None:
    with letter_store.ledger.transaction() as transaction:
        transaction.receive(events, source=events[0].source, to=(ROUTE,), cursor={})
        letters = [DeadLetter(0, envelope, ROUTE, turn, 1, "Rejected", "code", reason, DAY) for envelope in events]
        transaction.record([entry(envelope, ROUTE, "dead", turn=turn, reason=reason) for envelope in events], letters)


def replay(letter_store: LetterStore, numbers: Sequence[int]) -> dict[int, int]:
    with letter_store.ledger.transaction() as transaction:
        letters = letter_store.letters.load(numbers)
        return dict(close_letters(letter_store, letters, transaction, verdict="replayed", who=LAN, reason="thử"))


def test_letters_are_counted_by_cause_across_sources(letter_store: LetterStore) -> None:
    park(letter_store, event("a"), event("b"), reason="thiếu mã “a1”")
    park(letter_store, event("c", source="ccvc", day=3), reason="thiếu mã “c”")
    park(letter_store, event("d"), reason="quá hạn")
    first, second = letter_store.letters.groups(LetterFilter())
    assert (first.count, first.sources, first.cause.reason) == (3, ("ccvc", "igate"), "thiếu mã “…”")
    assert (second.count, second.cause.reason) == (1, "quá hạn")
    assert [
        summary.subject for summary in letter_store.letters.search(LetterFilter(group=first.cause.id, source="ccvc"))
    ] == ["c"]


def test_a_summary_has_everything_but_the_body(letter_store: LetterStore) -> None:
    park(letter_store, event("a"))
    (summary,) = letter_store.letters.search(LetterFilter())
    assert (summary.event_id, summary.subject, summary.source, summary.stage) == (event("a").id, "a", "igate", ROUTE)
    assert (summary.field, summary.reason, summary.died_at, summary.state, summary.edit) == (
        "code",
        "thiếu mã “x”",
        DAY,
        "parked",
        "",
    )
    assert letter_store.letters.summaries([summary.number, 99]) == [summary]
    assert letter_store.letters.load([summary.number])[0].envelope == event("a")


def test_an_approved_edit_replaces_the_data_of_the_letter_and_of_the_open_event(letter_store: LetterStore) -> None:
    park(letter_store, event("a"))
    (summary,) = letter_store.letters.search(LetterFilter())
    propose(letter_store, summary.number, {"name": "ă"}, who=LAN, reason="gõ nhầm")
    assert [summary.proposed for summary in letter_store.letters.search(LetterFilter())] == [True]
    approve(letter_store, pending_edit(letter_store, summary.number), who=MINH)
    assert letter_store.letters.load([summary.number])[0].envelope.data == {"name": "ă"}
    assert [summary.edit for summary in letter_store.letters.search(LetterFilter())] == [
        letter_store.edits.history(summary.number)[0].digest
    ]
    replay(letter_store, [summary.number])
    (item,) = letter_store.ledger.open_items()
    assert item.edited is not None
    assert (item.edited.id, item.edited.data, item.next_turn) == (event("a").id, {"name": "ă"}, 5)
    assert letter_store.ledger.balance().sources["igate"] == Account(received=1, in_flight=1)
    assert list(letter_store.ledger.verify()) == []


def test_letters_and_edits_of_many_days_are_verified_each_with_its_entries(letter_store: LetterStore) -> None:
    for day in range(3):
        park(letter_store, event(f"ngày {day}", day=day))
        propose(letter_store, day + 1, {"name": "ă"}, who=LAN, reason="gõ nhầm")
    approve(letter_store, pending_edit(letter_store, 2), who=MINH)
    replay(letter_store, [1, 2])
    assert list(letter_store.ledger.verify()) == []
    assert {item.raw.subject for item in letter_store.ledger.open_items()} == {"ngày 0", "ngày 1"}
    assert [letter_store.letters.fates([number])[number] for number in (1, 3)] == ["waiting", "ended"]


def test_the_next_stage_of_an_edited_event_gets_the_edited_data(letter_store: LetterStore) -> None:
    park(letter_store, event("a"))
    propose(letter_store, 1, {"name": "ă"}, who=LAN, reason="gõ nhầm")
    approve(letter_store, pending_edit(letter_store, 1), who=MINH)
    turns = replay(letter_store, [1])
    with letter_store.ledger.transaction() as transaction:
        transaction.record([entry(event("a"), ROUTE, "done", turn=turns[1] + 1, to=(SINK,))])
    (item,) = letter_store.ledger.open_items()
    assert (item.via, item.stage, item.raw.data, item.edited) == (ROUTE, SINK, {"name": "ă"}, None)


def test_an_act_that_fails_leaves_nothing(letter_store: LetterStore) -> None:
    park(letter_store, event("a"))
    propose(letter_store, 1, {"name": "ă"}, who=LAN, reason="gõ nhầm")
    edit = pending_edit(letter_store, 1)
    with pytest.raises(RuntimeError), letter_store.ledger.transaction() as transaction:
        assert letter_store.edits.decide(edit.number, transaction, state="approved", who="minh", at=DAY)
        raise RuntimeError
    assert pending_edit(letter_store, 1) == edit


def test_a_letter_is_closed_once(letter_store: LetterStore) -> None:
    park(letter_store, event("a"), event("b"))
    assert replay(letter_store, [1]) == {1: 2}
    assert replay(letter_store, [1, 2]) == {2: 2}
    assert discard(letter_store, [1, 2], who=LAN, reason="trùng") == []
    with pytest.raises(NotAllowed):
        propose(letter_store, 1, {"name": "ă"}, who=LAN, reason="gõ nhầm")


def test_the_fate_of_a_letter_is_waiting_then_ended_or_died(letter_store: LetterStore) -> None:
    park(letter_store, event("a"), event("b"), event("c"))
    replay(letter_store, [1, 2, 3])
    assert letter_store.letters.fates([1, 2, 3]) == dict.fromkeys((1, 2, 3), "waiting")
    with letter_store.ledger.transaction() as transaction:
        transaction.record([entry(event("a"), ROUTE, "dropped", turn=3)])
        transaction.record([entry(event("b"), ROUTE, "done", turn=3, to=(SINK,))])
    park(letter_store, event("c"), turn=3)
    assert letter_store.letters.fates([1, 2, 3]) == {1: "ended", 2: "waiting", 3: "died"}


def test_a_replay_stays_on_record_with_how_it_ended(letter_store: LetterStore, clock: ReplayClock) -> None:
    run = ReplayRun(number=0, digest="ab" * 32, count=7, who="lan", began_at=DAY)
    with letter_store.ledger.transaction() as transaction:
        number = letter_store.replays.begin(run, transaction)
    assert letter_store.replays.find("abab")[0].ended_at is None
    ended = replace(run, number=number, sent=3, died=1, waiting=1, stopped="đủ rồi", ended_at=DAY)
    with letter_store.ledger.transaction() as transaction:
        letter_store.replays.end(ended, transaction)
    assert letter_store.replays.find(run.digest) == [ended]
    assert letter_store.replays.find("cd") == []


def test_a_part_is_unpublished_until_it_is_marked_as_published(letter_store: LetterStore) -> None:
    part = ReplayPart(1, 0, [(4, 2), (5, 2)])
    with letter_store.ledger.transaction() as transaction:
        letter_store.replays.record_part(part, DAY, transaction)
    assert letter_store.replays.unpublished_parts(DAY - timedelta(seconds=1)) == []
    assert letter_store.replays.unpublished_parts(DAY) == [part]
    with letter_store.ledger.transaction() as transaction:
        letter_store.replays.mark_published(part, transaction)
    assert letter_store.replays.unpublished_parts(DAY) == []
