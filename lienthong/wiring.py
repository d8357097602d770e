"""The composition root: names in YAML become objects here, once, and nowhere else."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Engine

from lienthong.adapters.hands import FileHands
from lienthong.adapters.kombu_broker import KombuBroker
from lienthong.adapters.sql.database import open_database
from lienthong.adapters.sql.desk import desk_over
from lienthong.adapters.sql.ledger import SqlLedger
from lienthong.configuration.resolve import made, pipeline_of
from lienthong.dead_letters.box import Desk
from lienthong.errors import LienthongError
from lienthong.intake import Intake
from lienthong.places import Places
from lienthong.ports import Broker, Clock, Ledger, Site
from lienthong.recovery import Recovery
from lienthong.report import Report
from lienthong.roles import role_of
from lienthong.settings import Settings
from lienthong.stage import Stage, route_stage, sink_stage
from lienthong.topology import queue_of_route, queue_of_sink, topology_of
from lienthong.worker import Observe, Worker


@dataclass(frozen=True, slots=True)
class Books:
    """What may be looked at without starting anything: the ledger, and the database the reports read."""

    settings: Settings
    clock: Clock
    database: Engine
    ledger: Ledger

    @property
    def site(self) -> Site:
        return Site(self.clock, self.database)

    @property
    def desk(self) -> Desk:
        """Where operators work on dead letters."""
        return desk_over(self.database, self.ledger, self.clock)

    def routes(self) -> Mapping[str, Stage]:
        """The routes' stages by name: what they make of an event can be seen without a broker."""
        return {stage.name: stage for stage in _routes(self)}

    def report(self, name: str) -> Report:
        """The report of config/reports/`name`.yaml. Raises KeyError for a name that is not there."""
        settings = self.settings.reports[name]
        report: Report = made(settings.use, self.site, settings.parameters, self.settings.tables)
        return report

    def close(self) -> None:
        self.database.dispose()


@dataclass(frozen=True, slots=True)
class Bus:
    """Everything that runs, not yet running."""

    books: Books
    broker: Broker
    stages: Mapping[str, Stage]
    workers: Sequence[Worker]
    intakes: Sequence[Intake]
    recovery: Recovery

    def close(self) -> None:
        self.broker.close()
        self.books.close()


def open_books(settings: Settings, places: Places, clock: Clock) -> Books:
    """The ledger and the store of a data directory; both are made if they are not there."""
    places.data.mkdir(parents=True, exist_ok=True)
    database = open_database(places.database_url())
    return Books(settings, clock, database, SqlLedger(database, clock))


def build(
    settings: Settings,
    places: Places,
    clock: Clock,
    observe: Observe = lambda _: None,
    *,
    only: str | None = None,
    halting: bool = True,
) -> Bus:
    """Everything a configuration describes, or the role `only` names (see `role_of`).

    Without `halting` a stage goes on however many dead letters it makes: what is played is finite.

    `settings` was checked: a name that does not resolve is a bug here.
    """
    books = open_books(settings, places, clock)
    stages = {stage.name: stage for stage in (*_routes(books), *_sinks(books))}
    broker = _broker(settings, places, clock)
    role = role_of(only, stages)
    hands = FileHands(places.data / "hands") if broker.durable else None
    halt_after = settings.bus.halt_after if halting else None
    workers = [
        Worker(stage, broker, books.ledger, clock, observe, halt_after=halt_after, quarantine=quarantine, hands=hands)
        for stage in stages.values()
        if role.serves(stage.name)
        for quarantine in ((False, True) if broker.durable else (False,))  # else nothing comes back after a crash
    ]
    read = [name for name in settings.sources if role.intake and settings.routes_from(name)]
    intakes = [_intake(name, books, broker, observe) for name in read]
    recovery = Recovery(stages, broker=broker, ledger=books.ledger, clock=clock, bundle_size=settings.bus.bundle_size)
    return Bus(books, broker, stages, workers, intakes, recovery)


def on_rabbitmq(places: Places) -> bool:
    """Whether the broker's URL is one of AMQP's."""
    return places.broker.startswith(("amqp://", "amqps://"))


def _broker(settings: Settings, places: Places, clock: Clock) -> Broker:
    """The broker the URL names, with everything declared. Raises `Transient` or `Misconfigured` if it will not."""
    broker: Broker
    if on_rabbitmq(places):
        from lienthong.adapters.rabbitmq.broker import RabbitBroker

        broker = RabbitBroker(places.broker, room=settings.bus.room)
    else:
        broker = KombuBroker(places.broker, clock, room=settings.bus.room)
    topology = topology_of(settings)
    try:
        broker.declare(topology.queues, topology.rungs)
    except LienthongError:
        broker.close()
        raise
    return broker


def _routes(books: Books) -> Sequence[Stage]:
    settings = books.settings
    lookups = {
        name: made(lookup.use, books.site, lookup.parameters, settings.tables)
        for name, lookup in settings.lookups.items()
    }
    return [
        route_stage(
            queue_of_route(route.name),
            pipeline_of(route, settings, lookups),
            route.retry,
            tuple(queue_of_sink(sink) for sink in route.to),
            announce=route.announce,
        )
        for route in settings.routes.values()
    ]


def _sinks(books: Books) -> Sequence[Stage]:
    return [
        sink_stage(queue_of_sink(name), made(sink.use, books.site, sink.parameters, books.settings.tables), sink.retry)
        for name, sink in books.settings.sinks.items()
    ]


def _intake(name: str, books: Books, broker: Broker, observe: Observe) -> Intake:
    settings = books.settings
    source = settings.sources[name]
    return Intake(
        name,
        made(source.use, books.site, source.parameters, settings.tables),
        tuple(queue_of_route(route.name) for route in settings.routes_from(name)),
        broker=broker,
        ledger=books.ledger,
        clock=books.clock,
        observe=observe,
        bundle_size=settings.bus.bundle_size,
    )
