"""The replay of history: tried on a copy of the store, and carried out."""

import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from lienthong.adapters.clock import SystemClock
from lienthong.adapters.sql.history import SqlHistory
from lienthong.adapters.sql.ledger import SqlLedger
from lienthong.adapters.sql.store_copy import StoreCopy, copy_store, row_changes
from lienthong.configuration.personal import all_personal_keys
from lienthong.configuration.resolve import make_part, sinks_with
from lienthong.dead_letters.rate_limit import RateLimiter
from lienthong.errors import Transient, WrongUse
from lienthong.maintenance.history_replay import Ground, HistoryReplay, Tell
from lienthong.messages import Message, message
from lienthong.operations.history_preview import FigureChange, TableChange, summarise
from lienthong.operations.migrations import migration_packages
from lienthong.ports.history import HistoryRange, HistoryRun, HistorySize, KeepsState, Tally
from lienthong.ports.reports import EditionFilter, KeepsEditions
from lienthong.processing.stage import Stage
from lienthong.route import Enrich, Route, parse_origin
from lienthong.runtime.acts import Acting, OperatorAct, record_act
from lienthong.runtime.composition import Storage, open_storage
from lienthong.runtime.configured_reports import ConfiguredReports
from lienthong.runtime.existing_storage import require_ledger
from lienthong.runtime.project import Project
from lienthong.runtime.stages import make_lookups, make_route_stage, make_work
from lienthong.runtime.world import Playing, ledger_world
from lienthong.settings import Settings
from lienthong.topology import sink_queue

SOURCE = "history.replays"
"""The source and the stage of the acts. No source of a project has a dot in its name."""

_FOLDER = "history-trial-"


@dataclass(frozen=True, slots=True)
class Preview:
    """What a run would do. `open_run`: one of the same range that was begun and not ended, which would go on."""

    of: HistoryRange
    size: HistorySize
    open_run: HistoryRun | None
    tally: Tally
    tables: Sequence[TableChange]
    figures: Sequence[FigureChange]
    reports: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class HistoryRuns:
    """The history of one project. `folder` is where copies of the store are made."""

    storage: Storage
    folder: Path

    @property
    def history(self) -> SqlHistory:
        """The events and runs of the ledger."""
        return SqlHistory(self.storage.database)

    def preview(self, of: HistoryRange, *, periods: Sequence[str] = (), tell: Tell = lambda _: None) -> Preview:
        """Carry out the run on a copy of the store, and compare. Nothing else is changed.

        `periods`: months of which every report is compared, besides the reports that have an edition.
        """
        _refuse_wrong_range(of, self.storage.settings)
        size, open_run = self.history.size(of), self.history.open_run(of)
        with _alone(self.storage), _trial_copy(self.storage, self.folder) as copy:
            trial = replace(self.storage, database=copy.after, ledger=SqlLedger(copy.after, self.storage.clock))
            run = open_run or self._new_run(of, size, who="", why="")
            replay = HistoryReplay(
                self.history, _ground(self.storage, trial, of.source), rate_limiter=self._rate(None), tell=tell
            )
            ended = replay.carry_out(run, lambda: False)
            tables = summarise(row_changes(copy), all_personal_keys(self.storage.settings))
            wanted = self._closed_reports(periods)
            figures = [one for report, period in wanted for one in self._figures(copy, trial, report, period)]
        return Preview(of, size, open_run, ended.tally, tables, figures, wanted)

    def carry_out(self, of: HistoryRange, acting: Acting, *, rate: float | None, tell: Tell) -> HistoryRun:
        """Begin a run, or go on with the one that was begun. Raises `WrongUse` while another process does so."""
        _refuse_wrong_range(of, self.storage.settings)
        with _alone(self.storage):
            run = self.history.open_run(of) or self._begin(of, acting)
            ground = _ground(self.storage, self.storage, of.source, records=True)
            replay = HistoryReplay(self.history, ground, rate_limiter=self._rate(rate), tell=tell)
            run = replay.carry_out(run, lambda: False)
            return self._end(run, acting)

    def _begin(self, of: HistoryRange, acting: Acting) -> HistoryRun:
        size = self.history.size(of)
        run = self._new_run(of, size, who=str(acting.person), why=acting.why)
        with self.storage.ledger.transaction() as transaction:
            run = replace(run, number=self.history.begin(run, transaction))
            what = message("history of {source} from {first} to before {end} is replayed", **of._asdict())
            facts = {**of._asdict(), "events": size.events, "last": size.last}
            act = _act(run, "history-replay-begun", facts, what)
            record_act(act, acting, transaction, self.storage.clock.now())
        return run

    def _end(self, run: HistoryRun, acting: Acting) -> HistoryRun:
        run = replace(run, ended_at=self.storage.clock.now())
        with self.storage.ledger.transaction() as transaction:
            self.history.advance(run, transaction)
            what = message("history of {source} was replayed", source=run.of.source)
            act = _act(run, "history-replay-ended", asdict(run.tally), what)
            record_act(act, acting, transaction, self.storage.clock.now())
        with suppress(Transient):
            self.storage.ledger.keep_sums()
        return run

    def _new_run(self, of: HistoryRange, size: HistorySize, *, who: str, why: str) -> HistoryRun:
        return HistoryRun(0, of, size.last, who, why, self.storage.clock.now())

    def _rate(self, rate: float | None) -> RateLimiter:
        import time

        return RateLimiter(rate, self.storage.clock, lambda span: time.sleep(span.total_seconds()))

    def _closed_reports(self, periods: Sequence[str]) -> Sequence[tuple[str, str]]:
        """The reports and periods that have an edition, and every report of `periods`."""
        keeper = self._keeper()
        kept: Iterable[Mapping[str, Any]] = keeper.editions(EditionFilter()) if keeper is not None else ()
        closed = {(one["report"], one["period"]) for one in kept if one["report"] in self.storage.settings.reports}
        asked = {(report, period) for report in self.storage.settings.reports for period in periods}
        return sorted(closed | asked)

    def _figures(self, copy: StoreCopy, trial: Storage, report: str, period: str) -> Iterator[FigureChange]:
        keeper = self._keeper()
        if keeper is None:
            return
        before = ConfiguredReports(replace(trial, database=copy.before)).build(report, period)
        after = ConfiguredReports(trial).build(report, period)
        for one in keeper.document_changes(before, after):
            yield FigureChange(report, period, one["path"], one["before"], one["after"])

    def _keeper(self) -> KeepsEditions | None:
        for sink in sinks_with("editions", self.storage.settings):
            keeper: KeepsEditions = make_part(sink, self.storage.settings, self.storage.site)
            return keeper
        return None


