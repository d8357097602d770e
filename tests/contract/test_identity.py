"""The identity of a ledger, on both databases."""

from datetime import timedelta

from sqlalchemy import Engine

from lienthong.adapters.clock import ReplayClock
from lienthong.adapters.sql.handovers import republished_since
from lienthong.adapters.sql.identity import begin_incarnation, ensure_identity, read_identity
from lienthong.adapters.sql.ledger import SqlLedger
from lienthong.ledger.identity import Position, incarnation_number
from lienthong.ledger.records import Account
from tests.events import entry, event


def test_a_ledger_has_one_identity_from_its_first_use(database: Engine, clock: ReplayClock) -> None:
    assert read_identity(database) is None
    first = SqlLedger(database, clock).identity()
    clock.move_to(clock.now() + timedelta(days=1))
    assert SqlLedger(database, clock).identity() == first
    assert first.id and first.incarnation and first.restored_at is None


def test_the_world_is_recorded_at_the_making_and_not_changed_later(database: Engine, clock: ReplayClock) -> None:
    ensure_identity(database, clock.now(), world="recording")
    assert ensure_identity(database, clock.now(), world="live").world == "recording"


def test_a_new_incarnation_begins_once_however_many_processes_notice(database: Engine, clock: ReplayClock) -> None:
    old = ensure_identity(database, clock.now())
    new = begin_incarnation(database, old, clock.now())
    assert (new.id, new.restored_at) == (old.id, clock.now())
    assert new.incarnation != old.incarnation
    assert begin_incarnation(database, old, clock.now()) == new


def test_positions_show_whether_a_ledger_is_an_older_state_of_itself(database: Engine, clock: ReplayClock) -> None:
    ledger = SqlLedger(database, clock)
    assert ledger.positions() == {}
    receive(ledger, "a")
    first = ledger.positions()
    receive(ledger, "b")
    assert ledger.has_positions(first) and ledger.has_positions(ledger.positions())
    ((writer, position),) = ledger.positions().items()
    assert not ledger.has_positions({writer: Position(position.blocks + 1, position.head)})
    assert not ledger.has_positions({writer: Position(position.blocks, "another")})
    assert not ledger.has_positions({"another": position})


def test_the_number_of_an_incarnation_is_larger_than_any_before(database: Engine, clock: ReplayClock) -> None:
    ledger = SqlLedger(database, clock)
    assert incarnation_number(ledger.identity().incarnation) == 1
    assert incarnation_number(ledger.begin_incarnation(after="7-abc").incarnation) == 8
    with ledger.transaction() as transaction:
        transaction.end_restoration()
    assert ledger.identity().restored_at is None


def test_adopted_events_are_received_once_with_the_operator_and_the_cursor_stays(
    database: Engine, clock: ReplayClock
) -> None:
    ledger = SqlLedger(database, clock)
    receive(ledger, "a")
    for expected in (["b"], []):
        with ledger.transaction() as transaction:
            fresh = transaction.adopt([event("a"), event("b")], source="igate", to=("route.a",), who="an.nguyen")
        assert [each.subject for each in fresh] == expected
    assert ledger.cursor("igate") == {"n": 1}
    assert [entry.who for entry in ledger.trail("b")] == ["an.nguyen"]
    assert ledger.balance().sources["igate"] == Account(received=2, in_flight=2)
    assert list(ledger.verify()) == []


def test_events_are_overtaken_by_a_verdict_of_their_turn_or_by_a_final_one(
    database: Engine, clock: ReplayClock
) -> None:
    ledger = SqlLedger(database, clock)
    events = [event(name) for name in ("done", "later", "untouched")]
    receive(ledger, "done", "later", "untouched")
    with ledger.transaction() as transaction:
        transaction.record([entry(events[0], "route.a", "done"), entry(events[1], "route.a", "later")])
    done, later, _ = (each.id for each in events)
    assert ledger.overtaken("route.a", events, 1) == {done, later}
    assert ledger.overtaken("route.a", events, 2) == {done}
    assert ledger.overtaken("sink.b", events, 1) == frozenset()
    assert ledger.known([done, "not an event"]) == {done}


def test_open_items_have_the_moment_since_which_they_are_open_at_their_stage(
    database: Engine, clock: ReplayClock
) -> None:
    ledger = SqlLedger(database, clock)
    began = clock.now()
    receive(ledger, "a", "b")
    clock.move_to(began + timedelta(minutes=5))
    with ledger.transaction() as transaction:
        transaction.record([entry(event("a"), "route.a", "later")])
        transaction.note_handover("route.a", 1, "a queue was purged")
    since = {item.raw.subject: (item.since, item.next_turn) for item in ledger.open_items(timed=True)}
    assert since == {"a": (clock.now(), 2), "b": (began, 1)}
    assert republished_since(database, began) == {"route.a": 1}
    assert republished_since(database, clock.now() + timedelta(minutes=1)) == {}


def test_what_an_operator_adopted_is_not_counted_as_lost(
    ledger: SqlLedger, database: Engine, clock: ReplayClock
) -> None:
    with ledger.transaction() as transaction:
        transaction.note_handover("route.a", 3, "đã nhận lại", "lan")
    assert republished_since(database, clock.now()) == {}


def receive(ledger: SqlLedger, *names: str) -> None:
    with ledger.transaction() as transaction:
        transaction.receive([event(name) for name in names], source="igate", to=("route.a",), cursor={"n": 1})
