"""The composition root: names in YAML become objects here, once, and nowhere else."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from lienthong.adapters.crash_markers import FileCrashMarkers
from lienthong.adapters.files.opening import open_files
from lienthong.adapters.sql.database import Database, open_database
from lienthong.adapters.sql.group_notes import SqlGroupNotes
from lienthong.adapters.sql.ledger import SqlLedger
from lienthong.adapters.sql.letter_store import make_letter_store
from lienthong.adapters.sql.migrations.runner import prepare
from lienthong.adapters.sql.status import SqlStatusBoard
from lienthong.configuration.resolve import make_part, sinks_with
from lienthong.dead_letters.group_notes import GroupNotes
from lienthong.dead_letters.model import LetterStore
from lienthong.intake.follow_ups import FollowUpPublisher
from lienthong.intake.poller import Poller
from lienthong.maintenance.busy_stages import BusyStages
from lienthong.maintenance.corrections import Corrections
from lienthong.maintenance.file_collection import FileCollection
from lienthong.maintenance.reconciliation import Reconciliation
from lienthong.maintenance.restoration import RestorationWatch
from lienthong.maintenance.upkeep import Upkeep
from lienthong.messages import use_ledger_language
from lienthong.notices import Notices
from lienthong.operations.migrations import migration_packages
from lienthong.ports import Broker, Clock, Files, Ledger, NoFiles, Provable, Site, StatusBoard
from lienthong.processing.admission import Admission
from lienthong.processing.recovery import Recovery
from lienthong.processing.stage import Stage
from lienthong.processing.worker import Observe, Worker
from lienthong.report import Report
from lienthong.requests.publishing import AnswerPublisher
from lienthong.runtime.brokers import open_broker
from lienthong.runtime.configured_reports import ConfiguredReports
from lienthong.runtime.deliveries import Deliveries
from lienthong.runtime.endpoints import Endpoints
from lienthong.runtime.files import make_collection, name_files
from lienthong.runtime.follow_ups import make_publishers, with_follow_ups
from lienthong.runtime.outages import OutageWatch
from lienthong.runtime.pollers import make_pollers
from lienthong.runtime.requests import make_answer_publishers
from lienthong.runtime.roles import parse_role
from lienthong.runtime.stages import make_route_stages, make_sink_stages
from lienthong.runtime.subscriptions import make_deliveries
from lienthong.runtime.world import Playing, World, claim_ledger, ledger_world
from lienthong.settings import Settings
from lienthong.topology import sink_queue


@dataclass(frozen=True, slots=True)
class Storage:
    """What can be read without a running bus: the ledger, the database with the project's tables, and the files."""

    settings: Settings
    clock: Clock
    database: Database
    ledger: Ledger
    notices: Notices = field(default_factory=Notices)
    thorough: bool = False
    files: Files = field(default_factory=NoFiles)

    @property
    def site(self) -> Site:
        """What connectors, lookups and reports are given."""
        reports = ConfiguredReports(self)
        return Site(self.clock, self.database, self.notices, thorough=self.thorough, files=self.files, reports=reports)

    @property
    def letter_store(self) -> LetterStore:
        """The dead letters, on which operators act."""
        return make_letter_store(self.database, self.ledger, self.clock)

    @property
    def group_notes(self) -> GroupNotes:
        """What persons noted on groups of dead letters."""
        return SqlGroupNotes(self.database)

    @property
    def status_board(self) -> StatusBoard:
        """What processes tell operators of themselves."""
        return SqlStatusBoard(self.database, self.ledger)

    def routes(self) -> Mapping[str, Stage]:
        """The stages of the routes, by name. What they make of an event can be seen without a broker."""
        playing = Playing() if ledger_world(self.database) == "recording" else None
        return {stage.name: stage for stage in make_route_stages(self, playing)}

    def report(self, name: str) -> Report:
        """The report of config/reports/`name`.yaml. Raises KeyError for a name that is not there."""
        report: Report = make_part(self.settings.reports[name], self.settings, self.site)
        return report

    def provable_sinks(self) -> Mapping[str, Provable]:
        """By stage, the sinks whose rows the ledger can prove."""
        return {
            sink_queue(sink.name): make_part(sink, self.settings, self.site)
            for sink in sinks_with("verify", self.settings)
        }

    def close(self) -> None:
        self.database.dispose()


@dataclass(frozen=True, slots=True)
class Bus:
    """All parts of a bus, assembled and not yet running; `Runner` runs it."""

    storage: Storage
    broker: Broker
    stages: Mapping[str, Stage]
    workers: Sequence[Worker]
    pollers: Sequence[Poller]
    recovery: Recovery
    upkeep: Upkeep
    corrections: Corrections
    publishers: Sequence[FollowUpPublisher | AnswerPublisher] = ()
    collection: FileCollection | None = None
    deliveries: Deliveries | None = None
    outages: OutageWatch | None = None

    def has_delivered(self) -> bool:
        """Whether nothing is due to subscribers. Waits a moment where something is."""
        return self.deliveries is None or self.deliveries.is_done()

    def close(self) -> None:
        self.broker.close()
        self.storage.close()