def _act(run: HistoryRun, kind: str, facts: Mapping[str, Any], what: Message) -> OperatorAct:
    return OperatorAct(SOURCE, kind, f"history-replay/{run.number}", {"run": run.number, **facts}, what)


@contextmanager
def open_history(project: Project) -> Iterator[HistoryRuns]:
    """The history of a project, over the database that is there. Raises `NoLedger`, and `Misconfigured`."""
    endpoints = require_ledger(project)
    with closing(open_storage(project.settings(), endpoints, SystemClock())) as storage:
        yield HistoryRuns(storage, endpoints.data)


def state_sinks(settings: Settings) -> Sequence[str]:
    """The names of the sinks that keep state: their classes have `restate`, and their files allow repetitions."""
    return [sink.name for sink in sinks_with("restate", settings) if sink.replay == "idempotent"]


def _ground(real: Storage, of: Storage, source: str, *, records: bool = False) -> Ground:
    """The routes and sinks over the database of `of`. In the world of a recording nothing outside is asked."""
    playing = Playing() if ledger_world(real.database) == "recording" else None
    routes = _routes(of.settings, source)
    names = {step.lookup for route in routes for step in route.steps if isinstance(step, Enrich)}
    lookups = make_lookups(of, playing, sorted(names))
    stages: list[Stage] = [
        make_route_stage(route, make_work(route, of.settings, lookups), of.settings) for route in routes
    ]
    sinks: dict[str, KeepsState] = {
        sink_queue(name): make_part(of.settings.sinks[name], of.settings, of.site) for name in state_sinks(of.settings)
    }
    return Ground(stages, sinks, of.ledger.transaction, records=records)


def _routes(settings: Settings, source: str) -> Sequence[Route]:
    """The routes of a source that lead to a sink which keeps state."""
    kept = set(state_sinks(settings))
    return [route for route in settings.routes_from(source) if kept.intersection(route.to)]


def _refuse_wrong_range(of: HistoryRange, settings: Settings) -> None:
    if parse_origin(of.source).door not in ("source", "inbox"):
        raise WrongUse(
            message(
                "{source} cannot be replayed: only events of sources and inboxes are kept as they were received",
                source=of.source,
            )
        )
    if not settings.routes_from(of.source):
        sources = ", ".join(sorted({route.source for route in settings.routes.values() if _is_received(route)}))
        raise WrongUse(
            message("no route begins with {source}; there are: {sources}", source=of.source, sources=sources)
        )
    if not _routes(settings, of.source):
        raise WrongUse(
            message(
                "no route of {source} leads to a sink that keeps state; these do: {sinks}",
                source=of.source,
                sinks=", ".join(state_sinks(settings)) or "-",
            )
        )


def _is_received(route: Route) -> bool:
    return route.origin.door in ("source", "inbox")


@contextmanager
def _alone(storage: Storage) -> Iterator[None]:
    with storage.ledger.lease("history-replay") as ours:
        if not ours:
            raise WrongUse(message("another process is replaying history; one does it at a time"))
        yield


@contextmanager
def _trial_copy(storage: Storage, folder: Path) -> Iterator[StoreCopy]:
    """A copy of the store in the data directory. What a process that was killed left there is removed first."""
    for left in folder.glob(f"{_FOLDER}*"):
        shutil.rmtree(left, ignore_errors=True)
    place = Path(tempfile.mkdtemp(prefix=_FOLDER, dir=folder))
    copy = None
    try:
        copy = copy_store(storage.database, migration_packages(storage.settings.bus), place)
        yield copy
    finally:
        if copy is not None:
            copy.close()
        shutil.rmtree(place, ignore_errors=True)
