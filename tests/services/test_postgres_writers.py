"""Several processes write to one ledger: a block goes to a free chain, and chains are witnesses of each other."""

import threading
from collections.abc import Callable, Iterator, Sequence

import pytest
from sqlalchemy import Engine, text

from lienthong.adapters.clock import ReplayClock
from lienthong.adapters.sql.ledger import SqlLedger
from lienthong.errors import Transient
from lienthong.ledger.records import Account, Entry
from tests.events import DAY, entry, event
from tests.services import postgres

ROUTE = "route.a"


@pytest.fixture
def database() -> Iterator[Engine]:
    with postgres.fresh_database() as engine:
        yield engine


@pytest.fixture
def ledger(database: Engine) -> SqlLedger:
    return SqlLedger(database, ReplayClock(DAY))


def receive(ledger: SqlLedger, *names: str) -> None:
    with ledger.transaction() as transaction:
        transaction.receive([event(name) for name in names], source="igate", to=(ROUTE,), cursor={})


def drop(ledger: SqlLedger, *names: str) -> None:
    with ledger.transaction() as transaction:
        transaction.record([entry(event(name), ROUTE, "dropped") for name in names])


def start_and_wait_for_lock(database: Engine, work: Callable[[], None]) -> threading.Thread:
    """Start `work` in a thread. Returns when it waits for a lock."""
    thread = threading.Thread(target=work)
    thread.start()
    with database.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        while not connection.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")):
            assert thread.is_alive()
    return thread


def write_two_chains(ledger: SqlLedger, database: Engine) -> None:
    """Two transactions at the same moment, then one after the other, then two at once again."""
    receive(ledger, "a", "b", "c", "d", "e")
    with ledger.transaction() as first:
        first.record([entry(event("a"), ROUTE, "dropped")])
        second = start_and_wait_for_lock(database, lambda: drop(ledger, "b"))
    second.join()
    with ledger.transaction() as first:
        first.record([entry(event("c"), ROUTE, "dropped")])
        drop(ledger, "d")
    drop(ledger, "e")


def test_a_transaction_that_finds_every_chain_locked_opens_another_and_then_none_waits(
    ledger: SqlLedger, database: Engine
) -> None:
    write_two_chains(ledger, database)
    with database.connect() as connection:
        chains = connection.execute(text("SELECT writer, blocks FROM ledger_writers ORDER BY 1")).all()
    assert chains == [("main", 5), ("main-2", 1)]
    assert list(ledger.verify()) == []
    assert ledger.balance().sources["igate"] == Account(received=5, dropped=5)


_REMOVE = (
    "DELETE FROM ledger_entries WHERE writer = '{0}'; DELETE FROM ledger_postings WHERE writer = '{0}';"
    "DELETE FROM ledger_blocks WHERE writer = '{0}'; DELETE FROM ledger_writers WHERE writer = '{0}'"
)

_EMPTY = "UPDATE ledger_writers SET blocks = 0, head = repeat('0', 64)"


@pytest.mark.parametrize(
    "tampering",
    [
        _REMOVE.format("main-2"),
        _REMOVE.format("main"),
        _REMOVE.format("main-2").replace("DELETE FROM ledger_writers", _EMPTY),
        "UPDATE ledger_blocks SET seen_head = repeat('1', 64) WHERE writer = 'main' AND number = 5",
        "UPDATE ledger_blocks SET seen_writer = NULL WHERE seen_blocks = 0",
    ],
    ids=["a-chain-is-removed", "the-first-chain-is-removed", "a-chain-is-emptied", "a-witness-lies", "no-opening"],
)  # fmt: skip
def test_verification_finds_that(tampering: str, ledger: SqlLedger, database: Engine) -> None:
    write_two_chains(ledger, database)
    with database.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        for statement in tampering.split(";"):
            connection.execute(text(statement))
    faults = list(ledger.verify())
    assert any("main" in fault for fault in faults)


def test_of_two_transactions_that_record_the_same_entry_one_waits_and_skips_it(
    ledger: SqlLedger, database: Engine
) -> None:
    write_two_chains(ledger, database)
    receive(ledger, "x", "y")
    both = [entry(event(name), ROUTE, "dropped") for name in ("x", "y")]
    written: list[Sequence[Entry]] = []

    def record_both() -> None:
        with ledger.transaction() as second:
            written.append(second.record(both))

    with ledger.transaction() as first:
        first.record(both[:1])
        waiting = start_and_wait_for_lock(database, record_both)
    waiting.join()
    assert written == [both[1:]]
    assert [e.verdict for e in ledger.trail("x")] == ["received", "dropped"]
    assert list(ledger.verify()) == []


def test_of_two_transactions_that_receive_the_same_page_one_receives_it(ledger: SqlLedger, database: Engine) -> None:
    with ledger.transaction() as first:
        first.receive([event("a")], source="igate", to=(ROUTE,), cursor={"n": 1})
        second = start_and_wait_for_lock(database, lambda: receive(ledger, "a", "b"))
    second.join()
    assert ledger.balance().sources["igate"] == Account(received=2, in_flight=2)
    assert list(ledger.verify()) == []


def test_many_threads_of_two_ledgers_record_the_same_entries_and_each_is_kept_once(
    ledger: SqlLedger, database: Engine
) -> None:
    names = [str(number) for number in range(40)]
    receive(ledger, *names)
    ledgers = (ledger, SqlLedger(database, ReplayClock(DAY)))

    def work(writer: SqlLedger, start: int) -> None:
        for at in range(start, start + 40, 10):
            page = [names[(at + step) % 40] for step in range(10)]
            while True:
                try:
                    drop(writer, *page)
                    break
                except Transient:
                    continue

    threads = [threading.Thread(target=work, args=(ledgers[n % 2], n * 5)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ledger.balance().sources["igate"] == Account(received=40, dropped=40)
    assert ledger.balance().faults == ()
    assert list(ledger.verify()) == []
