"""A route: from one source, through steps, to sinks. What one file of routes/ says, frozen."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from lienthong.retry import RetryPolicy


@dataclass(frozen=True, slots=True)
class Apply:
    """Put every event through `function(envelope, **parameters)`."""

    function: str
    parameters: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Enrich:
    """Ask `lookup` once for all `keys(envelope)` of a bundle, then `function(envelope, found, **parameters)`."""

    function: str
    keys: str
    lookup: str
    parameters: Mapping[str, Any] = field(default_factory=dict)


Step = Apply | Enrich


@dataclass(frozen=True, slots=True)
class Route:
    """`when` is a CEL condition over the event as received; `announce` also tells subscribers.

    `owner` is who answers for what dies here.
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
