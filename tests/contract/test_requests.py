"""The contract of requests: whatever is answered is in the ledger, and reaches the sinks of its route once."""

import random
import threading
import time
from collections import defaultdict, deque
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from sqlalchemy import Engine, select, update

from lienthong.adapters.clock import ReplayClock
from lienthong.adapters.kombu import KombuBroker
from lienthong.adapters.sql.ledger import SqlLedger
from lienthong.adapters.sql.schema import bodies, cursors
from lienthong.envelope import Bundle, Envelope
from lienthong.errors import Transient
from lienthong.processing.recovery import Recovery
from lienthong.processing.worker import Worker
from lienthong.requests.ledger_watch import LedgerWatch
from lienthong.requests.publishing import AnswerPublisher
from lienthong.requests.replies import Answered, Reply
from lienthong.requests.responder import Responder
from lienthong.runtime.composition import Storage
from lienthong.runtime.requests import make_responders
from lienthong.runtime.stages import make_route_stages, make_sink_stages
from tests.contract.ledger_steps import tamper
from tests.events import entry
from tests.mortal import KilledError, Life, MortalBroker, MortalLedger
from tests.novel_request import NOVELS, Library, Reader, settings_of
from tests.workers import Delivered, serve

SOURCE, ROUTE, SINK = "request.novels", "route.novels", "sink.reader"
NEVER = threading.Event()
WAIT = 60.0


class Queues:
    """Durable queues that all processes share."""

    def __init__(self) -> None:
        self.waiting: dict[str, deque[Bundle]] = defaultdict(deque)
        self.announced: list[Envelope] = []
        self.is_down = False

    def publish(self, bundles: Sequence[Bundle], announce: Sequence[Envelope] = ()) -> None:
        if self.is_down:
            raise Transient("no broker")
        for bundle in bundles:
            self.waiting[bundle.queue].append(bundle)
        self.announced += announce


class DurableBroker(MortalBroker):
    def publish(self, bundles: Sequence[Bundle], announce: Sequence[Envelope] = ()) -> None:
        super().publish(bundles)
        self._queues.publish((), announce)  # type: ignore[call-arg]  # this test's queues take both


class Bus:
    """What answers, and what delivers, over one ledger."""

    def __init__(self, database: Engine, ledger: Any, clock: ReplayClock, **route: Any) -> None:
        settings = settings_of(NOVELS, **route)
        self.storage = Storage(settings, clock, database, ledger)
        self.responder: Responder = make_responders(self.storage, LedgerWatch())["novels"]
        self.queues = Queues()
        stages = [*make_route_stages(self.storage, None), *make_sink_stages(self.storage, None)]
        self.stages = {stage.name: stage for stage in stages}

    def ask(self, *novels: str) -> dict[str, Reply]:
        """Ask, and wait for all replies; by event."""
        replies: dict[str, Reply] = {}
        done = threading.Semaphore(0)
        ids = []
        for novel in novels:
            given: list[str] = []

            def tell(reply: Reply, given: list[str] = given) -> None:
                replies[given[0]] = reply
                done.release()

            event_id = f"00000000-0000-4000-8000-{random.getrandbits(48):012x}"
            given.append(event_id)
            ids.append(event_id)
            until = time.monotonic() + WAIT
            self.responder.ask({"novel": novel}, client="app", trace=None, until=until, tell=tell, event_id=event_id)
        for _ in novels:
            assert done.acquire(timeout=WAIT)
        return {event_id: replies[event_id] for event_id in ids}

    def publisher(self, life: Life | None = None) -> AnswerPublisher:
        broker: Any = DurableBroker(self.queues, life or Life())
        kept: Any = self.storage.ledger
        ledger: Any = MortalLedger(kept, life) if life else kept
        return AnswerPublisher(SOURCE, self.stages[ROUTE], broker=broker, ledger=ledger, clock=self.storage.clock)

    def deliver(self) -> None:
        broker: Any = DurableBroker(self.queues, Life())
        ports: Any = {"broker": broker, "ledger": self.storage.ledger, "clock": self.storage.clock}
        for name in (ROUTE, SINK):
            worker = Worker(self.stages[name], **ports)
            while self.queues.waiting[name]:
                serve(worker, Delivered(self.queues.waiting[name].popleft()))

    def sound(self) -> None:
        ledger = self.storage.ledger
        balance = ledger.balance()
        assert not balance.faults
        assert not list(ledger.verify())
        assert all(account.difference == 0 for account in balance.sources.values())


