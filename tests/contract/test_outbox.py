"""The contract of every ledger about publishing: every recorded event gets into a queue, also after a crash."""

import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta

import pytest

from lienthong.adapters.clock import ReplayClock
from lienthong.adapters.kombu import KombuBroker
from lienthong.adapters.sql.ledger import SqlLedger
from lienthong.envelope import Bundle, Envelope
from lienthong.errors import Transient
from lienthong.intake import page_batcher
from lienthong.intake.poller import Poll, Poller
from lienthong.ledger.records import Backlog
from lienthong.outcome import Done, Outcome
from lienthong.ports import Broker, Cursor, Page, Record, Transaction
from lienthong.processing.recovery import Recovery
from lienthong.processing.stage import Stage
from lienthong.retry import RetryPolicy
from tests.events import entry, event

ROUTE, SINK = "route.a", "sink.b"
NEVER = threading.Event()
"""A stop that is never set."""


class NamesSource:
    """A source whose every poll yields the same names, two a page."""

    def __init__(self, *names: str) -> None:
        self.names = names

    def poll(self, cursor: Cursor) -> Iterable[Page]:
        for start in range(0, len(self.names), 2):
            records = [Record("test.event", name, {"name": name}) for name in self.names[start : start + 2]]
            yield Page(records, {"through": start})


class Crash(BaseException):
    """The process ends here."""


class DurableBroker(KombuBroker):
    """The embedded broker, marked as durable. It can crash before a publish."""

    durable = True
    publishes_left = 1_000

    def publish(self, bundles: Sequence[Bundle], announce: Sequence[Envelope] = ()) -> None:
        self.publishes_left -= len(bundles)
        if self.publishes_left < 0:
            raise Crash
        super().publish(bundles, announce)


@pytest.fixture
def durable(clock: ReplayClock, request: pytest.FixtureRequest) -> Iterator[DurableBroker]:
    broker = DurableBroker("memory://", clock, name=request.node.name)
    broker.declare([ROUTE, SINK], ())
    yield broker
    broker.close()


def make_poller(ledger: SqlLedger, broker: Broker, clock: ReplayClock, *names: str) -> Poller:
    ports = {"broker": broker, "ledger": ledger, "clock": clock}
    return Poller("igate", NamesSource(*names), (ROUTE,), **ports, observe=lambda _: None, bundle_size=2)


