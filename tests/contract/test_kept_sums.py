"""Sums are kept up to marks: a balance from kept sums is the balance of all entries, whatever came after the marks."""

from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, func, select, text

from lienthong.adapters.sql.balance import compute_balance
from lienthong.adapters.sql.database import snapshot
from lienthong.adapters.sql.ledger import SqlLedger
from lienthong.adapters.sql.marks import after_marks, read_marks
from lienthong.adapters.sql.predicates import STAGE_PREFIXES
from lienthong.adapters.sql.span_queries import entries_within
from lienthong.adapters.sql.sums import PURPOSE, Sums, find_open_days, read_open_sums, read_sums
from lienthong.envelope import Envelope
from lienthong.ledger.records import Balance, DeadLetter, Entry
from tests.events import entry, event

_numbers = count()


def _from_entries(database: Engine) -> Balance:
    """The balance without anything that is kept."""
    with snapshot(database) as connection:
        return compute_balance(read_sums(connection, kept=False))


def _balances(balance: Balance) -> object:
    empty = [name for name, account in balance.stages.items() if not account.received]
    stages = {name: account for name, account in balance.stages.items() if name not in empty}
    return balance.sources, balance.days, stages, balance.faults


def _receive(ledger: SqlLedger, to: tuple[str, ...] = ("route.a",), *, source: str = "igate", day: int = 0) -> Envelope:
    envelope = event(f"x{next(_numbers)}", source=source, day=day)
    with ledger.transaction() as transaction:
        transaction.receive([envelope], source=source, to=to, cursor={})
    return envelope


def _record(ledger: SqlLedger, *written: Entry) -> None:
    with ledger.transaction() as transaction:
        assert list(transaction.record(written)) == list(written)


STEPS = st.lists(st.sampled_from(["receive", "fork", "finish", "die", "replay", "later", "keep", "day"]), max_size=25)


@given(steps=STEPS)
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_kept_balance_is_that_of_all_entries(steps: list[str], ledger: SqlLedger, database: Engine) -> None:
    waiting: list[tuple[Envelope, str, int]] = []
    dead: list[tuple[Envelope, str, int]] = []
    day = 0
    for step in steps:
        match step:
            case "receive":
                waiting.append((_receive(ledger, day=day), "route.a", 1))
            case "fork":
                envelope = _receive(ledger, ("route.a", "route.b"), source="portal", day=day)
                waiting += [(envelope, "route.a", 1), (envelope, "route.b", 1)]
            case "finish" if waiting:
                envelope, stage, turn = waiting.pop(0)
                _record(ledger, entry(envelope, stage, "done", turn=turn))
            case "die" if waiting:
                envelope, stage, turn = waiting.pop()
                _record(ledger, entry(envelope, stage, "dead", turn=turn))
                dead.append((envelope, stage, turn))
            case "replay" if dead:
                envelope, stage, turn = dead.pop(0)
                _record(ledger, entry(envelope, stage, "replayed", turn=turn + 1))
                waiting.append((envelope, stage, turn + 2))
            case "later" if waiting:
                envelope, stage, turn = waiting.pop(0)
                _record(ledger, entry(envelope, stage, "later", turn=turn))
                waiting.append((envelope, stage, turn + 1))
            case "keep":
                ledger.keep_sums()
            case "day":
                day += 1
        assert _balances(ledger.balance()) == _balances(_from_entries(database))
        with snapshot(database) as connection:
            of_history, of_open = read_sums(connection), read_open_sums(connection)
        assert dict(of_open.open_stages()) == dict(of_history.open_stages())
        assert find_open_days(of_open) == find_open_days(of_history)
        assert {status.stage for status in ledger.stages()} == _names_of_stages(of_history)


def _names_of_stages(found: Sums) -> set[str]:
    return {key.name for key in found.amounts if key.kind == "account" and key.name.startswith(STAGE_PREFIXES)}


def test_sums_are_kept_only_where_enough_entries_were_written_since(ledger: SqlLedger) -> None:
    for _ in range(3):
        _receive(ledger)
    assert not ledger.keep_sums(at_least=4)
    assert ledger.keep_sums(at_least=3)
    _receive(ledger)
    assert not ledger.keep_sums(at_least=2)


def test_what_is_kept_is_not_read_again(ledger: SqlLedger, database: Engine) -> None:
    first = _receive(ledger)
    assert ledger.keep_sums()
    assert not ledger.keep_sums(), "nothing came since"
    _record(ledger, entry(first, "route.a", "done"))
    with snapshot(database) as connection:
        found = read_sums(connection)
    assert {(key.kind, key.name): found.amounts[key] for key in found.changed} == {
        ("account", "route.a"): 0,
        ("account", "delivered.route.a"): 1,
        ("state", "in_flight"): 0,
        ("state", "delivered"): 1,
        ("state", "open"): 0,
        ("verdict", "done route.a"): 1,
    }


