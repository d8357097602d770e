"""A message that comes twice: what a sink writes in the ledger's transaction is written once, like its entry."""

from collections import Counter
from collections.abc import Sequence

import pytest
from sqlalchemy import Engine, text

from lienthong.adapters.clock import ReplayClock
from lienthong.adapters.kombu import KombuBroker
from lienthong.adapters.sql.ledger import SqlLedger
from lienthong.envelope import Bundle, Envelope
from lienthong.outcome import Done, Outcome
from lienthong.ports import Transaction
from lienthong.processing.stage import sink_stage
from lienthong.processing.worker import Worker
from lienthong.retry import RetryPolicy
from tests.events import event
from tests.workers import Delivered, serve


class Shelf:
    """A sink that would keep what it gets twice."""

    reaches_outside: bool | None = False

    def __init__(self) -> None:
        self.calls: list[list[str]] = []

    def deliver(self, envelopes: Sequence[Envelope], transaction: Transaction) -> Sequence[Outcome]:
        self.calls.append([one.subject for one in envelopes])
        rows = [{"code": one.subject} for one in envelopes]
        transaction.connection.execute(text("INSERT INTO shelf (code) VALUES (:code)"), rows)
        return [Done(one) for one in envelopes]


class Undeclared(Shelf):
    """It may reach outside as well: then its events are not given to it once more."""

    reaches_outside = None


@pytest.fixture
def shelf(database: Engine) -> Engine:
    with database.begin() as connection:
        connection.execute(text("CREATE TABLE shelf (code text NOT NULL)"))
    return database


def delivered(shelf: Engine, ledger: SqlLedger, clock: ReplayClock, sink: Shelf, *subjects: Sequence[str]) -> None:
    """Let a worker handle bundles of these events, none of them marked as a redelivery."""
    worker = Worker(
        sink_stage("sink.shelf", sink, RetryPolicy()),
        broker=KombuBroker("memory://", clock),
        ledger=ledger,
        clock=clock,
    )
    with ledger.transaction() as transaction:
        known = [event(subject) for subject in sorted({one for bundle in subjects for one in bundle})]
        transaction.receive(known, source="igate", to=["sink.shelf"], cursor={})
    for bundle in subjects:
        delivery = Delivered(Bundle("sink.shelf", tuple(event(subject) for subject in bundle)))
        serve(worker, delivery)
        assert delivery.acked


def kept(shelf: Engine) -> Counter[str]:
    with shelf.connect() as connection:
        return Counter(connection.scalars(text("SELECT code FROM shelf")))


@pytest.mark.parametrize("again", ["ab", "a", "bc", "abcd"])
def test_what_comes_twice_is_kept_once(again: str, shelf: Engine, ledger: SqlLedger, clock: ReplayClock) -> None:
    sink = Shelf()
    delivered(shelf, ledger, clock, sink, "ab", again)
    assert kept(shelf) == Counter(set("ab" + again))
    assert ledger.balance().faults == ()


def test_a_sink_that_may_reach_outside_gets_no_event_once_more_than_it_came(
    shelf: Engine, ledger: SqlLedger, clock: ReplayClock
) -> None:
    sink = Undeclared()
    delivered(shelf, ledger, clock, sink, "ab", "ab", "bc")
    assert sink.calls == [["a", "b"], ["a", "b"], ["b", "c"]]
    assert kept(shelf) == {"a": 1, "b": 2, "c": 1}, "what came twice alone is undone"