@pytest.fixture(params=[1, page_batcher.MAX_BATCH_EVENTS], ids=["page by page", "together"])
def batch_size(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """How many records go into one transaction."""
    monkeypatch.setattr(page_batcher, "MAX_BATCH_EVENTS", request.param)


def drain(broker: Broker, queue: str = ROUTE) -> list[str]:
    """Consume everything that is in the queue. Returns the subjects of the events."""
    consumer, subjects = broker.consume(queue), []
    while delivery := consumer.next(timedelta(0)):
        subjects += [envelope.subject for envelope in delivery.bundle.envelopes]
        delivery.ack()
    return subjects


@pytest.mark.usefixtures("batch_size")
def test_published_events_are_not_published_again(
    ledger: SqlLedger, durable: DurableBroker, clock: ReplayClock
) -> None:
    make_poller(ledger, durable, clock, "a", "b", "c").poll(NEVER)
    assert sorted(drain(durable)) == ["a", "b", "c"]
    make_poller(ledger, durable, clock, "a", "b", "c").poll(NEVER)
    assert drain(durable) == []
    assert ledger.unpublished_backlog("igate").numbers == range(0)


@pytest.mark.usefixtures("batch_size")
@pytest.mark.parametrize("publishes_left", [0, 1])
def test_events_that_a_crash_left_unpublished_are_published_by_the_next_poll(
    publishes_left: int, ledger: SqlLedger, durable: DurableBroker, clock: ReplayClock
) -> None:
    durable.publishes_left = publishes_left
    with pytest.raises(Transient) as ended:  # whatever is raised within a poll ends that poll alone
        make_poller(ledger, durable, clock, "a", "b", "c").poll(NEVER)
    assert isinstance(ended.value.__cause__, Crash)
    before = drain(durable)
    durable.publishes_left = 1_000
    make_poller(ledger, durable, clock, "a", "b", "c").poll(NEVER)
    assert {*before, *drain(durable)} == {"a", "b", "c"}
    make_poller(ledger, durable, clock, "a", "b", "c").poll(NEVER)
    assert drain(durable) == []


def test_an_event_that_a_route_has_handled_is_not_waiting(ledger: SqlLedger) -> None:
    with ledger.transaction() as transaction:
        transaction.receive([event("a"), event("b")], source="igate", to=(ROUTE,), cursor={})
        transaction.record([entry(event("a"), ROUTE, "done", to=(SINK,))])
    backlog = ledger.unpublished_backlog("igate")
    assert [(item.raw, item.stage, item.next_turn) for item in backlog.waiting] == [(event("b"), ROUTE, 1)]
    assert backlog.numbers == range(1, 3)


def test_a_gap_is_never_skipped(ledger: SqlLedger) -> None:
    """If two processes ever receive from one source, neither marks the other's events as published."""
    with ledger.transaction() as transaction:
        first = transaction.receive([event("a")], source="igate", to=(ROUTE,), cursor={})
        second = transaction.receive([event("b")], source="igate", to=(ROUTE,), cursor={})
        transaction.mark_published("igate", second.numbers)
    assert ledger.unpublished_backlog("igate").numbers == range(1, 3)
    with ledger.transaction() as transaction:
        transaction.mark_published("igate", first.numbers)
    assert ledger.unpublished_backlog("igate").numbers == range(2, 3)


def test_when_durable_queues_replace_others_everything_open_is_published_once(
    ledger: SqlLedger, durable: DurableBroker, clock: ReplayClock
) -> None:
    with ledger.transaction() as transaction:
        transaction.receive([event("a"), event("b"), event("c")], source="igate", to=(ROUTE,), cursor={})
        transaction.record([entry(event("a"), ROUTE, "done", to=(SINK,)), entry(event("b"), ROUTE, "dropped")])
    recovery = Recovery(_stages(), broker=durable, ledger=ledger, clock=clock)
    assert recovery.run(NEVER) == 2
    assert (drain(durable, ROUTE), drain(durable, SINK)) == (["c"], ["a"])
    assert recovery.run(NEVER) == 0
    assert ledger.unpublished_backlog("igate").numbers == range(0)


def test_a_day_on_queues_that_are_not_durable_is_remembered(
    ledger: SqlLedger, durable: DurableBroker, clock: ReplayClock
) -> None:
    make_poller(ledger, durable, clock, "a").poll(NEVER)
    embedded = KombuBroker("memory://", clock, name="embedded")
    embedded.declare([ROUTE, SINK], ())
    Recovery(_stages(), broker=embedded, ledger=ledger, clock=clock).run(NEVER)
    embedded.close()
    drain(durable)
    assert Recovery(_stages(), broker=durable, ledger=ledger, clock=clock).run(NEVER) == 1
    assert drain(durable) == ["a"]


def _stages() -> dict[str, Stage]:
    def done(envelopes: Sequence[Envelope], _: Transaction) -> Sequence[Outcome]:
        return [Done(envelope) for envelope in envelopes]

    return {ROUTE: Stage(ROUTE, done, RetryPolicy(), to=(SINK,)), SINK: Stage(SINK, done, RetryPolicy())}


def test_a_page_whose_transaction_failed_is_received_when_it_is_shown_again(
    ledger: SqlLedger, broker: Broker, clock: ReplayClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    broker.declare([ROUTE], ())
    poller = make_poller(ledger, broker, clock, "a", "b")

    @contextmanager
    def failing() -> Iterator[None]:
        raise Transient("cơ sở dữ liệu không trả lời")
        yield

    with monkeypatch.context() as patch, pytest.raises(Transient):
        patch.setattr(ledger, "transaction", failing)
        poller.poll(NEVER)
    assert poller.poll(NEVER) == Poll(2, 2)


def test_a_subject_with_a_nul_is_received_on_every_database(
    ledger: SqlLedger, broker: Broker, clock: ReplayClock
) -> None:
    broker.declare([ROUTE], ())
    assert make_poller(ledger, broker, clock, "a\0b").poll(NEVER).new == 1
    with ledger.transaction() as transaction:
        (item,) = ledger.open_items()
        transaction.record([entry(item.raw, ROUTE, "dropped", reason="lạ\0lùng")])
    assert list(ledger.verify()) == []


def test_a_source_is_not_polled_while_another_process_polls_it(
    ledger: SqlLedger, broker: Broker, clock: ReplayClock
) -> None:
    broker.declare([ROUTE], ())
    with ledger.lease("source.igate"):
        assert make_poller(ledger, broker, clock, "a").poll(NEVER) == Poll(0, 0)
    assert make_poller(ledger, broker, clock, "a").poll(NEVER) == Poll(1, 1)


def test_a_source_that_showed_nothing_new_has_no_backlog(ledger: SqlLedger) -> None:
    with ledger.transaction() as transaction:
        transaction.receive([], source="igate", to=("route.a",), cursor={"n": 1})
    assert ledger.unpublished_backlog("igate") == Backlog(range(0), ())