def open_storage(
    settings: Settings,
    endpoints: Endpoints,
    clock: Clock,
    *,
    world: World | None = None,
) -> Storage:
    """The ledger, and the database of the project's own tables.

    With `world` the ledger is marked as that of the live bus or of a recording when it has no mark yet; `WrongWorld` is
    raised when it has the other one.

    From now on the process writes to the ledger in the project's language.

    The embedded database is created or upgraded first. On a server, tables that are missing or of another version raise
    `SchemaMismatch`; see `lienthong migrate`.
    """
    use_ledger_language(settings.bus.language)
    endpoints.make_private()
    store = open_files(endpoints.files, endpoints.data)
    database = open_database(endpoints.database_url())
    try:
        prepare(database, migration_packages(settings.bus))
        if world is not None:
            claim_ledger(database, world, clock.now(), place=endpoints.data)
    except BaseException:
        database.dispose()
        raise
    files = name_files(store, database)
    return Storage(settings, clock, database, SqlLedger(database, clock), files=files)


def build(
    settings: Settings,
    endpoints: Endpoints,
    clock: Clock,
    observe: Observe = lambda _: None,
    *,
    only: str | None = None,
    playing: Playing | None = None,
    acting: bool = False,
    thorough: bool = False,
) -> Bus:
    """Assemble the bus that `settings` describes, or the part of it that the role `only` names (see `parse_role`).

    - `observe` is called with the entries that workers and pollers have recorded, for displays.
    - `playing` a recording, only its sources and the schedules are polled and nothing is sent outside; and no stage
      stops itself after many dead letters in a row, because a recording is finite.
    - `thorough`: no poll follows soon (see `Site`); so it is in a recording.
    - `acting` for an operator, the bus goes with the world that the ledger has, and nothing is sent outside for a
      recording's. Otherwise a ledger of the other world is refused (`WrongWorld`).

    `settings` must have been checked: a name that does not resolve is an error of the engine. Raises `UnknownRole`, and
    `Transient` or `Misconfigured` when the broker does not answer or refuses us.
    """
    world: World = "recording" if playing else "live"
    storage = open_storage(settings, endpoints, clock, world=None if acting else world)
    storage = replace(storage, thorough=thorough or playing is not None)
    if acting and ledger_world(storage.database) == "recording":
        playing = Playing()
    every = (*make_route_stages(storage, playing), *make_sink_stages(storage, playing))
    broker = open_broker(settings, endpoints, clock)
    ports: Any = {"broker": broker, "ledger": storage.ledger, "clock": clock}
    stages = with_follow_ups({stage.name: stage for stage in every}, settings, observe=observe, **ports)
    watch = RestorationWatch(broker, storage.ledger)
    watch.enter()
    role = parse_role(only, stages)
    crash_markers = FileCrashMarkers(endpoints.data / "hands") if broker.durable else None
    halt_after = None if playing else settings.bus.halt_after
    workers = [
        Worker(
            stage,
            broker=broker,
            ledger=storage.ledger,
            clock=clock,
            observe=observe,
            halt_after=halt_after,
            quarantine=quarantine,
            crash_markers=crash_markers,
            admission=Admission(stage.name, broker=broker, ledger=storage.ledger),
        )
        for stage in stages.values()
        if role.serves(stage.name)
        for quarantine in (
            (False, True) if broker.durable else (False,)
        )  # without durable queues nothing comes back after a crash
    ]
    pollers = make_pollers(storage, broker, observe, playing) if role.intake else ()
    recovery = Recovery(stages, broker=broker, ledger=storage.ledger, clock=clock, bundle_size=settings.bus.bundle_size)
    reconciliation = Reconciliation(
        stages,
        broker=broker,
        ledger=storage.ledger,
        clock=clock,
        margin=settings.bus.reconcile_after,
        bundle_size=settings.bus.bundle_size,
    )
    return Bus(
        storage,
        broker,
        stages,
        workers,
        pollers,
        recovery,
        Upkeep(watch, reconciliation, BusyStages(storage.ledger, workers)),
        Corrections(stages, storage.ledger),
        (
            *make_publishers(stages, settings, role=role, **ports),
            *make_answer_publishers(stages, settings, role=role, **ports),
        ),
        None if playing else make_collection(storage),
        make_deliveries(storage, broker, is_on=role.intake and not playing),
        OutageWatch(storage) if role.intake and not playing else None,
    )
