"""What is open is counted on from the last count: with other writers, kept sums, and a ledger that was restored."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, delete, select, update
from sqlalchemy import event as sql_event

from lienthong.adapters.clock import ReplayClock
from lienthong.adapters.sql.ledger import SqlLedger
from lienthong.adapters.sql.schema import blocks, postings, writers
from lienthong.envelope import Envelope
from tests.databases import open_embedded
from tests.events import entry, event


def _receive(ledger: SqlLedger, *names: str, source: str = "igate") -> list[Envelope]:
    envelopes = [event(name, source=source) for name in names]
    with ledger.transaction() as transaction:
        transaction.receive(envelopes, source=source, to=("route.a",), cursor={})
    return envelopes


def _finish(ledger: SqlLedger, *envelopes: Envelope) -> None:
    with ledger.transaction() as transaction:
        transaction.record([entry(one, "route.a", "dropped") for one in envelopes])


@contextmanager
def _statements(database: Engine) -> Iterator[list[str]]:
    found: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        found.append(statement)

    sql_event.listen(database, "before_cursor_execute", note)
    yield found
    sql_event.remove(database, "before_cursor_execute", note)


def test_counts_follow_what_every_process_writes(ledger: SqlLedger, database: Engine, clock: ReplayClock) -> None:
    other = SqlLedger(database, clock)
    assert ledger.in_flight() == 0
    first, second, _ = _receive(ledger, "a", "b", "c")
    assert (ledger.in_flight(), ledger.in_flight("igate"), ledger.in_flight("dvcqg")) == (3, 3, 0)
    _receive(other, "d", source="dvcqg")
    _finish(other, first)
    assert (ledger.in_flight(), ledger.in_flight("igate"), ledger.in_flight("dvcqg")) == (3, 2, 1)
    assert other.keep_sums()
    _finish(ledger, second)
    assert (ledger.in_flight(), other.in_flight(), SqlLedger(database, clock).in_flight()) == (2, 2, 2)


def test_nothing_is_read_again_while_nothing_is_written(ledger: SqlLedger, database: Engine) -> None:
    _receive(ledger, "a", "b")
    ledger.in_flight()
    with _statements(database) as found:
        assert ledger.in_flight() == 2
    assert [statement for statement in found if "ledger_postings" in statement] == []
    assert len(found) == 1


def test_a_ledger_with_shorter_chains_is_counted_from_the_beginning(tmp_path: Path, clock: ReplayClock) -> None:
    database = open_embedded(tmp_path)  # PostgreSQL refuses to remove rows of a ledger
    ledger = SqlLedger(database, clock)
    first, _ = _receive(ledger, "a", "b")
    _finish(ledger, first)
    assert ledger.in_flight() == 1
    with database.execution_options(writing=True).begin() as connection:  # as before the last block
        connection.execute(delete(postings).where(postings.c.block == 2))
        connection.execute(delete(blocks).where(blocks.c.number == 2))
        connection.execute(update(writers).values(blocks=1))
    assert ledger.in_flight() == 2
    database.dispose()


def test_a_restored_ledger_that_has_grown_beyond_its_former_length_is_counted_from_the_beginning(
    tmp_path: Path, clock: ReplayClock
) -> None:
    database = open_embedded(tmp_path)
    ledger = SqlLedger(database, clock)
    first, _ = _receive(ledger, "a", "b")
    with database.connect() as connection:
        former = connection.scalar(select(blocks.c.hash))
    _finish(ledger, first)
    assert ledger.in_flight() == 1
    with database.execution_options(writing=True).begin() as connection:  # as before the last block
        connection.execute(delete(postings).where(postings.c.block == 2))
        connection.execute(delete(blocks).where(blocks.c.number == 2))
        connection.execute(update(writers).values(blocks=1, head=former))
    for name in ("c", "d"):
        _receive(ledger, name)
    assert ledger.in_flight() == 4
    database.dispose()
