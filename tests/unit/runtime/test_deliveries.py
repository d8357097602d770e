"""Deliveries of a running bus: each subscription by itself, one process at a time, and until nothing is due."""

import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from sqlalchemy import Engine

from lienthong.adapters.clock import SystemClock
from lienthong.adapters.sql.announcements import SqlAnnouncements
from lienthong.adapters.sql.ledger import SqlLedger
from lienthong.adapters.sql.subscriptions import SqlSubscriptions
from lienthong.runtime.deliveries import Deliveries
from lienthong.subscriptions.channel import Announced, Answer, TryLater
from lienthong.subscriptions.delivery import Delivery
from lienthong.subscriptions.selection import Selection
from tests.announcing import Receiver, announce, subscribe
from tests.databases import open_embedded

Bus = Callable[..., Deliveries]
SOON = 20.0


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Engine]:
    engine = open_embedded(tmp_path)
    yield engine
    engine.dispose()


@pytest.fixture
def ledger(database: Engine) -> SqlLedger:
    return SqlLedger(database, SystemClock())


@pytest.fixture
def open_bus(database: Engine, ledger: SqlLedger) -> Iterator[Bus]:
    """Makes running deliveries to receivers by the name of their subscription."""
    stop, threads, clock = threading.Event(), list[threading.Thread](), SystemClock()

    def run(receivers: dict[str, Receiver], *, is_on: bool = True) -> Deliveries:
        def make_delivery(name: str) -> Delivery:
            return Delivery(
                name,
                announcements=SqlAnnouncements(database),
                subscriptions=SqlSubscriptions(database),
                ledger=ledger,
                clock=clock,
                make_selection=lambda _: Selection(in_clear=True),
                make_channel=lambda one: receivers[one.name],
                note_look=lambda *_: None,
            )

        announcements, subscriptions = SqlAnnouncements(database), SqlSubscriptions(database)
        found = Deliveries(
            subscriptions, announcements, ledger=ledger, clock=clock, make_delivery=make_delivery, is_on=is_on
        )
        threads.append(threading.Thread(target=found.serve, args=(stop,)))
        threads[-1].start()
        return found

    yield run
    stop.set()
    for thread in threads:
        thread.join()


class Hanging(Receiver):
    """A receiver that takes a batch only once it may."""

    def __init__(self) -> None:
        super().__init__()
        self.called, self.may = threading.Event(), threading.Event()

    def deliver(self, batch: Sequence[Announced]) -> Answer:
        self.called.set()
        assert self.may.wait(SOON)
        return super().deliver(batch)


def _wait_until_done(deliveries: Deliveries) -> None:
    while not deliveries.is_done():  # it waits a moment by itself
        pass


def test_a_subscriber_that_hangs_delays_no_other(ledger: SqlLedger, database: Engine, open_bus: Bus) -> None:
    for name in ("hanging", "well"):
        subscribe(ledger, SqlSubscriptions(database), name)
    receivers = {"hanging": (hanging := Hanging()), "well": Receiver()}
    deliveries = open_bus(receivers)
    announce(ledger, "A-1")
    assert hanging.called.wait(SOON)
    announce(ledger, "A-2")
    while len(receivers["well"].names) < 2:
        assert not deliveries.is_done()
    hanging.may.set()
    _wait_until_done(deliveries)
    assert hanging.names == ["A-1", "A-2"]


def test_two_processes_deliver_each_event_once(ledger: SqlLedger, database: Engine, open_bus: Bus) -> None:
    subscribe(ledger, SqlSubscriptions(database), batch=2)
    receiver = Receiver()
    first, _ = open_bus({"clinic": receiver}), open_bus({"clinic": receiver})
    for number in range(20):
        announce(ledger, f"A-{number}")
    _wait_until_done(first)
    assert receiver.names == [f"A-{number}" for number in range(20)]


def test_a_run_is_done_when_what_cannot_be_delivered_is_held(
    ledger: SqlLedger, database: Engine, open_bus: Bus
) -> None:
    subscribe(ledger, SqlSubscriptions(database))
    announce(ledger, "A-1")
    _wait_until_done(open_bus({"clinic": Receiver(TryLater(None, "hỏng"))}))
    found = SqlSubscriptions(database).find("clinic")
    assert found is not None
    assert (found.state, found.counts.delivered) == ("failing", 0)


def test_nothing_leaves_from_the_ledger_of_a_recording(ledger: SqlLedger, database: Engine, open_bus: Bus) -> None:
    subscribe(ledger, SqlSubscriptions(database))
    announce(ledger, "A-1")
    receiver = Receiver()
    deliveries = open_bus({"clinic": receiver}, is_on=False)
    assert deliveries.is_done()
    assert receiver.batches == []
