"""The open alarms of a project's sinks, for the doctor and for monitoring."""

from collections.abc import Iterator
from dataclasses import dataclass

from lienthong.adapters.sql.database import Database
from lienthong.configuration.resolve import make_part, sinks_with
from lienthong.ports import Clock, Site
from lienthong.ports.alarms import OpenAlarms, RaisesAlarms
from lienthong.settings import Settings


@dataclass(frozen=True, slots=True)
class SinkAlarms:
    """Open alarms of one kind, and the sink that raised them."""

    sink: str
    alarms: OpenAlarms


def find_alarms(settings: Settings, database: Database, clock: Clock) -> Iterator[SinkAlarms]:
    """The open alarms of every sink that raises some. Raises `Transient` when the database does not answer."""
    for sink in sinks_with("open_alarms", settings):
        raising: RaisesAlarms = make_part(sink, settings, Site(clock, database))
        yield from (SinkAlarms(sink.name, found) for found in raising.open_alarms())
