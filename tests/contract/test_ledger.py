"""What every ledger promises."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine, text

from lienthong.adapters.sql.ledger import SqlLedger
from lienthong.ledger.records import Account
from tests.contract.ledger_steps import ROUTE, SINK, deliver, die, receive, tamper
from tests.events import DAY, entry, event


def test_only_events_never_seen_before_are_received(ledger: SqlLedger) -> None:
    assert [e.subject for e in receive(ledger, event("a"), event("b"), event("a"))] == ["a", "b"]
    assert [e.subject for e in receive(ledger, event("b"), event("c"))] == ["c"]


def test_an_event_shown_twice_was_received_when_it_was_first_shown(ledger: SqlLedger) -> None:
    first = event("a")
    again = first._replace(received_at=first.received_at + timedelta(days=1))
    with ledger.transaction() as transaction:
        received = transaction.receive([first, again], source="igate", to=("route.a",), cursor={})
    assert [written.received_at for written in received.entries] == [first.received_at]


def test_the_cursor_is_the_one_of_the_last_page(ledger: SqlLedger) -> None:
    assert ledger.cursor("igate") == {}
    receive(ledger, event("a"), cursor=1)
    receive(ledger, event("a"), cursor=2)
    assert ledger.cursor("igate") == {"n": 2}


def test_a_failed_transaction_leaves_nothing(ledger: SqlLedger) -> None:
    with pytest.raises(RuntimeError), ledger.transaction() as transaction:
        transaction.receive([event("a")], source="igate", to=(ROUTE,), cursor={"n": 9})
        raise RuntimeError
    assert ledger.cursor("igate") == {}
    assert ledger.trail("a") == []
    assert list(ledger.verify()) == []


def test_an_outcome_recorded_twice_is_kept_once(ledger: SqlLedger) -> None:
    receive(ledger, event("a"))
    deliver(ledger, event("a"))
    deliver(ledger, event("a"))
    assert [e.verdict for e in ledger.trail("a")] == ["received", "done", "done"]


def test_nothing_follows_a_final_verdict(ledger: SqlLedger) -> None:
    """After a crash between record and ack an attempt may end twice, with different outcomes. The first one counts."""
    receive(ledger, event("a"))
    deliver(ledger, event("a"))
    with ledger.transaction() as transaction:
        assert transaction.record([entry(event("a"), SINK, "later", turn=2)]) == ()
        assert transaction.record([entry(event("a"), SINK, "done", turn=3)]) == ()
    assert ledger.balance().sources["igate"] == Account(received=1, delivered=1)


def test_of_entries_recorded_together_those_that_were_recorded_before_are_ignored(ledger: SqlLedger) -> None:
    """Block, postings and chain hold only the new ones."""
    receive(ledger, event("a"), event("b"), event("c"))
    with ledger.transaction() as transaction:
        transaction.record([entry(event("a"), ROUTE, "dropped")])
        both = [entry(event("b"), ROUTE, "dropped"), entry(event("b"), ROUTE, "dead"), entry(event("c"), ROUTE, "done")]
        assert transaction.record([entry(event("a"), ROUTE, "done"), *both]) == [both[0], both[2]]
    assert [e.verdict for e in ledger.trail("a") + ledger.trail("b")] == ["received", "dropped"] * 2
    assert list(ledger.verify()) == []
    assert not ledger.balance().faults


def test_after_a_later_turn_the_first_turn_is_ignored_though_it_left_no_entry(ledger: SqlLedger) -> None:
    """Its worker was killed after it published the second turn. The second turn ends, then the first is redelivered."""
    receive(ledger, event("a"), event("b"))
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


def test_an_entry_that_the_ledger_adds_is_in_the_ledgers_language(
    ledger: SqlLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LIENTHONG_LANG", "en")
    receive(ledger, event("a"))
    with ledger.transaction() as transaction:
        transaction.record([entry(event("a"), ROUTE, "dropped", turn=2)])
    assert [e.reason for e in ledger.trail("a") if e.turn == 1] == [
        "lần thử đầu bị ngắt sau khi hẹn lần sau, trước khi ghi sổ"
    ]


def test_the_trail_is_found_by_subject_and_by_id_and_has_times(ledger: SqlLedger) -> None:
    receive(ledger, event("a"), event("b"))
    deliver(ledger, event("a"))
    assert ledger.trail("a") == ledger.trail(event("a").id)
    assert [(e.stage, e.verdict, e.to) for e in ledger.trail("a")] == [
        ("source.igate", "received", (ROUTE,)),
        (ROUTE, "done", (SINK,)),
        (SINK, "done", ()),
    ]
    assert all(e.at == DAY for e in ledger.trail("a"))


def test_the_balance_counts_events_by_source_day_and_stage(ledger: SqlLedger) -> None:
    receive(ledger, event("a"), event("b"), event("c"), event("d", day=1))
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
    receive(ledger, event("a"))
    with ledger.transaction() as transaction:
        transaction.record([entry(event("a"), ROUTE, "done", to=(SINK, "sink.c"))])
        transaction.record([entry(event("a"), SINK, "done")])
    assert ledger.balance().sources["igate"] == Account(received=1, in_flight=1)
    with ledger.transaction() as transaction:
        transaction.record([entry(event("a"), "sink.c", "done")])
    assert ledger.balance().sources["igate"] == Account(received=1, delivered=1)
    assert not ledger.balance().faults


def test_open_items_name_stage_and_next_turn(ledger: SqlLedger) -> None:
    receive(ledger, event("a"), event("b"), event("c"))
    deliver(ledger, event("a"))
    with ledger.transaction() as transaction:
        transaction.record([entry(event("b"), ROUTE, "done", to=(SINK,)), entry(event("b"), SINK, "later")])
    found = {(item.raw.subject, item.via, item.stage, item.next_turn) for item in ledger.open_items()}
    assert found == {("b", ROUTE, SINK, 2), ("c", "source.igate", ROUTE, 1)}
    assert next(item.raw for item in ledger.open_items() if item.raw.subject == "c") == event("c")


def test_open_items_of_one_source_leave_out_those_of_the_others(ledger: SqlLedger) -> None:
    receive(ledger, event("a"))
    with ledger.transaction() as transaction:
        transaction.receive([event("x", source="ccvc")], source="ccvc", to=(ROUTE,), cursor={})
    for source, name in (("igate", "a"), ("ccvc", "x")):
        assert [item.raw.subject for item in ledger.open_items(source=source)] == [name]
    assert list(ledger.open_items(source="nowhere")) == []


def test_a_dead_letter_holds_the_event_as_it_was(ledger: SqlLedger) -> None:
    receive(ledger, event("a"))
    letter = die(ledger, event("a"))
    assert letter.envelope == event("a")
    assert (letter.reason, letter.field, letter.state) == ("thiếu mã hồ sơ", "code", "parked")
    assert ledger.letter(letter.number) == letter
    assert ledger.letter(99) is None


def test_a_replayed_letter_is_in_flight_again_and_can_be_delivered(ledger: SqlLedger) -> None:
    receive(ledger, event("a"))
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
    receive(ledger, event("a"))
    letter = die(ledger, event("a"))
    with ledger.transaction() as transaction:
        transaction.unpark(letter.number, "discarded")
        transaction.record([entry(event("a"), ROUTE, "discarded", turn=2, who="lan", reason="trùng")])
    assert ledger.balance().sources["igate"] == Account(received=1, dropped=1)
    assert ledger.balance().stages[ROUTE] == Account(received=1, dropped=1)
    assert not ledger.balance().faults


def test_stages_show_what_is_open_what_waits_and_since_when(ledger: SqlLedger) -> None:
    receive(ledger, event("a"), event("b"), event("c"))
    deliver(ledger, event("a"))
    with ledger.transaction() as transaction:
        transaction.record([entry(event("b"), ROUTE, "done", to=(SINK,)), entry(event("b"), SINK, "later")])
    route, sink = ledger.stages()
    assert (route.stage, route.open_events, route.waiting, route.oldest, route.done_recently) == (ROUTE, 1, 0, DAY, 2)
    assert (sink.stage, sink.open_events, sink.waiting, sink.oldest, sink.done_recently) == (SINK, 1, 1, DAY, 1)
    with ledger.transaction() as transaction:
        transaction.record([entry(event("b"), SINK, "done", turn=2), entry(event("c"), ROUTE, "dropped")])
    assert [(stage.open_events, stage.waiting, stage.oldest) for stage in ledger.stages()] == [
        (0, 0, None),
        (0, 0, None),
    ]


def test_a_result_of_an_event_that_was_never_received_is_a_difference(ledger: SqlLedger, database: Engine) -> None:
    receive(ledger, event("a"), event("b"))
    deliver(ledger, event("a"), event("b"))
    with tamper(database) as connection:
        connection.execute(text("delete from ledger_entries where verdict = 'received' and subject = :s"), {"s": "a"})
    balance = ledger.balance()
    assert balance.sources["igate"].difference == 1
    assert balance.faults
