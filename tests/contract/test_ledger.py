"""What every ledger promises."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import Connection, Engine, text

from lienthong.adapters.sql.ledger import SqlLedger
from lienthong.envelope import Envelope
from lienthong.ledger.records import Account, DeadLetter
from tests.events import DAY, entry, event

ROUTE, SINK = "route.a", "sink.b"


def take(ledger: SqlLedger, *events: Envelope, cursor: int = 1) -> Sequence[Envelope]:
    with ledger.transaction() as transaction:
        return transaction.receive(events, source="igate", to=(ROUTE,), cursor={"n": cursor}).fresh


def deliver(ledger: SqlLedger, *events: Envelope) -> None:
    with ledger.transaction() as transaction:
        transaction.record([entry(each, ROUTE, "done", to=(SINK,)) for each in events])
        transaction.record([entry(each, SINK, "done") for each in events])


def die(ledger: SqlLedger, dead: Envelope, *, turn: int = 1) -> DeadLetter:
    letter = DeadLetter(0, dead, ROUTE, turn, 1, "Rejected", "code", "thiếu mã hồ sơ", DAY)
    with ledger.transaction() as transaction:
        transaction.record([entry(dead, ROUTE, "dead", turn=turn, reason="thiếu mã hồ sơ")], [letter])
    return ledger.letters()[-1]


@contextmanager
def tampering_with(database: Engine) -> Iterator[Connection]:
    """A transaction of somebody who may do everything; on PostgreSQL only a superuser gets past the guards."""
    with database.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SET LOCAL session_replication_role = replica"))
        yield connection


def test_only_what_was_never_seen_is_taken(ledger: SqlLedger) -> None:
    assert [e.subject for e in take(ledger, event("a"), event("b"), event("a"))] == ["a", "b"]
    assert [e.subject for e in take(ledger, event("b"), event("c"))] == ["c"]


def test_what_is_shown_twice_was_received_when_it_was_first_shown(ledger: SqlLedger) -> None:
    first = event("a")
    again = first._replace(received_at=first.received_at + timedelta(days=1))
    with ledger.transaction() as transaction:
        taken = transaction.receive([first, again], source="igate", to=("route.a",), cursor={})
    assert [told.received_at for told in taken.entries] == [first.received_at]


def test_the_cursor_is_what_was_written_with_the_last_page(ledger: SqlLedger) -> None:
    assert ledger.cursor("igate") == {}
    take(ledger, event("a"), cursor=1)
    take(ledger, event("a"), cursor=2)
    assert ledger.cursor("igate") == {"n": 2}


def test_a_failed_transaction_leaves_nothing(ledger: SqlLedger) -> None:
    with pytest.raises(RuntimeError), ledger.transaction() as transaction:
        transaction.receive([event("a")], source="igate", to=(ROUTE,), cursor={"n": 9})
        raise RuntimeError
    assert ledger.cursor("igate") == {}
    assert ledger.trail("a") == []
    assert list(ledger.verify()) == []


def test_told_twice_it_keeps_one(ledger: SqlLedger) -> None:
    take(ledger, event("a"))
    deliver(ledger, event("a"))
    deliver(ledger, event("a"))
    assert [e.verdict for e in ledger.trail("a")] == ["received", "done", "done"]


def test_nothing_follows_a_final_verdict(ledger: SqlLedger) -> None:
    """A crash between record and ack may let the same try end twice, differently; the first one stands."""
    take(ledger, event("a"))
    deliver(ledger, event("a"))
    with ledger.transaction() as transaction:
        assert transaction.record([entry(event("a"), SINK, "later", turn=2)]) == ()
        assert transaction.record([entry(event("a"), SINK, "done", turn=3)]) == ()
    assert ledger.balance().sources["igate"] == Account(received=1, delivered=1)


def test_of_events_told_together_those_that_were_told_before_are_passed_over(ledger: SqlLedger) -> None:
    """Their block, their postings and the chain hold the others alone."""
    take(ledger, event("a"), event("b"), event("c"))
    with ledger.transaction() as transaction:
        transaction.record([entry(event("a"), ROUTE, "dropped")])
        both = [entry(event("b"), ROUTE, "dropped"), entry(event("b"), ROUTE, "dead"), entry(event("c"), ROUTE, "done")]
        assert transaction.record([entry(event("a"), ROUTE, "done"), *both]) == [both[0], both[2]]
    assert [e.verdict for e in ledger.trail("a") + ledger.trail("b")] == ["received", "dropped"] * 2
    assert list(ledger.verify()) == []
    assert not ledger.balance().faults


def test_after_a_later_turn_the_first_comes_too_late_though_it_left_no_word(ledger: SqlLedger) -> None:
    """It had published the second turn when it was killed; then the second one ends first, and the first comes back."""
    take(ledger, event("a"), event("b"))
    ends = [entry(event(name), ROUTE, "dropped", turn=2) for name in ("a", "b")]
    with ledger.transaction() as transaction:
        transaction.record([entry(event("b"), ROUTE, "later")])
        assert transaction.record(ends) == ends
    with ledger.transaction() as transaction:
        assert not transaction.record([entry(event(name), ROUTE, "done", to=(SINK,)) for name in ("a", "b")])
    for name in ("a", "b"):
        assert [(e.turn, e.verdict) for e in ledger.trail(name)] == [(0, "received"), (1, "later"), (2, "dropped")]
    assert list(ledger.verify()) == []
    assert not ledger.balance().faults
    assert ledger.in_flight() == 0


def test_the_trail_is_found_by_subject_and_by_id_and_says_when(ledger: SqlLedger) -> None:
    take(ledger, event("a"), event("b"))
    deliver(ledger, event("a"))
    assert ledger.trail("a") == ledger.trail(event("a").id)
    assert [(e.stage, e.verdict, e.to) for e in ledger.trail("a")] == [
        ("source.igate", "received", (ROUTE,)),
        (ROUTE, "done", (SINK,)),
        (SINK, "done", ()),
    ]
    assert all(e.at == DAY for e in ledger.trail("a"))


def test_the_balance_counts_events_by_source_day_and_stage(ledger: SqlLedger) -> None:
    take(ledger, event("a"), event("b"), event("c"), event("d", day=1))
    deliver(ledger, event("a"))
    die(ledger, event("b"))
    with ledger.transaction() as transaction:
        transaction.record([entry(event("c"), ROUTE, "dropped", reason="không cần")])
    balance = ledger.balance()
    assert balance.sources["igate"] == Account(received=4, delivered=1, dropped=1, dead=1, in_flight=1)
    assert balance.days["igate", "2023-11-02"] == Account(received=1, in_flight=1)
    assert balance.stages[ROUTE] == Account(received=4, delivered=1, dropped=1, dead=1, in_flight=1)
    assert balance.stages[SINK] == Account(received=1, delivered=1)
    assert ledger.in_flight() == 1
    assert not balance.faults


def test_an_event_for_two_sinks_is_delivered_when_both_have_it(ledger: SqlLedger) -> None:
    take(ledger, event("a"))
    with ledger.transaction() as transaction:
        transaction.record([entry(event("a"), ROUTE, "done", to=(SINK, "sink.c"))])
        transaction.record([entry(event("a"), SINK, "done")])
    assert ledger.balance().sources["igate"] == Account(received=1, in_flight=1)
    with ledger.transaction() as transaction:
        transaction.record([entry(event("a"), "sink.c", "done")])
    assert ledger.balance().sources["igate"] == Account(received=1, delivered=1)
    assert not ledger.balance().faults


def test_unfinished_says_where_and_in_which_turn(ledger: SqlLedger) -> None:
    take(ledger, event("a"), event("b"), event("c"))
    deliver(ledger, event("a"))
    with ledger.transaction() as transaction:
        transaction.record([entry(event("b"), ROUTE, "done", to=(SINK,)), entry(event("b"), SINK, "later")])
    found = {(item.raw.subject, item.via, item.stage, item.next_turn) for item in ledger.open_items()}
    assert found == {("b", ROUTE, SINK, 2), ("c", "source.igate", ROUTE, 1)}
    assert next(item.raw for item in ledger.open_items() if item.raw.subject == "c") == event("c")


def test_a_dead_letter_is_the_event_as_it_was(ledger: SqlLedger) -> None:
    take(ledger, event("a"))
    letter = die(ledger, event("a"))
    assert letter.envelope == event("a")
    assert (letter.reason, letter.field, letter.state) == ("thiếu mã hồ sơ", "code", "parked")
    assert ledger.letter(letter.number) == letter
    assert ledger.letter(99) is None


def test_a_replayed_letter_is_in_flight_again_and_may_end_well(ledger: SqlLedger) -> None:
    take(ledger, event("a"))
    letter = die(ledger, event("a"))
    with ledger.transaction() as transaction:
        assert transaction.unpark(letter.number, "replayed")
        assert not transaction.unpark(letter.number, "replayed")
        transaction.record([entry(event("a"), ROUTE, "replayed", turn=2, who="lan")])
    assert ledger.letters() == []
    assert ledger.balance().sources["igate"] == Account(received=1, in_flight=1)
    assert [(item.stage, item.next_turn) for item in ledger.open_items()] == [(ROUTE, 3)]
    with ledger.transaction() as transaction:
        transaction.record([entry(event("a"), ROUTE, "done", turn=3, to=(SINK,)), entry(event("a"), SINK, "done")])
    assert ledger.balance().sources["igate"] == Account(received=1, delivered=1)
    assert list(ledger.verify()) == []


def test_a_discarded_letter_counts_as_dropped(ledger: SqlLedger) -> None:
    take(ledger, event("a"))
    letter = die(ledger, event("a"))
    with ledger.transaction() as transaction:
        transaction.unpark(letter.number, "discarded")
        transaction.record([entry(event("a"), ROUTE, "discarded", turn=2, who="lan", reason="trùng")])
    assert ledger.balance().sources["igate"] == Account(received=1, dropped=1)
    assert ledger.balance().stages[ROUTE] == Account(received=1, dropped=1)
    assert not ledger.balance().faults


def test_the_stages_say_what_is_open_what_waits_and_since_when(ledger: SqlLedger) -> None:
    take(ledger, event("a"), event("b"), event("c"))
    deliver(ledger, event("a"))
    with ledger.transaction() as transaction:
        transaction.record([entry(event("b"), ROUTE, "done", to=(SINK,)), entry(event("b"), SINK, "later")])
    route, sink = ledger.stages()
    assert (route.stage, route.open_events, route.waiting, route.oldest, route.done_recently) == (ROUTE, 1, 0, DAY, 2)
    assert (sink.stage, sink.open_events, sink.waiting, sink.oldest, sink.done_recently) == (SINK, 1, 1, DAY, 1)
    with ledger.transaction() as transaction:
        transaction.record([entry(event("b"), SINK, "done", turn=2), entry(event("c"), ROUTE, "dropped")])
    assert [(one.open_events, one.waiting, one.oldest) for one in ledger.stages()] == [(0, 0, None), (0, 0, None)]


def test_a_result_without_a_receipt_is_a_difference(ledger: SqlLedger, database: Engine) -> None:
    take(ledger, event("a"), event("b"))
    deliver(ledger, event("a"), event("b"))
    with tampering_with(database) as connection:
        connection.execute(text("delete from ledger_entries where verdict = 'received' and subject = :s"), {"s": "a"})
    balance = ledger.balance()
    assert balance.sources["igate"].difference == 1
    assert balance.faults


TAMPERING = {
    "a reason is changed": "update ledger_entries set reason = 'x' where stage = 'sink.b' and subject = 'a'",
    "a verdict is changed": "update ledger_entries set verdict = 'dropped' where stage = 'sink.b' and subject = 'a'",
    "a day is changed": "update ledger_entries set day = '2023-12-01' where stage = 'sink.b' and subject = 'a'",
    "a subject is changed": "update ledger_entries set subject = 'z' where stage = 'sink.b' and subject = 'a'",
    "an entry is deleted": "delete from ledger_entries where stage = 'sink.b' and subject = 'a'",
    "an entry is added to a block": (
        "insert into ledger_entries select writer, block, position + 50, event_id, source, subject, received_at, day,"
        " stage, turn + 50, verdict, reason, handed_to, fan_out, who, seal from ledger_entries"
        " where verdict = 'received'"
    ),
    "an entry is added to a block that is not there": (
        "insert into ledger_entries select writer, block + 50, position, event_id, source, subject, received_at, day,"
        " stage, turn + 50, verdict, reason, handed_to, fan_out, who, seal from ledger_entries"
        " where verdict = 'received'"
    ),
    "an entry is added under another writer": (
        "insert into ledger_entries select 'x', block, position, event_id, source, subject, received_at, day,"
        " stage, turn + 50, verdict, reason, handed_to, fan_out, who, seal from ledger_entries"
        " where verdict = 'received'"
    ),
    "two entries are swapped": (
        "update ledger_entries set position = case position when 0 then 101 when 1 then 100 end"
        " where block = 1 and position in (0, 1);"
        "update ledger_entries set position = position - 100 where block = 1 and position >= 100"
    ),
    "the last block is cut off": (
        "delete from ledger_entries where block = (select max(number) from ledger_blocks);"
        "delete from ledger_postings where block = (select max(number) from ledger_blocks);"
        "delete from ledger_blocks where number = (select max(number) from ledger_blocks)"
    ),
    "a middle block is cut out": (
        "delete from ledger_entries where block = 2;delete from ledger_postings where block = 2;"
        "delete from ledger_blocks where number = 2"
    ),
    "a block's hash is changed": "update ledger_blocks set hash = replace(hash, '1', '2') where number = 2",
    "a block's time is changed": "update ledger_blocks set at = '2024-01-01T00:00:00+00:00' where number = 2",
    "a block's count is changed": "update ledger_blocks set entries = entries + 1 where number = 2",
    "two blocks are swapped": (
        "update ledger_blocks set number = number + 100 where number in (1, 2);"
        "update ledger_blocks set number = 103 - number where number > 100"
    ),
    "the head of the chain is changed": "update ledger_writers set blocks = blocks - 1",
    "a posting is changed": "update ledger_postings set amount = amount + 1 where block = 1 and account = 'route.a'",
    "a posting is deleted": "delete from ledger_postings where block = 1 and account = 'route.a'",
    "a posting is added": (
        "insert into ledger_postings select writer, block, source, day, 'sink.z', 1 from ledger_postings"
        " where block = 1 and account = 'route.a'"
    ),
    "a body is changed": "update ledger_bodies set body = (select body from ledger_bodies where subject = 'b')",
    "a body is deleted": "delete from ledger_bodies where subject = 'a'",
    "a body's type is changed": "update ledger_bodies set type = 'x' where subject = 'a'",
    "a dead letter is deleted": "delete from dead_letters",
    "a dead letter's reason is changed": "update dead_letters set reason = 'x'",
    "a dead letter's attempt is changed": "update dead_letters set attempt = attempt + 1",
    "a dead letter's error is changed": "update dead_letters set error = 'x'",
    "a dead letter's field is changed": "update dead_letters set field = 'x'",
    "a dead letter's time is changed": "update dead_letters set died_at = '2024-01-01T00:00:00+00:00'",
    "a dead letter's event is changed": (
        "update dead_letters set envelope = (select body from ledger_bodies where subject = 'a')"
    ),
    "a dead letter is said to be discarded": "update dead_letters set state = 'discarded'",
}


@pytest.mark.parametrize("tampering", TAMPERING, ids=lambda name: name.replace(" ", "-"))
def test_verify_names_the_place_when(tampering: str, ledger: SqlLedger, database: Engine) -> None:
    take(ledger, event("a"), event("b"), event("c"))
    deliver(ledger, event("a"), event("b"))
    die(ledger, event("c"))
    assert list(ledger.verify()) == []
    with tampering_with(database) as connection:
        for statement in TAMPERING[tampering].split(";"):
            connection.execute(text(statement))
    faults = list(ledger.verify())
    assert faults
    assert any("khối" in fault or "sự kiện" in fault or "thư chết" in fault or "chuỗi" in fault for fault in faults)
