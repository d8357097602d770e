"""The database server is killed while events stream through the bus: nothing is lost, nothing is doubled."""

import threading
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta

import pytest
from sqlalchemy import Engine, func, select

from lienthong.adapters.clock import SystemClock
from lienthong.adapters.kombu import KombuBroker
from lienthong.adapters.sql.ledger import SqlLedger
from lienthong.envelope import Envelope
from lienthong.intake.poller import Poller
from lienthong.ledger.records import Account, Entry
from lienthong.outcome import Done, Outcome
from lienthong.ports import Cursor, Page, Record, Site, Transaction
from lienthong.processing.stage import Stage, sink_stage
from lienthong.processing.worker import Worker
from lienthong.retry import RetryPolicy
from schemas.canonical import dossier_v1
from store import tables
from store.writer import DataStore
from tests.databases import make_tables
from tests.services import postgres
from tests.unit.store.events import dossier

EVENTS, PAGE, KILLS = 6_000, 100, (1_000, 6_000, 12_000)
RETRY = RetryPolicy((timedelta(seconds=1),), attempts=100, limit=timedelta(hours=1))


class Dossiers:
    """A source of dossiers that goes on from its cursor."""

    def poll(self, cursor: Cursor) -> Iterable[Page]:
        for start in range(cursor.get("through", 0), EVENTS, PAGE):
            codes = [f"000.00.31.H08-231107-{number:05}" for number in range(start, start + PAGE)]
            records = [Record(dossier_v1.TYPE, code, dossier(code).data) for code in codes]
            yield Page(records, {"through": start + PAGE})


@pytest.fixture
def cluster() -> Iterator[postgres.Cluster]:
    """A server of its own, with the durable defaults."""
    cluster = postgres.Cluster()
    yield cluster
    cluster.remove()


def test_nothing_is_lost_or_doubled_when_the_server_is_killed_again_and_again(cluster: postgres.Cluster) -> None:
    with postgres.fresh_database(cluster.url, empty=True) as database:
        make_tables(database)
        clock, written = SystemClock(), Counted()
        ledger = SqlLedger(database, clock)
        broker = KombuBroker("memory://", clock, name="kill", room=20)
        stages = [
            Stage("route.a", _as_they_are, RETRY, to=("sink.b",)),
            sink_stage("sink.b", DataStore(Site(clock, database)), RETRY),
        ]
        broker.declare([stage.name for stage in stages], RETRY.rungs)
        stop = threading.Event()
        ports = {"broker": broker, "ledger": ledger, "clock": clock, "observe": written}
        intake = Poller("igate", Dossiers(), ("route.a",), **ports, bundle_size=PAGE)
        workers = [Worker(stage, **ports) for stage in stages for _ in range(2)]
        threads = [threading.Thread(target=worker.run, args=(stop,)) for worker in workers]
        threads.append(threading.Thread(target=intake.run, args=(timedelta(milliseconds=50), stop)))
        for thread in threads:
            thread.start()
        for moment in KILLS:
            written.wait_for(moment)
            cluster.kill()
            cluster.start()
        written.wait_for(3 * EVENTS, verdicts=("received", "done"))
        stop.set()
        for thread in threads:
            thread.join()
        broker.close()
        _all_is_well(ledger, database)


def _as_they_are(envelopes: Sequence[Envelope], _: Transaction) -> Sequence[Outcome]:
    return [Done(envelope) for envelope in envelopes]


def _all_is_well(ledger: SqlLedger, database: Engine) -> None:
    balance = ledger.balance()
    assert balance.faults == ()
    assert balance.sources["igate"] == Account(received=EVENTS, delivered=EVENTS)
    assert list(ledger.verify()) == []
    with database.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(tables.dossiers)) == EVENTS
        assert connection.scalar(select(func.count()).select_from(tables.dossier_versions)) == EVENTS


class Counted:
    """Counts entries as the bus reports them; lets a test wait for a number of them."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._entries: list[str] = []

    def __call__(self, entries: Sequence[Entry]) -> None:
        with self._changed:
            self._entries += [entry.verdict for entry in entries]
            self._changed.notify_all()

    def wait_for(self, number: int, verdicts: Sequence[str] = ("received", "done", "later")) -> None:
        with self._changed:
            reached = self._changed.wait_for(
                lambda: sum(verdict in verdicts for verdict in self._entries) >= number, timeout=120
            )
        assert reached, f"{len(self._entries)} entries"
