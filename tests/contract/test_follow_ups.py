"""The contract of follow-ups: what a sink hands back becomes events once, whatever stops and returns."""

import random
import threading
from collections import defaultdict, deque
from collections.abc import Sequence
from contextlib import suppress
from itertools import count
from typing import Any

import pytest
from sqlalchemy import Engine, select

from lienthong.adapters.clock import ReplayClock
from lienthong.adapters.kombu import KombuBroker
from lienthong.adapters.sql.ledger import SqlLedger
from lienthong.adapters.sql.schema import bodies
from lienthong.configuration.condition_check import compile_condition
from lienthong.envelope import Bundle, Envelope
from lienthong.errors import Transient
from lienthong.intake.follow_ups import CAUSE, FollowUpIntake, FollowUpPublisher
from lienthong.outcome import Done, Dropped, Later, Outcome
from lienthong.ports import Record, Transaction
from lienthong.processing.recovery import Recovery
from lienthong.processing.stage import Stage, sink_stage
from lienthong.processing.worker import Worker
from lienthong.retry import RetryPolicy
from tests.events import event
from tests.mortal import KilledError, Life, MortalBroker, MortalLedger, is_killed
from tests.workers import Delivered, serve

NEVER = threading.Event()
SINK, ROUTE = "sink.office", "route.receipts"
EVENTS, KILLS = 60, 200


class Office:
    """A sink that numbers its receipts, so that no two attempts hand back the same."""

    def __init__(self) -> None:
        self.numbers = count(1)

    def deliver(self, envelopes: Sequence[Envelope], transaction: Transaction) -> Sequence[Outcome]:
        return [Done(one, "taken", follow_ups=self.receipts(one)) for one in envelopes]

    def receipts(self, envelope: Envelope) -> Sequence[Any]:
        return [Record("receipt.v1", envelope.subject, {"number": next(self.numbers)})]


class Queues:
    """Durable queues that all processes share."""

    def __init__(self) -> None:
        self.waiting: dict[str, deque[Bundle]] = defaultdict(deque)

    def publish(self, bundles: Sequence[Bundle]) -> None:
        for bundle in bundles:
            self.waiting[bundle.queue].append(bundle)


def ignore(_: object) -> None: ...


def take(envelopes: Sequence[Envelope], _: Transaction) -> Sequence[Outcome]:
    return [Dropped("seen") for _ in envelopes]


class Process:
    """A process that serves the sink and the route of its follow-ups, until its life ends."""

    def __init__(self, ledger: SqlLedger, clock: ReplayClock, queues: Queues, sink: Any, life: Life) -> None:
        self.queues = queues
        broker: Any = MortalBroker(queues, life)
        mortal: Any = MortalLedger(ledger, life)
        ports: Any = {"broker": broker, "ledger": mortal, "clock": clock}
        intake = FollowUpIntake(SINK, (ROUTE,), observe=ignore, **ports)
        retry = RetryPolicy()
        stage = sink_stage(SINK, sink, retry)
        stages = [Stage(stage.name, stage.handle, retry, follow_ups=intake), Stage(ROUTE, take, retry)]
        self.workers = {stage.name: Worker(stage, **ports) for stage in stages}
        self.publisher = FollowUpPublisher(intake, **ports)

    def serve_one(self, queue: str) -> None:
        """Handle the first delivery of a queue; it comes back when it is not acked."""
        delivery = Delivered(self.queues.waiting[queue].popleft(), redeliveries=1)
        try:
            serve(self.workers[queue], delivery)
        finally:
            if not delivery.acked:
                self.queues.publish([delivery.bundle])


def receive(ledger: SqlLedger, queues: Queues, number: int = EVENTS, size: int = 3) -> Sequence[Envelope]:
    """Events that wait at the sink."""
    events = [event(f"e{name}") for name in range(number)]
    with ledger.transaction() as transaction:
        transaction.receive(events, source="igate", to=[SINK], cursor={})
        transaction.mark_published("igate", range(1, number + 1))
    queues.publish([Bundle(SINK, tuple(events[start : start + size])) for start in range(0, number, size)])
    return events


def follow_ups(database: Engine) -> list[Any]:
    with database.connect() as connection:
        return list(connection.execute(select(bodies).where(bodies.c.source == SINK).order_by(bodies.c.number)))


def process(ledger: SqlLedger, clock: ReplayClock, queues: Queues, sink: Any = None) -> Process:
    return Process(ledger, clock, queues, sink or Office(), Life())


