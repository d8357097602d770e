"""A ledger that cannot grow: nothing is acked, nothing is lost, and work continues when there is space again."""

from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import event as sqlalchemy_event

from lienthong.adapters.clock import ReplayClock
from lienthong.adapters.kombu import KombuBroker
from lienthong.adapters.sql.ledger import SqlLedger
from lienthong.envelope import Bundle, Envelope
from lienthong.ledger.records import Account
from lienthong.outcome import Done, Outcome
from lienthong.ports import Transaction
from lienthong.processing.stage import Stage
from lienthong.processing.worker import Worker
from lienthong.retry import RetryPolicy
from tests.databases import open_embedded
from tests.events import DAY, event
from tests.workers import Delivered, serve


def all_well(envelopes: Sequence[Envelope], _: Transaction) -> Sequence[Outcome]:
    return [Done(envelope, note="dài " * 500) for envelope in envelopes]


def test_while_the_disk_is_full_nothing_is_acked_and_nothing_is_lost(tmp_path: Path) -> None:
    clock = ReplayClock(DAY)
    database = open_embedded(tmp_path)
    ledger = SqlLedger(database, clock)
    broker = KombuBroker("memory://", clock, name="full")
    broker.declare(["sink.b"], ())
    worker = Worker(Stage("sink.b", all_well, RetryPolicy()), broker=broker, ledger=ledger, clock=clock)
    events = [event(str(number)) for number in range(200)]
    with ledger.transaction() as transaction:
        transaction.receive(events, source="igate", to=("sink.b",), cursor={})

    def no_room(connection: object, _record: object) -> None:
        connection.execute("PRAGMA max_page_count = 1")  # type: ignore[attr-defined]  # SQLite keeps what it has and grows no more

    sqlalchemy_event.listen(database, "connect", no_room)
    database.dispose()
    serve(worker, full := Delivered(Bundle("sink.b", tuple(events))))
    assert not full.acked
    assert ledger.balance().sources["igate"] == Account(received=200, in_flight=200)

    sqlalchemy_event.remove(database, "connect", no_room)
    database.dispose()
    serve(worker, again := Delivered(full.bundle, 1))
    assert again.acked
    assert ledger.balance().sources["igate"] == Account(received=200, delivered=200)
    assert list(ledger.verify()) == []
    database.dispose()
