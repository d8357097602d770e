"""Sinks with a condition: which events they receive, and that every event is still accounted for."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from lienthong.adapters.clock import ReplayClock
from lienthong.adapters.kombu import KombuBroker
from lienthong.adapters.sql.ledger import SqlLedger
from lienthong.configuration.condition_check import compile_condition
from lienthong.envelope import Envelope
from lienthong.errors import Transient
from lienthong.intake.poller import Poller
from lienthong.ledger.records import Account
from lienthong.outcome import Dead, Done, Dropped, Outcome
from lienthong.ports import Transaction
from lienthong.processing.pipeline import Pipeline
from lienthong.processing.recovery import Recovery
from lienthong.processing.sink_selection import SinkSelection
from lienthong.processing.stage import route_stage, sink_stage
from lienthong.processing.steps import ApplyStep
from lienthong.processing.worker import Worker
from lienthong.retry import RetryPolicy
from tests.databases import open_embedded
from tests.events import DAY, event
from tests.unit.processing.fakes import NOT_STOPPED, ListSource
from tests.workers import serve

RETRY = RetryPolicy((timedelta(seconds=5),), attempts=3)


def select(conditions: Mapping[str, str | None]) -> SinkSelection:
    return SinkSelection({sink: when and compile_condition(when) for sink, when in conditions.items()})


def shout(envelope: Envelope) -> Envelope:
    return envelope.with_data("test.shouted", {"name": envelope.data["name"].upper()})


def test_a_condition_sees_the_event_after_the_steps() -> None:
    sinks = select({"sink.a": None, "sink.b": 'type == "test.shouted" && data.name == "B"'})
    outcomes = Pipeline(None, [ApplyStep("t.shout", shout)], sinks).run([event("a"), event("b")])
    assert [outcome.to for outcome in outcomes if isinstance(outcome, Done)] == [("sink.a",), ("sink.a", "sink.b")]


def test_an_event_for_no_sink_is_dropped_with_the_reason() -> None:
    (outcome,) = Pipeline(None, [], select({"sink.b": 'data.name == "b"'})).run([event("a")])
    assert isinstance(outcome, Dropped)
    assert "`when`" in outcome.why


def test_an_event_that_a_condition_cannot_decide_is_dead_and_names_sink_expression_and_field() -> None:
    (outcome,) = Pipeline(None, [], select({"sink.a": None, "sink.b": "data.pages > 2"})).run([event("a")])
    assert isinstance(outcome, Dead)
    assert "`sink.b`" in outcome.why and "data.pages > 2" in outcome.why
    assert outcome.field == "pages"


def test_without_conditions_an_outcome_names_no_sinks() -> None:
    assert Pipeline(None, []).run([event("a")]) == [Done(event("a"))]


class Kept:
    """A sink that keeps the names of its events, and can be down."""

    def __init__(self) -> None:
        self.got: list[str] = []
        self.down = False

    def deliver(self, envelopes: Sequence[Envelope], transaction: Transaction) -> Sequence[Outcome]:
        if self.down:
            raise Transient("đích không trả lời")
        self.got += [envelope.subject for envelope in envelopes]
        return [Done(envelope) for envelope in envelopes]


class Forked:
    """One source, one route, and two sinks: `sink.all` receives every event but x, `sink.some` names with b."""

    conditions: Mapping[str, str] = {"sink.all": 'subject != "x"', "sink.some": 'subject.contains("b")'}

    def __init__(self, data: Path, name: str) -> None:
        self.clock = ReplayClock(DAY)
        self.database = open_embedded(data)
        self.ledger = SqlLedger(self.database, self.clock)
        self.source, self.sinks = ListSource(), {"sink.all": Kept(), "sink.some": Kept()}
        self.name, self.starts = name, 0
        self.start(self.conditions)

    def start(self, conditions: Mapping[str, str]) -> None:
        """A new process on the same data; the queues of the one before are gone."""
        self.starts += 1
        self.broker = KombuBroker("memory://", self.clock, name=f"{self.name}{self.starts}")
        route = route_stage(
            "route.a",
            Pipeline(None, [], select(conditions)),
            retry=RETRY,
            to=tuple(self.sinks),
            announce=False,
        )
        sinks = [sink_stage(name, sink, RETRY) for name, sink in self.sinks.items()]
        self.stages = {stage.name: stage for stage in (route, *sinks)}
        self.broker.declare(list(self.stages), RETRY.rungs)
        self.recovery = Recovery(self.stages, broker=self.broker, ledger=self.ledger, clock=self.clock)
        self.poller = Poller(
            "igate",
            self.source,
            ("route.a",),
            broker=self.broker,
            ledger=self.ledger,
            clock=self.clock,
            bundle_size=10,
        )

    def receive(self, *names: str) -> None:
        self.source.names = list(names)
        self.poller.poll(NOT_STOPPED)

    def work(self, *stages: str) -> None:
        """Serve these stages, or all, until nothing is ready."""
        for name in stages or self.stages:
            worker = Worker(self.stages[name], broker=self.broker, ledger=self.ledger, clock=self.clock)
            consumer = self.broker.consume(name)
            while (delivery := consumer.next(timedelta(0))) is not None:
                serve(worker, delivery)
            consumer.close()

    def account(self) -> Account:
        balance = self.ledger.balance()
        assert balance.faults == ()
        assert list(self.ledger.verify()) == []
        return balance.sources["igate"]


@pytest.fixture
def forked(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Forked]:
    bus = Forked(tmp_path, request.node.name)
    yield bus
    bus.broker.close()
    bus.database.dispose()


def test_each_sink_receives_the_events_of_its_condition_and_the_balance_holds(forked: Forked) -> None:
    forked.receive("a", "b", "xb", "x")
    forked.work()
    assert forked.sinks["sink.all"].got == ["a", "b", "xb"]
    assert forked.sinks["sink.some"].got == ["b", "xb"]
    assert [entry.to for entry in forked.ledger.trail("a") if entry.stage == "route.a"] == [("sink.all",)]
    assert [entry.to for entry in forked.ledger.trail("b") if entry.stage == "route.a"] == [("sink.all", "sink.some")]
    assert [entry.verdict for entry in forked.ledger.trail("x")] == ["received", "dropped"]
    account = forked.account()
    assert (account.received, account.dropped, account.in_flight) == (4, 1, 0)
    stages = forked.ledger.balance().stages
    assert (stages["sink.all"].delivered, stages["sink.some"].delivered) == (3, 2)


@pytest.mark.parametrize("done_before_the_crash", [(), ("route.a",), ("route.a", "sink.all"), ("route.a", "sink.some")])
def test_after_a_crash_each_sink_receives_the_events_of_its_condition_once(
    forked: Forked, done_before_the_crash: tuple[str, ...]
) -> None:
    forked.receive("a", "b", "xb", "x")
    for stage in done_before_the_crash:
        forked.work(stage)
    forked.broker.close()
    forked.start(forked.conditions)
    forked.recovery.run(NOT_STOPPED)
    forked.work()
    assert sorted(forked.sinks["sink.all"].got) == ["a", "b", "xb"]
    assert sorted(forked.sinks["sink.some"].got) == ["b", "xb"]
    assert forked.account().in_flight == 0


def test_an_event_that_waits_for_a_sink_whose_condition_changed_is_parked_there_with_the_reason(forked: Forked) -> None:
    forked.receive("a", "b")
    forked.sinks["sink.some"].down = True
    forked.work()
    forked.broker.close()
    forked.start({"sink.all": "true", "sink.some": 'subject == "c"'})
    forked.recovery.run(NOT_STOPPED)
    (letter,) = forked.ledger.letters()
    assert (letter.stage, letter.envelope.subject, letter.error) == ("sink.some", "b", "RouteChanged")
    assert "`when`" in letter.reason
    assert forked.account().in_flight == 0