@pytest.fixture(autouse=True)
def fresh() -> None:
    Reader.received, Library.held, Library.asked, Library.is_mended = [], {}, (), False


@pytest.fixture
def bus(database: Engine, ledger: SqlLedger, clock: ReplayClock) -> Iterator[Bus]:
    found = Bus(database, ledger, clock, to=("reader",), announce=True)
    yield found
    found.responder.close()


def test_what_is_answered_reaches_its_sink_and_subscribers_once(bus: Bus) -> None:
    replies = bus.ask("Kieu", "none", "broken", "secret", "burnt", "Other")
    answered = [event_id for event_id, reply in replies.items() if isinstance(reply, Answered)]
    assert len(answered) == 2
    assert bus.storage.ledger.in_flight() == 2
    publisher = bus.publisher()
    assert publisher.publish() == 6
    assert publisher.publish() == 0
    bus.deliver()
    assert sorted(one.id for one in Reader.received) == sorted(answered)
    assert sorted(one.id for one in bus.queues.announced) == sorted(answered)
    kieu = next(one for one in Reader.received if one.data["novel"] == "Kieu")
    assert kieu.data["answer"] == {"check_id": kieu.id, "pages": 254}
    assert (kieu.type, kieu.source, kieu.subject) == ("novel-asked.v1", SOURCE, kieu.id)
    assert bus.storage.ledger.in_flight() == 0
    bus.sound()


def test_an_answer_waits_for_no_broker(bus: Bus) -> None:
    bus.queues.is_down = True
    (reply,) = bus.ask("Kieu").values()
    assert isinstance(reply, Answered)
    with pytest.raises(Transient):
        bus.publisher().publish()
    bus.queues.is_down = False
    assert bus.publisher().publish() == 1
    bus.deliver()
    assert len(Reader.received) == 1
    bus.sound()


def test_whenever_the_publisher_is_killed_nothing_is_lost_or_answered_anew(bus: Bus) -> None:
    replies = bus.ask(*(f"novel {number}" for number in range(30)))
    asked = len(Library.asked)
    chance = random.Random(13)
    for _ in range(100):
        publisher = bus.publisher(Life(chance.randint(1, 7)))
        try:
            while publisher.publish():
                pass
        except KilledError:
            continue
    while bus.publisher().publish():
        pass
    bus.deliver()
    assert {one.id for one in Reader.received} == set(replies)
    assert len(Library.asked) == asked
    assert bus.storage.ledger.in_flight() == 0
    bus.sound()


def test_after_a_crash_of_embedded_queues_what_is_open_is_delivered_as_it_was_answered(
    bus: Bus, clock: ReplayClock, request: pytest.FixtureRequest
) -> None:
    bus.ask("Kieu", "Other")
    asked = len(Library.asked)
    embedded = KombuBroker("memory://", clock, name=request.node.name)
    embedded.declare([ROUTE, SINK], [])
    recovery = Recovery(bus.stages, broker=embedded, ledger=bus.storage.ledger, clock=clock)
    assert recovery.run(NEVER) == 2
    publisher = AnswerPublisher(SOURCE, bus.stages[ROUTE], broker=embedded, ledger=bus.storage.ledger, clock=clock)
    assert publisher.publish() == 0  # the recovery has published them
    bus.ask("Later")
    assert publisher.publish() == 1
    assert embedded.depth() == 2
    embedded.close()
    assert len(Library.asked) == asked + 1


