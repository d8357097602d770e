"""The pollers of a project: one for each source, schedule and inbox that a route begins with."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from lienthong.configuration.schedule_calendars import with_calendar
from lienthong.intake.inbox_poller import InboxPoller
from lienthong.intake.poller import Poller
from lienthong.intake.schedule import Schedule
from lienthong.intake.schedule_poller import SchedulePoller
from lienthong.ports import Broker
from lienthong.processing.observe import Observe
from lienthong.route import parse_origin
from lienthong.runtime.stages import make_from_settings
from lienthong.runtime.world import Playing
from lienthong.settings import ScheduleSettings, Settings
from lienthong.topology import route_queue

if TYPE_CHECKING:
    from lienthong.runtime.composition import Storage


def make_pollers(storage: "Storage", broker: Broker, observe: Observe, playing: Playing | None) -> Sequence[Poller]:
    """The pollers, in the order in which they wait for each other.

    While a recording is played, of the sources only those that it has; and the schedules that are due in recordings,
    from the moment on at which it begins. Nothing is pushed to a recording.
    """
    settings = storage.settings
    polled = [name for name in settings.polling_order() if _is_polled(name, settings, playing)]
    begins = storage.clock.now() if playing is not None else None
    pollers: list[Poller] = []
    for name in polled:
        more: dict[str, Any] = {
            "broker": broker,
            "ledger": storage.ledger,
            "clock": storage.clock,
            "observe": observe,
            "bundle_size": settings.bus.bundle_size,
            "recorded": playing is not None,
            "after": [one for one in settings.awaited_by(name) if one in polled],  # a recording need not have all
        }
        routes = tuple(route_queue(route.name) for route in settings.routes_from(name))
        origin = parse_origin(name)
        if origin.door == "schedule":
            schedule = make_schedule(settings.schedules[origin.name], storage, begins)
            pollers.append(SchedulePoller(name, schedule, routes, **more))
        else:
            pollers.append(_source_poller(name, storage, routes, **more))
    return pollers if playing is not None else [*pollers, *_inbox_pollers(storage, broker, observe)]


def _inbox_pollers(storage: "Storage", broker: Broker, observe: Observe) -> Iterator[Poller]:
    settings = storage.settings
    for inbox in settings.served_inboxes():
        yield InboxPoller(
            inbox.source,
            tuple(route_queue(route.name) for route in settings.routes_from(inbox.source)),
            broker=broker,
            ledger=storage.ledger,
            clock=storage.clock,
            observe=observe,
            bundle_size=settings.bus.bundle_size,
            after=settings.awaited_by(inbox.source),
        )


def make_schedule(schedule: ScheduleSettings, storage: "Storage", begins: datetime | None = None) -> Schedule:
    """The schedule with the days of its tables."""
    return Schedule(with_calendar(schedule, storage.settings.calendars), storage.clock, storage.notices, begins=begins)


def _source_poller(name: str, storage: "Storage", routes: tuple[str, ...], **more: Any) -> Poller:
    source = storage.settings.sources[name]
    # A recording may be played again from its beginning, so it never lists everything.
    lists_everything = source.lists_everything and not more["recorded"]
    connector = make_from_settings(f"source.{name}", source, storage)
    return Poller(name, connector, routes, lists_everything=lists_everything, **more)


def _is_polled(name: str, settings: Settings, playing: Playing | None) -> bool:
    if playing is None:
        return True
    origin = parse_origin(name)
    if origin.door == "schedule":
        return settings.schedules[origin.name].in_recordings
    return playing.plays(settings.sources[name])
