"""A ledger and a data store that have a history, and its replay, over one database."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Engine, func, select

from lienthong.adapters.clock import ReplayClock
from lienthong.adapters.sql.history import SqlHistory
from lienthong.adapters.sql.ledger import SqlLedger
from lienthong.adapters.sql.schema import entries
from lienthong.dead_letters.rate_limit import RateLimiter
from lienthong.envelope import Bundle, Envelope
from lienthong.maintenance.history_replay import Ground, HistoryReplay, Tell
from lienthong.ports import Site
from lienthong.ports.history import HistoryRange, HistoryRun
from lienthong.processing.effects import plan_effects
from lienthong.processing.stage import Stage, sink_stage
from lienthong.retry import RetryPolicy
from store import tables
from store.writer import DataStore
from tests.events import DAY
from tests.history.planted import SINK, SOURCE

OF = HistoryRange(SOURCE, "2023-11-01", "2023-11-02")
COMPARED = (tables.dossiers, tables.dossier_versions)


@dataclass
class HistoryBus:
    """The parts of a bus that matter here."""

    database: Engine
    clock: ReplayClock

    @property
    def ledger(self) -> SqlLedger:
        return SqlLedger(self.database, self.clock)

    @property
    def history(self) -> SqlHistory:
        return SqlHistory(self.database)

    def store(self, database: Engine | None = None) -> DataStore:
        return DataStore(Site(self.clock, database or self.database), happenings=True, match_payments=True)

    def live(self, events: Sequence[Envelope], route: Stage, *, size: int = 500) -> None:
        """Receive events and take them through the route and the sink, as the bus does."""
        ledger, sink = self.ledger, sink_stage(SINK, self.store(), RetryPolicy())
        for start in range(0, len(events), size):
            part = events[start : start + size]
            with ledger.transaction() as transaction:
                transaction.receive(part, source=SOURCE, to=(route.name,), cursor={})
            bundles = self._work(route, Bundle(route.name, tuple(part)))
            for bundle in bundles:
                self._work(sink, Bundle.from_wire(bundle.queue, bundle.body(), bundle.headers()))

    def _work(self, stage: Stage, bundle: Bundle) -> Sequence[Bundle]:
        with self.ledger.transaction() as transaction:
            outcomes = stage.handle(bundle.envelopes, transaction)
            effects = plan_effects(stage, bundle, outcomes, now=self.clock.now())
            transaction.record(effects.entries, effects.letters)
        return effects.bundles

    def replay(self, route: Stage, *, page: int = 40, tell: Tell = lambda _: None) -> HistoryRun:
        """Begin or go on with the replay of all, in pages of this many events."""
        run = self.history.open_run(OF)
        if run is None:
            begun = HistoryRun(0, OF, self.history.size(OF).last, "An", "thử", self.clock.now())
            with self.ledger.transaction() as transaction:
                number = self.history.begin(begun, transaction)
            run = next(one for one in self.history.runs() if one.number == number)
        ground = Ground([route], {SINK: self.store()}, self.ledger.transaction)
        return HistoryReplay(self.history, ground, rate_limiter=at_rate(page), tell=tell).carry_out(run, lambda: False)

    def trial(self, route: Stage, copy: Engine, *, page: int = 40) -> HistoryRun:
        """The same on a copy of the store."""
        run = HistoryRun(0, OF, self.history.size(OF).last, "", "", self.clock.now())
        ground = Ground([route], {SINK: self.store(copy)}, SqlLedger(copy, self.clock).transaction, records=False)
        return HistoryReplay(self.history, ground, rate_limiter=at_rate(page), tell=lambda _: None).carry_out(
            run, lambda: False
        )

    def times_redone(self) -> Counter[int]:
        """By how often an event was made again at the sink, how many events."""
        of_event = select(func.count()).where(entries.c.verdict == "redone", entries.c.stage == SINK)
        with self.database.connect() as connection:
            return Counter(connection.scalars(of_event.group_by(entries.c.event_id)))


def at_rate(page: int) -> RateLimiter:
    """Allows pages of this many events, and waits by a clock that goes on by itself."""
    now = [DAY]

    class _Clock:
        def now(self) -> datetime:
            return now[0]

    def pause(span: timedelta) -> None:
        now[0] += span

    return RateLimiter(float(page), _Clock(), pause)


def rows_of(database: Engine) -> dict[str, list[tuple[Any, ...]]]:
    """The rows of the dossiers and of their history, in the order of the keys."""
    with database.connect() as connection:
        return {
            table.name: [tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key))]
            for table in COMPARED
        }


def expected_rows(database: Engine, events: Sequence[Envelope], clock: ReplayClock) -> dict[str, list[tuple[Any, ...]]]:
    """The same of a store, new and in `database`, that is given these events."""
    sink = DataStore(Site(clock, database))
    transaction: Callable[[], Any] = SqlLedger(database, clock).transaction
    for start in range(0, len(events), 500):
        with transaction() as opened:
            sink.deliver(events[start : start + 500], opened)
    return rows_of(database)