def test_what_was_answered_without_a_sink_is_not_delivered_when_a_sink_is_added(
    database: Engine, ledger: SqlLedger, clock: ReplayClock
) -> None:
    before = Bus(database, ledger, clock)
    before.ask("Kieu", "none")
    before.responder.close()
    assert ledger.in_flight() == 0
    with database.connect() as connection:
        (row,) = connection.execute(select(cursors).where(cursors.c.source == SOURCE))
    assert (row.received_count, row.published_count) == (2, 2)
    after = Bus(database, ledger, clock, to=("reader",), announce=True)
    after.ask("Other")
    after.responder.close()
    assert after.publisher().publish() == 1
    after.deliver()
    assert [one.data["novel"] for one in Reader.received] == ["Other"]
    assert len(after.queues.announced) == 1
    after.sound()


def test_a_first_question_does_not_make_a_restart_publish_all_again(bus: Bus, clock: ReplayClock) -> None:
    bus.ask("Kieu")
    assert not bus.storage.ledger.never_published()


def test_an_answer_that_is_changed_in_the_database_is_found(bus: Bus, database: Engine) -> None:
    first, second = bus.ask("Kieu", "Other")
    assert not list(bus.storage.ledger.verify())
    with tamper(database) as connection:
        body = connection.scalar(select(bodies.c.body).where(bodies.c.event_id == first))
        assert body is not None
        changed = bytes(body).replace(b"254", b"253")
        connection.execute(update(bodies).where(bodies.c.event_id == first).values(body=changed))
    for since_verified in (False, True):
        faults = list(bus.storage.ledger.verify(since_verified=since_verified))
        assert since_verified or (len(faults) == 1 and first in faults[0] and second not in faults[0])


def test_whenever_what_answers_is_killed_each_answer_that_was_sent_is_in_the_ledger(
    database: Engine, ledger: SqlLedger, clock: ReplayClock
) -> None:
    chance = random.Random(7)
    sent: dict[str, Reply] = {}
    for _ in range(60):
        mortal: Any = MortalLedger(ledger, Life(chance.randint(1, 6)))
        bus = Bus(database, mortal, clock, to=("reader",))
        for _ in range(3):
            sent |= bus.ask("Kieu")  # a call that ends a process is an undeclared error of this one
        bus.responder.close()
    answered = {event_id for event_id, reply in sent.items() if isinstance(reply, Answered)}
    assert 0 < len(answered) < len(sent)
    verdicts = {event_id: [entry.verdict for entry in ledger.trail(event_id)] for event_id in sent}
    assert {tuple(verdicts[event_id]) for event_id in answered} == {("received", "done")}
    assert set(map(tuple, verdicts.values())) <= {("received", "done"), ()}
    Bus(database, ledger, clock).sound()


def test_a_dead_question_can_be_replayed_and_its_answer_reaches_the_sink(
    bus: Bus, monkeypatch: pytest.MonkeyPatch
) -> None:
    (event_id,) = bus.ask("broken")
    (letter,) = bus.storage.ledger.letters()
    assert (letter.stage, letter.error, letter.envelope.id) == (ROUTE, "ZeroDivisionError", event_id)
    monkeypatch.setattr(Library, "is_mended", True)
    with bus.storage.ledger.transaction() as transaction:
        transaction.unpark(letter.number, "replayed")
        transaction.record([entry(letter.envelope, ROUTE, "replayed", turn=2, who="lan")])
    bus.queues.publish([Bundle(ROUTE, (letter.envelope,), turn=3)])
    bus.deliver()
    (received,) = Reader.received
    assert received.data["answer"] == {"check_id": event_id, "pages": None}
    assert bus.publisher().publish() == 1  # it is marked; nothing is delivered once more
    assert not bus.queues.waiting[SINK]
    bus.sound()
