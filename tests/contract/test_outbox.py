"""What every ledger promises about handing over: nothing recorded is forgotten between the ledger and the queues."""

import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import Engine

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
GO_ON = threading.Event()


class Listed:
    """A source that shows its names two a page, every time it is asked."""

    def __init__(self, *names: str) -> None:
        self.names = names

    def poll(self, cursor: Cursor) -> Iterable[Page]:
        for start in range(0, len(self.names), 2):
            some = self.names[start : start + 2]
            yield Page([Record("test.event", name, {"name": name}) for name in some], {"through": start})


class Crash(BaseException):
    """The process ends here."""


class Durable(KombuBroker):
    """The embedded broker, which says that it does not forget, and may die before a publish."""

    durable = True
    lives = 1_000

    def publish(self, bundles: Sequence[Bundle], announce: Sequence[Envelope] = ()) -> None:
        self.lives -= len(bundles)
        if self.lives < 0:
            raise Crash
        super().publish(bundles, announce)


@pytest.fixture
def durable(clock: ReplayClock, request: pytest.FixtureRequest) -> Iterator[Durable]:
    broker = Durable("memory://", clock, name=request.node.name)
    broker.declare([ROUTE, SINK], ())
    yield broker
    broker.close()


def intake(ledger: SqlLedger, broker: Broker, clock: ReplayClock, *names: str) -> Poller:
    ports = {"broker": broker, "ledger": ledger, "clock": clock}
    return Poller("igate", Listed(*names), (ROUTE,), **ports, observe=lambda _: None, bundle_size=2)