def test_a_follow_up_is_an_event_of_the_sink_that_names_its_cause(
    ledger: SqlLedger, clock: ReplayClock, database: Engine
) -> None:
    queues = Queues()
    (cause,) = receive(ledger, queues, 1)
    office = process(ledger, clock, queues)
    office.serve_one(SINK)
    office.publisher.poll(NEVER)
    (bundle,) = queues.waiting[ROUTE]
    (follow_up,) = bundle.envelopes
    assert (follow_up.source, follow_up.type, follow_up.subject) == (SINK, "receipt.v1", cause.subject)
    assert follow_up.data_dict() == {"number": 1, CAUSE: cause.id}
    (done,) = [one for one in ledger.trail(cause.id) if one.stage == SINK]
    assert done.verdict == "done" and follow_up.id in done.reason and "taken" in done.reason
    assert [(one.stage, one.to) for one in ledger.trail(follow_up.id)] == [(f"source.{SINK}", (ROUTE,))]
    assert ledger.balance().sources[SINK].in_flight == 1
    office.serve_one(ROUTE)
    balance = ledger.balance()
    assert (balance.sources[SINK].received, balance.sources[SINK].dropped, balance.faults) == (1, 1, ())
    assert list(ledger.verify()) == []


def test_a_redelivery_hands_back_nothing_again(ledger: SqlLedger, clock: ReplayClock, database: Engine) -> None:
    queues = Queues()
    receive(ledger, queues, 6)
    again = [Bundle(SINK, bundle.envelopes) for bundle in queues.waiting[SINK]]
    office = process(ledger, clock, queues)
    queues.publish(again)
    while queues.waiting[SINK]:
        office.serve_one(SINK)
    office.publisher.poll(NEVER)
    office.publisher.poll(NEVER)
    assert len(follow_ups(database)) == 6
    assert sum(len(bundle.envelopes) for bundle in queues.waiting[ROUTE]) == 6


def test_the_same_record_about_two_events_is_two_events(
    ledger: SqlLedger, clock: ReplayClock, database: Engine
) -> None:
    class Plain(Office):
        def receipts(self, envelope: Envelope) -> Sequence[Any]:
            return [Record("receipt.v1", "one key", {"accepted": True})] * 2

    queues = Queues()
    causes = receive(ledger, queues, 2)
    process(ledger, clock, queues, Plain()).serve_one(SINK)
    assert len(follow_ups(database)) == len(causes), "and twice about one event is one"


@pytest.mark.parametrize("handed_back", [["no record"], [None, 5], [Record("", "", {})]])
def test_what_is_no_record_dies_at_its_route_and_not_at_the_sink(
    ledger: SqlLedger, clock: ReplayClock, database: Engine, handed_back: list[Any]
) -> None:
    class Odd(Office):
        def receipts(self, envelope: Envelope) -> Sequence[Any]:
            return handed_back

    queues = Queues()
    (cause,) = receive(ledger, queues, 1)
    process(ledger, clock, queues, Odd()).serve_one(SINK)
    assert [one.verdict for one in ledger.trail(cause.id)] == ["received", "done"]
    assert all("lienthong" in row.type for row in follow_ups(database))


def test_an_event_that_waits_hands_nothing_back(ledger: SqlLedger, clock: ReplayClock, database: Engine) -> None:
    class Waits(Office):
        def deliver(self, envelopes: Sequence[Envelope], transaction: Transaction) -> Sequence[Outcome]:
            return [Later("busy") for _ in envelopes]

    queues = Queues()
    receive(ledger, queues, 3)
    process(ledger, clock, queues, Waits()).serve_one(SINK)
    assert follow_ups(database) == []


def test_a_sink_that_no_route_begins_with_hands_back_nothing(
    ledger: SqlLedger, clock: ReplayClock, database: Engine
) -> None:
    queues = Queues()
    (cause,) = receive(ledger, queues, 1)
    broker: Any = MortalBroker(queues, Life())
    worker = Worker(sink_stage(SINK, Office(), RetryPolicy()), broker=broker, ledger=ledger, clock=clock)
    serve(worker, Delivered(queues.waiting[SINK][0]))
    assert follow_ups(database) == []
    assert ledger.trail(cause.id)[-1].reason == "taken"


