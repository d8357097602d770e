"""The configuration as frozen values, after the files were read and checked."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal

from lienthong.access.rules import DEFAULT_ACCESS, AccessRules
from lienthong.calendars.calendar import Calendar
from lienthong.calendars.choice import Calendars
from lienthong.ports import Table
from lienthong.recurrence import Rule
from lienthong.route import Origin, Route
from lienthong.settings.bus import (
    DEFAULT_BUNDLE_SIZE,
    DEFAULT_BUS,
    DEFAULT_HALT_AFTER,
    DEFAULT_MAX_MESSAGE_BYTES,
    DEFAULT_RECONCILE_AFTER,
    DEFAULT_ROOM,
    BusSettings,
)
from lienthong.settings.parts import DEFAULT_REPLAY, InboxSettings, PartSettings, Replay, SinkSettings, SourceSettings
from lienthong.settings.proxies import ProxyHeader as ProxyHeader
from lienthong.settings.proxies import ProxySettings as ProxySettings

__all__ = [
    "DEFAULT_BUNDLE_SIZE",
    "DEFAULT_BUS",
    "DEFAULT_DUE_TYPE",
    "DEFAULT_FILE_BYTES",
    "DEFAULT_HALT_AFTER",
    "DEFAULT_MAX_MESSAGE_BYTES",
    "DEFAULT_RECONCILE_AFTER",
    "DEFAULT_REPLAY",
    "DEFAULT_ROOM",
    "FILE_FIELD",
    "LONGEST_REQUEST",
    "MIGRATION_STEPS",
    "OWN_FIELDS",
    "SCHEDULE_LOOK",
    "BodyKind",
    "BusSettings",
    "InboxSettings",
    "Method",
    "PartSettings",
    "Replay",
    "RequestSettings",
    "ScheduleSettings",
    "Settings",
    "SinkSettings",
    "SourceSettings",
]

MIGRATION_STEPS = "v[0-9][0-9][0-9][0-9]_*.py"
"""The file names of a package's migrations, in its folder `versions/`: `v0001_first_tables.py`, ..."""

DEFAULT_DUE_TYPE = "schedule.due.v1"  # the event type of a due moment
SCHEDULE_LOOK = timedelta(seconds=60)  # how often a schedule is looked at, at least, beside when it is due

LONGEST_WAIT = timedelta(seconds=60)
"""The longest `within` of a request, and budget of a lookup: proxies between a caller and the bus wait no longer."""

OWN_FIELDS = ("client", "answer", "answer_status")
"""What is added to the data of a question's event: the name of the client that asked, what the steps answer, and the
HTTP status that they choose for it, 200 without one."""

FILE_FIELD = "file"  # of a question that a file comes with: see `UploadedFile`

DEFAULT_FILE_BYTES = 25 * 1024 * 1024  # what the national portal takes of one component

BodyKind = Literal["json", "multipart"]
"""What a question is sent as: JSON, or a form with the parts `file` and `metadata`."""

