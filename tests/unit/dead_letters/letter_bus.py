"""A small bus whose letters die on demand: one source, one route, two sinks, served in the test's own thread."""

import threading
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from lienthong.adapters.clock import ReplayClock
from lienthong.adapters.kombu import KombuBroker
from lienthong.adapters.sql.ledger import SqlLedger
from lienthong.adapters.sql.letter_store import make_letter_store
from lienthong.dead_letters.actor import Actor
from lienthong.dead_letters.model import LetterFilter, LetterSummary, ReplayRun
from lienthong.dead_letters.rate_limit import RateLimiter
from lienthong.dead_letters.replay import Replay, ReplayOptions
from lienthong.dead_letters.replay_set import ReplayRules, ReplaySet, freeze
from lienthong.envelope import Envelope, canonical_json, derive_id, digest
from lienthong.ledger.records import Account
from lienthong.outcome import Dead, Done, Later, Outcome
from lienthong.ports import Transaction
from lienthong.processing.recovery import Recovery
from lienthong.processing.stage import Stage
from lienthong.processing.worker import Worker
from lienthong.retry import RetryPolicy
from lienthong.settings import SinkSettings
from tests.databases import open_embedded
from tests.events import DAY
from tests.workers import serve

RETRY = RetryPolicy((timedelta(seconds=5), timedelta(minutes=1)), attempts=3)
LAN, MINH = Actor("lan", "lan"), Actor("minh", "minh")
SINKS = {name: SinkSettings(name=name, use="a.B") for name in ("store", "sms")}


class LetterBus:
    """Events of the kinds in `bad` die at the route; `refused` kinds die and `slow` kinds wait at a sink.

    `got` are the name and data of every delivered event.
    """

    def __init__(self, data: Path, name: str) -> None:
        self.clock = ReplayClock(DAY)
        self.database = open_embedded(data)
        self.ledger = SqlLedger(self.database, self.clock)
        self.letter_store = make_letter_store(self.database, self.ledger, self.clock)
        self.bad, self.refused, self.slow = {"bad"}, {"refused"}, {"slow"}
        self.got: list[tuple[str, Mapping[str, Any]]] = []
        self.paused: list[timedelta] = []
        self.name, self.starts = name, 0
        self.start()

    def start(self) -> None:
        """A new process on the same data; the queues of the one before are gone."""
        self.starts += 1
        self.broker = KombuBroker("memory://", self.clock, name=f"{self.name}{self.starts}")
        stages = (
            Stage("route.a", self._route, RETRY, to=("sink.store",)),
            Stage("sink.store", self._sink, RETRY),
            Stage("sink.sms", self._sink, RETRY),
        )
        self.stages = {stage.name: stage for stage in stages}
        self.broker.declare(list(self.stages), RETRY.rungs)
        self.workers = {
            name: Worker(stage, broker=self.broker, ledger=self.ledger, clock=self.clock, halt_after=None)
            for name, stage in self.stages.items()
        }
        self.consumers = {name: self.broker.consume(name) for name in self.stages}

    def close(self) -> None:
        self.broker.close()
        self.database.dispose()

    def _route(self, envelopes: Sequence[Envelope], _: Transaction) -> Sequence[Outcome]:
        return [
            Dead(f"loại “{e.data['kind']}{e.subject}” không có trong danh mục", field="kind")
            if e.data["kind"] in self.bad
            else Done(e.with_data("paper.v1", {**e.data, "routed": True}))
            for e in envelopes
        ]

    def _sink(self, envelopes: Sequence[Envelope], _: Transaction) -> Sequence[Outcome]:
        outcomes: list[Outcome] = []
        for each in envelopes:
            if each.data["kind"] in self.refused:
                outcomes.append(Dead("đích không nhận"))
            elif each.data["kind"] in self.slow:
                outcomes.append(Later("đích bận"))
            else:
                self.got.append((each.subject, each.data))
                outcomes.append(Done(each))
        return outcomes

    def receive(self, kind: str, *names: str, to: str = "route.a", **more: Any) -> None:
        """Receive events of a kind, and serve the stages."""
        events = []
        for name in names:
            body = {"kind": kind, "name": name, **more}
            now = self.clock.now()
            events.append(
                Envelope(
                    derive_id("igate", name, digest(canonical_json(body))), "paper.seen", "igate", name, now, now, body
                )
            )
        with self.ledger.transaction() as transaction:
            transaction.receive(events, source="igate", to=(to,), cursor={})
        self.recover()
        self.work()

    def recover(self) -> int:
        recovery = Recovery(self.stages, broker=self.broker, ledger=self.ledger, clock=self.clock)
        return recovery.run(threading.Event())

    def work(self, *stages: str) -> None:
        """Serve until nothing is ready."""
        again = True
        while again:
            again = False
            for name in stages or self.stages:
                delivery = self.consumers[name].next(timedelta(0))
                if delivery is not None:
                    serve(self.workers[name], delivery)
                    again = True

    def parked(self) -> list[LetterSummary]:
        return list(self.letter_store.letters.search(LetterFilter()))

    def freeze(self, letter_filter: LetterFilter | None = None, *, repeats: bool = False) -> ReplaySet:
        rules = ReplayRules(self.stages, SINKS, allow_repeats=repeats)
        return freeze(self.letter_store.letters.search(letter_filter or LetterFilter()), rules)

    def replay(self, replay_set: ReplaySet | None = None, *, rate: float | None = None, **options: int) -> ReplayRun:
        """Replay a set, by default of all parked letters. A pause moves the clock."""
        replay = Replay(
            self.letter_store,
            self.broker,
            options=ReplayOptions(**options),
            rate_limiter=RateLimiter(rate, self.clock, self._pause),
            who=LAN,
            wait_for_outcomes=lambda _: self.work(),
        )
        return replay.run(replay_set or self.freeze())

    def _pause(self, span: timedelta) -> None:
        self.paused.append(span)
        self.clock.move_to(self.clock.now() + span)

    def account(self) -> Account:
        """The balance of the source, after a check of the whole ledger."""
        balance = self.ledger.balance()
        assert balance.faults == (), balance.faults
        assert list(self.ledger.verify()) == []
        return balance.sources["igate"]

    def verdicts(self, name: str, stage: str = "route.a") -> list[tuple[str, str]]:
        """The verdicts on an event at a stage, with the operator of each."""
        return [(entry.verdict, entry.who) for entry in self.ledger.trail(name) if entry.stage == stage]
