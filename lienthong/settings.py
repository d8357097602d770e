"""Everything the configuration says, frozen, after the files were read and understood."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Literal

from lienthong.ports import Table
from lienthong.retry import STANDARD_LADDER, RetryPolicy
from lienthong.route import Route

Replay = Literal["idempotent", "ask", "never"]
"""What a replay may do at a sink: deliver again freely, only when a person confirms, or not at all."""


@dataclass(frozen=True, slots=True)
class BusSettings:
    """`config/bus.yaml`: how the bus itself runs. Every rung any retry uses is one of `ladder`.

    `formats` gives, by file ending, the whole name of the function that renders a report so.
    `types` gives, by event type, the whole name of its schema's class; the marks of the schemas state which keys hold
    personal data. `personal` adds keys without a schema; None when it is not given.
    """

    bundle_size: int = 200
    room: int = 500
    halt_after: int = 1000
    ladder: tuple[timedelta, ...] = STANDARD_LADDER
    formats: Mapping[str, str] = field(default_factory=dict)
    personal: frozenset[str] | None = None
    types: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SourceSettings:
    """One file of `config/sources/`; the source is polled `every` so long."""

    name: str
    use: str
    every: timedelta
    parameters: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SinkSettings:
    """One file of `config/sinks/`. `owner` is who answers for what dies here."""

    name: str
    use: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    retry: RetryPolicy = field(default_factory=RetryPolicy)
    replay: Replay = "idempotent"
    owner: str = ""


@dataclass(frozen=True, slots=True)
class LookupSettings:
    """One file of `config/lookups/`."""

    name: str
    use: str
    parameters: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ReportSettings:
    """One file of `config/reports/`."""

    name: str
    use: str
    parameters: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Settings:
    """The whole configuration; each mapping is by name, in the order of names."""

    bus: BusSettings = field(default_factory=BusSettings)
    routes: Mapping[str, Route] = field(default_factory=dict)
    sources: Mapping[str, SourceSettings] = field(default_factory=dict)
    sinks: Mapping[str, SinkSettings] = field(default_factory=dict)
    lookups: Mapping[str, LookupSettings] = field(default_factory=dict)
    reports: Mapping[str, ReportSettings] = field(default_factory=dict)
    tables: Mapping[str, Table] = field(default_factory=dict)

    def routes_from(self, source: str) -> tuple[Route, ...]:
        """The routes that begin with `source`."""
        return tuple(route for route in self.routes.values() if route.source == source)


def fold(text: str) -> str:
    """How the keys of tables are compared: composed Unicode (NFC), case folded, single spaces, none around."""
    return " ".join(unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold()).split())