Method = Literal["GET", "POST"]
"""How a question is asked over HTTP."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestSettings:
    """One file of `config/requests/`: a question that the routes `from: {request: NAME}` answer.

    - `method`, `path`: where it is asked over HTTP. `{name}` in the path, and the query of a GET, are fields of it.
    - `accepts`, `answers`: the whole Python names of the pydantic models of the question and of the answer.
    - `within`: the time in which it is answered; later, the caller is asked to try again.
    - `scope`: what a client needs to ask; "" for any client. `is_open`: anybody may ask.
    - `type`: the event type of the question.
    - `body`: what is sent. `max_bytes` and `media_types` are of the file in it; no media types: any.
    - `statuses`: the HTTP statuses that the steps may choose for an answer. `location`: the address of what was made,
      for 201; `{name}` in it is a field of the answer.
    - `problems`: by code, the HTTP status of the refusals that the steps may raise (`NotAccepted`).
    """

    name: str
    path: str
    accepts: str
    answers: str
    within: timedelta
    scope: str = ""
    method: Method = "POST"
    type: str
    description: str = ""
    body: BodyKind = "json"
    max_bytes: int = DEFAULT_FILE_BYTES
    media_types: tuple[str, ...] = ()
    statuses: tuple[int, ...] = (200,)
    location: str = ""
    problems: Mapping[str, int] = field(default_factory=dict, hash=False)
    is_open: bool = False

    @property
    def source(self) -> str:
        """The source of its events."""
        return str(Origin("request", self.name))


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleSettings:
    """One file of `config/schedules/`.

    - `rule`: when it is due. `start`: the first moment that may be due (UTC). `type`: the event type of its moments.
    - `catch_up`: moments that were due longer ago than this, when first looked at, are skipped. None: none is skipped.
    - `only_latest`: of those due at a look, only the last one is recorded. `in_recordings`: due while one is played.
    """

    name: str
    rule: Rule
    start: datetime
    type: str = DEFAULT_DUE_TYPE
    catch_up: timedelta | None = None
    only_latest: bool = False
    in_recordings: bool = True
    description: str = ""

    @property
    def source(self) -> str:
        """The source of its events."""
        return str(Origin("schedule", self.name))


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The whole configuration. Each mapping is by name, sorted by name; what is disabled is not in it.

    `disabled` has the names of the files with `enabled: false`, by kind: `routes`, `sources`, `sinks`, ...
    `own_files`: what the project's own files of config/ state. `folder`: of the project, where relative paths begin.
    """

    bus: BusSettings = DEFAULT_BUS
    access: AccessRules = DEFAULT_ACCESS
    routes: Mapping[str, Route] = field(default_factory=dict)
    sources: Mapping[str, SourceSettings] = field(default_factory=dict)
    inboxes: Mapping[str, InboxSettings] = field(default_factory=dict)
    requests: Mapping[str, RequestSettings] = field(default_factory=dict)
    schedules: Mapping[str, ScheduleSettings] = field(default_factory=dict)
    sinks: Mapping[str, SinkSettings] = field(default_factory=dict)
    lookups: Mapping[str, PartSettings] = field(default_factory=dict)
    reports: Mapping[str, PartSettings] = field(default_factory=dict)
    tables: Mapping[str, Table] = field(default_factory=dict)
    calendars: Mapping[str, Calendar] = field(default_factory=dict)
    own_files: Mapping[str, Any] = field(default_factory=dict)
    disabled: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    folder: Path = Path()

    def working_calendars(self, default: str = "") -> Calendars:
        """The calendars by name and by agency. `default`: that of the agencies which no calendar names."""
        return Calendars(self.calendars.values(), default)

    @property
    def event_types(self) -> frozenset[str]:
        """The event types whose schema is known: of `types` of config/bus.yaml, and of the requests."""
        return frozenset(self.bus.types) | {request.type for request in self.requests.values()}

    def routes_from(self, source: str) -> tuple[Route, ...]:
        """The routes that take their events from `source`."""
        return tuple(route for route in self.routes.values() if route.source == source)

    def served_inboxes(self) -> tuple[InboxSettings, ...]:
        """The inboxes that a route takes its events from. To the others nothing can be pushed."""
        return tuple(inbox for inbox in self.inboxes.values() if self.routes_from(inbox.source))

    def awaited_by(self, source: str) -> tuple[str, ...]:
        """The sources that must be read once to their end before `source` is polled: what its routes come `after`."""
        names = (name for route in self.routes_from(source) for name in route.after)
        return tuple(sorted({self.awaited_source(name) for name in names}))

    def awaited_source(self, name: str) -> str:
        """The source that a name under `after` means: a source itself, or the source of a route."""
        return name if name in self.sources or name not in self.routes else self.routes[name].source

    def polling_order(self) -> tuple[str, ...]:
        """The sources and schedules that routes take events from, by source, but each after those that it awaits."""
        ordered: dict[str, None] = {}

        def add(source: str, path: tuple[str, ...] = ()) -> None:
            for awaited in self.awaited_by(source):
                if awaited not in path:
                    add(awaited, (*path, source))
            ordered.setdefault(source)

        polled = (*self.sources, *(schedule.source for schedule in self.schedules.values()))
        for source in polled:
            add(source)
        return tuple(name for name in ordered if name in polled and self.routes_from(name))
