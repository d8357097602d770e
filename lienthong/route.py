"""A route: from one source, through steps, to sinks. The content of one file of `routes/`, frozen."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from lienthong.retry import RetryPolicy


@dataclass(frozen=True, slots=True)
class Apply:
    """A step: `function(envelope, **parameters)` for every event. `function` is a whole Python name."""

    function: str
    parameters: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Enrich:
    """A step with a lookup, which is asked once for the keys of all events of a bundle.

    `keys(envelope)` gives the keys of an event; then `function(envelope, found, **parameters)` for every event.
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
    """A route. The name of its queue and stage is `route.<name>`.

    - `when`: a CEL condition over the event as received; None lets every event pass.
    - `to`: the names of all its sinks; `conditions`: for those that do not receive every event.
    - `announce`: also publish the result to subscribers.
    - `after`: names of sources, or of routes for their sources, that must be read once to their end before its own.
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
