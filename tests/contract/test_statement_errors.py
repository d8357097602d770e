"""A statement that cannot work is never taken for a database that does not answer, on either database."""

from collections.abc import Sequence
from contextlib import suppress

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from lienthong.adapters.clock import ReplayClock
from lienthong.adapters.kombu import KombuBroker
from lienthong.adapters.sql.ledger import SqlLedger
from lienthong.envelope import Bundle, Envelope
from lienthong.ledger.records import Account
from lienthong.outcome import Done, Outcome
from lienthong.ports import Sink, Transaction
from lienthong.processing.stage import sink_stage
from lienthong.processing.worker import Worker
from lienthong.retry import RetryPolicy
from tests.events import event
from tests.workers import Delivered, serve

SINK = "sink.b"


@pytest.mark.parametrize(
    "statement", ["INSERT INTO nowhere VALUES (1)", "SELECT nothing FROM ledger_entries", "SELEC 1"]
)
def test_its_error_leaves_the_transaction_as_it_is(ledger: SqlLedger, statement: str) -> None:
    with pytest.raises(DBAPIError), ledger.transaction() as transaction:
        transaction.connection.execute(text(statement))


class Careless:
    """A sink with a mistake: its table is missing. It may go on as if nothing had happened."""

    def __init__(self, *, silent: bool) -> None:
        self.ignored = (DBAPIError,) if silent else ()

    def deliver(self, envelopes: Sequence[Envelope], transaction: Transaction) -> Sequence[Outcome]:
        with suppress(*self.ignored):
            transaction.connection.execute(text("INSERT INTO nowhere VALUES (1)"))
        return [Done(envelope) for envelope in envelopes]


def attempt(sink: Sink, ledger: SqlLedger, clock: ReplayClock) -> Delivered:
    broker = KombuBroker("memory://", clock, name=f"careless-{id(sink)}")
    stage = sink_stage(SINK, sink, RetryPolicy())
    broker.declare([SINK], stage.retry.rungs)
    with ledger.transaction() as transaction:
        transaction.receive([event("a"), event("b")], source="igate", to=(SINK,), cursor={})
    delivery = Delivered(Bundle(SINK, (event("a"), event("b"))))
    serve(Worker(stage, broker=broker, ledger=ledger, clock=clock), delivery)
    return delivery


def test_the_events_of_a_sink_whose_table_is_missing_spend_their_attempts(
    ledger: SqlLedger, clock: ReplayClock
) -> None:
    assert attempt(Careless(silent=False), ledger, clock).acked
    assert [entry.verdict for entry in ledger.trail("a")] == ["received", "later"]


def test_a_sink_that_ignores_an_error_holds_nothing_up(ledger: SqlLedger, clock: ReplayClock) -> None:
    """PostgreSQL takes nothing more in such a transaction, so nothing of it can be recorded as done there."""
    assert attempt(Careless(silent=True), ledger, clock).acked
    account = ledger.balance().sources["igate"]
    assert account in (Account(received=2, delivered=2), Account(received=2, dead=2))
