"""An event that a sink makes wait, and that no message can hold any more, takes nothing of its neighbours with it."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from lienthong.adapters.clock import ReplayClock
from lienthong.adapters.kombu import KombuBroker
from lienthong.adapters.sql.ledger import SqlLedger
from lienthong.envelope import Bundle, Envelope
from lienthong.ledger.records import Account
from lienthong.outcome import Done, Later, Outcome
from lienthong.ports import Transaction
from lienthong.processing.stage import sink_stage
from lienthong.processing.worker import Worker
from lienthong.retry import RetryPolicy
from tests.databases import open_embedded
from tests.events import DAY, event
from tests.workers import Delivered, serve

SINK = "sink.b"
LIMIT = 10_000


class Rows:
    """A sink that stores a row for each event, through the transaction, and makes a large one wait."""

    def deliver(self, envelopes: Sequence[Envelope], transaction: Transaction) -> Sequence[Outcome]:
        outcomes: list[Outcome] = []
        for envelope in envelopes:
            if len(envelope.data["text"]) > LIMIT:
                outcomes.append(Later("bận"))
                continue
            transaction.connection.execute(text("INSERT INTO rows VALUES (:name)"), {"name": envelope.subject})
            outcomes.append(Done(envelope))
        return outcomes


@pytest.fixture
def database(tmp_path: Path) -> Iterable[Engine]:
    database = open_embedded(tmp_path)
    with database.connect().execution_options(writing=True) as connection, connection.begin():
        connection.execute(text("CREATE TABLE rows (name TEXT)"))
    yield database
    database.dispose()


def test_what_a_sink_stored_beside_it_is_stored(database: Engine) -> None:
    clock = ReplayClock(DAY)
    ledger = SqlLedger(database, clock)
    # The limit was lowered while these events were on their way.
    broker = KombuBroker("memory://", clock, name="lowered", max_message_bytes=LIMIT)
    stage = sink_stage(SINK, Rows(), RetryPolicy())
    broker.declare([SINK], stage.retry.rungs)
    events = tuple(event(name, text="x" * (LIMIT + 1 if name == "c" else 1)) for name in "abcde")
    with ledger.transaction() as transaction:
        transaction.receive(events, source="igate", to=(SINK,), cursor={})
    delivery = Delivered(Bundle(SINK, events))
    serve(Worker(stage, broker=broker, ledger=ledger, clock=clock), delivery)
    assert delivery.acked
    assert ledger.balance().sources["igate"] == Account(received=5, delivered=4, dead=1)
    with database.connect() as connection:
        assert sorted(connection.scalars(text("SELECT name FROM rows"))) == ["a", "b", "d", "e"]
