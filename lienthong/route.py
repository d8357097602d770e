"""A route: from one origin, through steps, to sinks. The content of one file of `routes/`, frozen."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Literal, NamedTuple

from lienthong.retry import RetryPolicy

Door = Literal["source", "inbox", "request", "schedule", "sink"]
"""The ways in which events come in."""

DOORS: Mapping[Door, str] = {
    "source": "sources",
    "inbox": "inboxes",
    "request": "requests",
    "schedule": "schedules",
    "sink": "sinks",
}
"""By door, the folder of config/ with its files."""


class Origin(NamedTuple):
    """Where the events of a route come from: a door and the name of its file.

    `str(origin)` is the source of these events in envelopes and in the ledger: the name alone for a source that is
    polled, and `inbox.NAME`, `request.NAME`, `schedule.NAME` or `sink.NAME`. Names of files have no dot, so no two are
    the same.
    """

    door: Door
    name: str

    def __str__(self) -> str:
        return self.name if self.door == "source" else f"{self.door}.{self.name}"

    @property
    def folder(self) -> str:
        """The folder of config/ that has its file."""
        return DOORS[self.door]

    @property
    def is_polled(self) -> bool:
        """Whether the engine asks it for events. The others come by themselves."""
        return self.door in ("source", "schedule")


def parse_origin(source: str) -> Origin:
    """The origin that the source of an event states."""
    door, _, name = source.partition(".")
    return next((Origin(one, name) for one in DOORS if one == door and name), Origin("source", source))


@dataclass(frozen=True, slots=True)
class Apply:
    """A step: `function(envelope, **parameters)` for every event. `function` is a whole Python name."""

    function: str
    parameters: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Enrich:
    """A step with a lookup, which is asked once for the keys of all events of a bundle.

    `keys(envelope)` gives the keys of an event; then `function(envelope, found, **parameters)` for every event.
    `budget`: how long the answer is waited for; after that, and when the lookup cannot know now, `found` is `NotKnown`.
    None: the event waits until the lookup answers.
    """

    function: str
    keys: str
    lookup: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    budget: timedelta | None = None


Step = Apply | Enrich


@dataclass(frozen=True, slots=True)
class SinkCondition:
    """`sink` receives only the events for which `when` is true: a CEL condition over the event after the steps."""

    sink: str
    when: str


@dataclass(frozen=True, slots=True)
class Route:
    """A route. The name of its queue and stage is `route.<name>`.

    - `source`: the source of its events, as `Origin` writes it.
    - `when`: a CEL condition over the event as received; None lets every event pass.
    - `to`: the names of all its sinks; `conditions`: for those that do not receive every event.
    - `announce`: also publish the result to subscribers.
    - `after`: names of sources, or of routes for their sources, that must be read once to their end before its own.
    - `returns`: that it leads back to a sink on its way is meant, and this sink ends it.
    - `owner`: the person or office responsible for the dead letters of this route.
    """

    name: str
    description: str
    source: str
    when: str | None
    steps: tuple[Step, ...]
    to: tuple[str, ...]
    announce: bool = False
    retry: RetryPolicy = field(default_factory=RetryPolicy)
    owner: str = ""
    conditions: tuple[SinkCondition, ...] = ()
    after: tuple[str, ...] = ()
    returns: bool = False

    @property
    def origin(self) -> Origin:
        """Where its events come from."""
        return parse_origin(self.source)