@pytest.fixture(params=[1, page_batcher.MAX_BATCH_EVENTS], ids=["page by page", "together"])
def taken(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """How many records go into one transaction."""
    monkeypatch.setattr(page_batcher, "MAX_BATCH_EVENTS", request.param)


def queued(broker: Broker, queue: str = ROUTE) -> list[str]:
    """What the queue holds; it is empty afterwards."""
    consumer, found = broker.consume(queue), []
    while delivery := consumer.next(timedelta(0)):
        found += [envelope.subject for envelope in delivery.bundle.envelopes]
        delivery.ack()
    return found


@pytest.mark.usefixtures("taken")
def test_what_was_handed_over_is_not_handed_over_again(ledger: SqlLedger, durable: Durable, clock: ReplayClock) -> None:
    intake(ledger, durable, clock, "a", "b", "c").poll(GO_ON)
    assert sorted(queued(durable)) == ["a", "b", "c"]
    intake(ledger, durable, clock, "a", "b", "c").poll(GO_ON)
    assert queued(durable) == []
    assert ledger.unpublished_backlog("igate").numbers == range(0)


@pytest.mark.usefixtures("taken")
@pytest.mark.parametrize("lives", [0, 1])
def test_what_a_crash_kept_from_the_queues_comes_with_the_next_poll(
    lives: int, ledger: SqlLedger, durable: Durable, clock: ReplayClock
) -> None:
    durable.lives = lives
    with pytest.raises(Crash):
        intake(ledger, durable, clock, "a", "b", "c").poll(GO_ON)
    before = queued(durable)
    durable.lives = 1_000
    intake(ledger, durable, clock, "a", "b", "c").poll(GO_ON)
    assert {*before, *queued(durable)} == {"a", "b", "c"}
    intake(ledger, durable, clock, "a", "b", "c").poll(GO_ON)
    assert queued(durable) == []


def test_what_a_route_has_worked_on_is_no_longer_waiting(ledger: SqlLedger) -> None:
    with ledger.transaction() as transaction:
        transaction.receive([event("a"), event("b")], source="igate", to=(ROUTE,), cursor={})
        transaction.record([entry(event("a"), ROUTE, "done", to=(SINK,))])
    backlog = ledger.unpublished_backlog("igate")
    assert [(item.raw, item.stage, item.next_turn) for item in backlog.waiting] == [(event("b"), ROUTE, 1)]
    assert backlog.numbers == range(1, 3)


def test_a_gap_is_never_jumped_over(ledger: SqlLedger) -> None:
    """Should two processes ever take from one source, neither vouches for what the other took."""
    with ledger.transaction() as transaction:
        first = transaction.receive([event("a")], source="igate", to=(ROUTE,), cursor={})
        second = transaction.receive([event("b")], source="igate", to=(ROUTE,), cursor={})
        transaction.mark_published("igate", second.numbers)
    assert ledger.unpublished_backlog("igate").numbers == range(1, 3)
    with ledger.transaction() as transaction:
        transaction.mark_published("igate", first.numbers)
    assert ledger.unpublished_backlog("igate").numbers == range(2, 3)


def test_when_durable_queues_replace_forgetful_ones_everything_open_is_handed_over_once(
    ledger: SqlLedger, durable: Durable, clock: ReplayClock
) -> None:
    with ledger.transaction() as transaction:
        transaction.receive([event("a"), event("b"), event("c")], source="igate", to=(ROUTE,), cursor={})
        transaction.record([entry(event("a"), ROUTE, "done", to=(SINK,)), entry(event("b"), ROUTE, "dropped")])
    recovery = Recovery(_stages(), broker=durable, ledger=ledger, clock=clock)
    assert recovery.run(GO_ON) == 2
    assert (queued(durable, ROUTE), queued(durable, SINK)) == (["c"], ["a"])
    assert recovery.run(GO_ON) == 0
    assert ledger.unpublished_backlog("igate").numbers == range(0)


def test_a_day_on_forgetful_queues_is_remembered(ledger: SqlLedger, durable: Durable, clock: ReplayClock) -> None:
    intake(ledger, durable, clock, "a").poll(GO_ON)
    forgetful = KombuBroker("memory://", clock, name="forgetful")
    forgetful.declare([ROUTE, SINK], ())
    Recovery(_stages(), broker=forgetful, ledger=ledger, clock=clock).run(GO_ON)
    forgetful.close()
    queued(durable)
    assert Recovery(_stages(), broker=durable, ledger=ledger, clock=clock).run(GO_ON) == 1
    assert queued(durable) == ["a"]


def _stages() -> dict[str, Stage]:
    def done(envelopes: Sequence[Envelope], _: Transaction) -> Sequence[Outcome]:
        return [Done(envelope) for envelope in envelopes]

    return {ROUTE: Stage(ROUTE, done, RetryPolicy(), to=(SINK,)), SINK: Stage(SINK, done, RetryPolicy())}


def test_a_page_whose_transaction_failed_is_taken_when_it_is_shown_again(
    ledger: SqlLedger, broker: Broker, clock: ReplayClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    broker.declare([ROUTE], ())
    polling = intake(ledger, broker, clock, "a", "b")

    @contextmanager
    def away() -> Iterator[None]:
        raise Transient("cơ sở dữ liệu không trả lời")
        yield

    with monkeypatch.context() as patch, pytest.raises(Transient):
        patch.setattr(ledger, "transaction", away)
        polling.poll(GO_ON)
    assert polling.poll(GO_ON) == Poll(2, 2)


def test_a_subject_with_a_nul_is_taken_on_every_database(ledger: SqlLedger, broker: Broker, clock: ReplayClock) -> None:
    broker.declare([ROUTE], ())
    assert intake(ledger, broker, clock, "a\0b").poll(GO_ON).new == 1
    with ledger.transaction() as transaction:
        (item,) = ledger.open_items()
        transaction.record([entry(item.raw, ROUTE, "dropped", reason="lạ\0lùng")])
    assert list(ledger.verify()) == []


def test_a_lease_has_one_holder_at_a_time(ledger: SqlLedger, database: Engine, clock: ReplayClock) -> None:
    other = SqlLedger(database, clock)
    with ledger.lease("source.igate") as first, other.lease("source.igate") as second, other.lease("x") as third:
        assert (first, second, third) == (True, False, True)
    with other.lease("source.igate") as again:
        assert again


def test_a_source_is_left_alone_while_another_process_polls_it(
    ledger: SqlLedger, broker: Broker, clock: ReplayClock
) -> None:
    broker.declare([ROUTE], ())
    with ledger.lease("source.igate"):
        assert intake(ledger, broker, clock, "a").poll(GO_ON) == Poll(0, 0)
    assert intake(ledger, broker, clock, "a").poll(GO_ON) == Poll(1, 1)


HOLD = """
import sys
from lienthong.adapters.sql.database import open_database
from lienthong.adapters.sql.leases import lease
with lease(open_database(sys.argv[1]), "source.igate") as ours:
    print(ours, flush=True)
    sys.stdin.read()
"""


def test_a_lease_ends_with_the_process_that_is_killed(ledger: SqlLedger, database: Engine) -> None:
    url = database.url.render_as_string(hide_password=False)
    command = [sys.executable, "-c", HOLD, url]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "True\n"
        with ledger.lease("source.igate") as ours:
            assert not ours
        holder.kill()
    assert _eventually(ledger, "source.igate")


def _eventually(ledger: SqlLedger, name: str) -> bool:
    """Whether the lease is given in the end: a server takes a moment to see that its client is gone."""
    for _ in range(1_000):
        with ledger.lease(name) as ours:
            if ours:
                return True
        threading.Event().wait(0.01)
    return False


def test_a_source_that_showed_nothing_new_has_no_backlog(ledger: SqlLedger) -> None:
    with ledger.transaction() as transaction:
        transaction.receive([], source="igate", to=("route.a",), cursor={"n": 1})
    assert ledger.unpublished_backlog("igate") == Backlog(range(0), ())
