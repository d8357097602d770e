"""A small bus whose letters die on demand: one source, one route, two sinks, served in the test's own thread."""

import threading
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from lienthong.accounts import Account
from lienthong.adapters.clock import ReplayClock
from lienthong.adapters.kombu_broker import KombuBroker
from lienthong.adapters.sql.database import open_database
from lienthong.adapters.sql.desk import desk_over
from lienthong.adapters.sql.ledger import SqlLedger
from lienthong.dead_letters.box import Line, Run, Wanted
from lienthong.dead_letters.frozen import FrozenSet, Rules, freeze
from lienthong.dead_letters.pace import Pace
from lienthong.dead_letters.person import Person
from lienthong.dead_letters.replay import Manner, Replay
from lienthong.envelope import Envelope, canonical, derive_id, digest
from lienthong.outcome import Dead, Done, Later, Outcome
from lienthong.places import Places
from lienthong.ports import Transaction
from lienthong.recovery import Recovery
from lienthong.retry import RetryPolicy
from lienthong.settings import SinkSettings
from lienthong.stage import Stage
from lienthong.worker import Worker
from tests.events import DAY

RETRY = RetryPolicy((timedelta(seconds=5), timedelta(minutes=1)), attempts=3)
LAN, MINH = Person("lan", "lan"), Person("minh", "minh")
SINKS = {name: SinkSettings(name, "a.B") for name in ("store", "sms")}


class Office:
    """`bad` kinds die at the route, `refused` kinds at a sink, `slow` kinds wait there; `got` is what arrived."""

    def __init__(self, data: Path, name: str) -> None:
        self.clock = ReplayClock(DAY)
        self.database = open_database(Places(data).database_url())
        self.ledger = SqlLedger(self.database, self.clock)
        self.desk = desk_over(self.database, self.ledger, self.clock)
        self.bad, self.refused, self.slow = {"bad"}, {"refused"}, {"slow"}
        self.got: list[tuple[str, Mapping[str, Any]]] = []
        self.paused: list[timedelta] = []
        self.name, self.lives = name, 0
        self.start()

    def start(self) -> None:
        """A new process on the same data: whatever the queues held is gone."""
        self.lives += 1
        self.broker = KombuBroker("memory://", self.clock, name=f"{self.name}{self.lives}")
        stages = (
            Stage("route.a", self._route, RETRY, to=("sink.store",)),
            Stage("sink.store", self._sink, RETRY),
            Stage("sink.sms", self._sink, RETRY),
        )
        self.stages = {stage.name: stage for stage in stages}
        self.broker.declare(list(self.stages), RETRY.rungs)
        self.workers = {
            name: Worker(stage, self.broker, self.ledger, self.clock, lambda _: None)
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
            else Done(e.with_data("paper.v1", {**e.data, "made": True}))
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
        """Take events of a kind in, and work."""
        events = []
        for name in names:
            body = {"kind": kind, "name": name, **more}
            now = self.clock.now()
            events.append(
                Envelope(derive_id("igate", name, digest(canonical(body))), "paper.seen", "igate", name, now, now, body)
            )
        with self.ledger.transaction() as transaction:
            transaction.take(events, "source.igate", (to,), {})
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
                    self.workers[name].handle(delivery.bundle)
                    delivery.ack()
                    again = True

    def parked(self) -> list[Line]:
        return list(self.desk.letters.lines(Wanted()))

    def freeze(self, wanted: Wanted | None = None, *, repeats: bool = False) -> FrozenSet:
        rules = Rules(self.stages, SINKS, repeats=repeats)
        return freeze(self.desk.letters.lines(wanted or Wanted()), rules)

    def replay(self, frozen: FrozenSet | None = None, *, rate: float | None = None, **manner: int) -> Run:
        """Replay a set, everything by default, and work until it is at rest. Pauses move the clock."""
        pace = Pace(rate, self.clock, self._pause)
        replay = Replay(self.desk, self.broker, Manner(**manner), pace, who=LAN, rest=lambda _: self.work())
        return replay.run(frozen or self.freeze())

    def _pause(self, span: timedelta) -> None:
        self.paused.append(span)
        self.clock.move_to(self.clock.now() + span)

    def account(self) -> Account:
        """The balance of the source; the ledger adds up and proves itself, whatever was done."""
        balance = self.ledger.balance()
        assert balance.faults == ()
        assert list(self.ledger.verify()) == []
        return balance.sources["igate"]

    def story(self, name: str, stage: str = "route.a") -> list[tuple[str, str]]:
        """What was said of an event at a stage, and by whom."""
        return [(entry.verdict, entry.who) for entry in self.ledger.trail(name) if entry.stage == stage]
