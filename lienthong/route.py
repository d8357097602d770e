"""A route: from one source, through steps, to sinks. The value of one file of routes/, frozen."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from lienthong.retry import RetryPolicy


@dataclass(frozen=True, slots=True)
class Apply:
    """Apply `function(envelope, **parameters)` to every event."""

    function: str
    parameters: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Enrich:
    """Query `lookup` once with the `keys(envelope)` of a whole bundle.

    What it found is given to `function(envelope, found, **parameters)`.
    """

    function: str
    keys: str
    lookup: str
    parameters: Mapping[str, Any] = field(default_factory=dict)


Step = Apply | Enrich


@dataclass(frozen=True, slots=True)
class SinkCondition:
    """`sink` receives only the events for which `when` is true: a CEL condition over the event after the steps."""

    sink: str
    when: str


@dataclass(frozen=True, slots=True)
class Route:
    """`when` is a CEL condition over the event as received; `announce` also publishes to subscribers.

    `to` names every sink; `conditions` are those of its sinks that do not receive every event.
    `owner` is who answers for events that die here.
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