def test_on_queues_that_keep_nothing_they_are_published_at_once_and_recovered(
    ledger: SqlLedger, clock: ReplayClock, request: pytest.FixtureRequest
) -> None:
    queues = Queues()
    receive(ledger, queues, 2, size=1)
    published: list[Bundle] = []

    class Memory(KombuBroker):
        def publish(self, bundles: Sequence[Bundle], announce: Sequence[Envelope] = ()) -> None:
            published.extend(bundles)

    broker = Memory("memory://", clock, name=request.node.name)
    ports: Any = {"broker": broker, "ledger": ledger, "clock": clock}
    intake = FollowUpIntake(SINK, (ROUTE,), observe=ignore, **ports)
    stage = Stage(SINK, sink_stage(SINK, Office(), RetryPolicy()).handle, RetryPolicy(), follow_ups=intake)
    serve(Worker(stage, **ports), Delivered(queues.waiting[SINK].popleft()))
    assert [bundle.queue for bundle in published] == [ROUTE]
    published.clear()
    stages = {ROUTE: Stage(ROUTE, take, RetryPolicy()), SINK: stage}
    assert Recovery(stages, **ports).run(NEVER) == 2
    assert sorted(bundle.queue for bundle in published) == [ROUTE, SINK]
    broker.close()


def test_kills_at_any_moment_of_three_processes_lose_none_and_double_none(
    ledger: SqlLedger, clock: ReplayClock, database: Engine
) -> None:
    queues, office = Queues(), Office()
    causes = receive(ledger, queues)
    kills: list[int] = []

    def live(seed: int) -> None:
        chance = random.Random(seed)
        for _ in range(20 * KILLS):
            if len(kills) >= KILLS and not (any(queues.waiting.values()) or ledger.in_flight()):
                return
            one = Process(ledger, clock, queues, office, Life(chance.randint(1, chance.choice([4, 20]))))
            try:
                for queue in (SINK, ROUTE) * 5:
                    with suppress(IndexError):  # nothing waits in this queue
                        one.serve_one(queue)
                    one.publisher.poll(NEVER)
            except (KilledError, Transient) as error:
                if is_killed(error):
                    kills.append(seed)

    threads = [threading.Thread(target=live, args=(number,)) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(kills) >= KILLS and len(set(kills)) > 1  # one may find nothing to do: the others were quicker
    rows = follow_ups(database)
    assert len(rows) == len(causes) == len({row.subject for row in rows})
    balance = ledger.balance()
    assert balance.faults == ()
    assert (balance.sources[SINK].received, balance.sources[SINK].dropped) == (EVENTS, EVENTS)
    assert balance.sources["igate"].delivered == EVENTS
    assert list(ledger.verify()) == []


def test_a_follow_up_reaches_the_routes_whose_condition_it_meets_and_else_all(
    ledger: SqlLedger, clock: ReplayClock
) -> None:
    of_receipts = compile_condition("type == 'receipt.v1' && data.number > 1")
    of_verdicts = compile_condition("type == 'verdict.v1'")
    conditions = {"route.receipts": of_receipts, "route.verdicts": of_verdicts}
    ports: Any = {"broker": None, "ledger": ledger, "clock": clock}
    intake = FollowUpIntake(SINK, (*conditions, "route.all"), observe=ignore, conditions=conditions, **ports)
    strict = FollowUpIntake(SINK, tuple(conditions), observe=ignore, conditions=conditions, **ports)
    (cause,) = [event("e0")]
    records = [
        Record("receipt.v1", "a", {"number": 2}),
        Record("receipt.v1", "b", {}),  # the condition cannot be decided
        Record("verdict.v1", "c", {}),
        Record("note.v1", "d", {}),
    ]
    with ledger.transaction() as transaction:
        received = intake.receive(intake.make(cause, records), transaction)
        rest = strict.receive(strict.make(cause, [Record("note.v1", "e", {})]), transaction)
    to = {entry.subject: entry.to for entry in [*received.entries, *rest.entries]}
    assert to == {
        "a": ("route.receipts", "route.all"),
        "b": ("route.receipts", "route.all"),
        "c": ("route.verdicts", "route.all"),
        "d": ("route.all",),
        "e": ("route.receipts", "route.verdicts"),
    }
    assert (received.numbers, rest.numbers) == (range(1, 5), range(5, 6))
    assert [one.subject for one in received.fresh] == ["a", "b", "c", "d"]
    assert not ledger.balance().faults
    assert [one.stage for one in ledger.unpublished_backlog(SINK).waiting].count("route.all") == 4