def test_a_late_event_of_an_old_day_counts_at_once(ledger: SqlLedger) -> None:
    late = _receive(ledger)
    for day in (30, 60, 90):
        done = _receive(ledger, day=day)
        _record(ledger, entry(done, "route.a", "done"))
    ledger.keep_sums()
    assert ledger.in_flight() == 1
    assert [(status.open_events, status.oldest) for status in ledger.stages()] == [(1, late.received_at)]
    _record(ledger, entry(late, "route.a", "done"))
    balance = ledger.balance()
    assert not balance.faults
    assert (balance.sources["igate"].delivered, balance.sources["igate"].in_flight) == (4, 0)
    assert [(status.open_events, status.oldest) for status in ledger.stages()] == [(0, None)]


def _history(ledger: SqlLedger, *, days: int) -> list[Envelope]:
    """Pages of 30 events, two a day, of which each third died. Their sums are kept; returns the dead ones."""
    dead: list[Envelope] = []
    for day in range(days):
        for source in ("igate", "portal"):
            page = [event(f"{day}.{number}", source=source, day=day) for number in range(30)]
            with ledger.transaction() as transaction:
                transaction.receive(page, source=source, to=("route.a",), cursor={})
                transaction.record(
                    [entry(one, "route.a", "dead", reason="wrong") for one in page[::3]], [_letter(one) for one in page]
                )
                transaction.record([entry(one, "route.a", "done") for one in page[1::3]])
            dead += page[::3]
    ledger.keep_sums()
    assert list(ledger.verify()) == []
    return dead


def _letter(of: Envelope) -> DeadLetter:
    return DeadLetter(0, of, "route.a", 1, 1, "Rejected", "field", "wrong", of.received_at)


def _read_for_a_balance(database: Engine) -> int:
    """How many entries are read to bring the kept sums up to date."""
    with snapshot(database) as connection:
        found = entries_within(connection.dialect.name, after_marks(connection, read_marks(connection, PURPOSE)))
        return int(connection.scalar(select(func.count()).select_from(found)) or 0)


@pytest.mark.parametrize("every", [1, 7, 100])
@pytest.mark.parametrize("blocks", ["one block", "a block each"])
def test_what_is_read_after_old_events_were_touched_is_those_events(
    ledger: SqlLedger, database: Engine, every: int, blocks: str
) -> None:
    """Discarded, replayed, handled again: with a page that is new, and in whichever number, over the whole history."""
    dead = _history(ledger, days=40)
    touched = dead[::every]
    acts = [entry(one, "route.a", "replayed" if number % 2 else "discarded", turn=2) for number, one in enumerate(dead)]
    acts = acts[::every]
    done = [entry(one, "route.a", "done", turn=3) for one, act in zip(touched, acts, strict=True) if _is_replay(act)]
    if blocks == "one block":
        _record(ledger, *acts)
        new = [event(f"new{number}", day=50) for number in range(20)]
        with ledger.transaction() as transaction:
            transaction.receive(new, source="igate", to=("route.a",), cursor={})
        _record(ledger, *done, *(entry(one, "route.a", "done") for one in new))
    else:
        for one in [*acts, *done]:
            _record(ledger, one)
    new_entries = 40 if blocks == "one block" else 0
    assert _read_for_a_balance(database) == 3 * len(touched) + len(done) + new_entries
    assert _balances(ledger.balance()) == _balances(_from_entries(database))
    assert list(ledger.verify(since_verified=True)) == []
    ledger.keep_sums()
    assert _read_for_a_balance(database) == 0
    assert _balances(ledger.balance()) == _balances(_from_entries(database))


def _is_replay(act: Entry) -> bool:
    return act.verdict == "replayed"


def test_a_block_that_names_other_places_than_those_of_its_entries_is_found(
    ledger: SqlLedger, database: Engine
) -> None:
    _receive(ledger)
    with database.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("ALTER TABLE ledger_blocks DISABLE TRIGGER append_only"))
        connection.execute(text("UPDATE ledger_blocks SET spans = '2023-11-01T03:00:00+00:00 elsewhere'"))
    assert len(list(ledger.verify())) == 1


def test_kept_sums_that_were_changed_are_named(ledger: SqlLedger, database: Engine) -> None:
    _receive(ledger)
    ledger.keep_sums()
    assert list(ledger.verify()) == []
    with database.begin() as connection:
        connection.execute(text("UPDATE ledger_sums SET amount = amount + 5 WHERE name = 'in_flight'"))
    assert ledger.balance().faults
    (fault,) = ledger.verify()
    assert "igate" in fault
    assert "in_flight" in fault
