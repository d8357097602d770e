"""Steps that tests of the ledger share."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, text

from lienthong.adapters.sql.ledger import SqlLedger
from lienthong.envelope import Envelope
from lienthong.ledger.records import DeadLetter
from tests.events import DAY, entry

ROUTE, SINK = "route.a", "sink.b"


def receive(ledger: SqlLedger, *events: Envelope, cursor: int = 1) -> Sequence[Envelope]:
    with ledger.transaction() as transaction:
        return transaction.receive(events, source="igate", to=(ROUTE,), cursor={"n": cursor}).fresh


def deliver(ledger: SqlLedger, *events: Envelope) -> None:
    with ledger.transaction() as transaction:
        transaction.record([entry(envelope, ROUTE, "done", to=(SINK,)) for envelope in events])
        transaction.record([entry(envelope, SINK, "done") for envelope in events])


def die(ledger: SqlLedger, dead: Envelope, *, turn: int = 1) -> DeadLetter:
    letter = DeadLetter(0, dead, ROUTE, turn, 1, "Rejected", "code", "thiếu mã hồ sơ", DAY)
    with ledger.transaction() as transaction:
        transaction.record([entry(dead, ROUTE, "dead", turn=turn, reason="thiếu mã hồ sơ")], [letter])
    return ledger.letters()[-1]


@contextmanager
def tamper(database: Engine) -> Iterator[Connection]:
    """A transaction without the guards of the ledger's tables. On PostgreSQL that takes a superuser."""
    with database.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SET LOCAL session_replication_role = replica"))
        yield connection
