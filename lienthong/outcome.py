"""What a delivery may end in: exactly one of four words."""

from dataclasses import dataclass
from datetime import timedelta

from lienthong.envelope import Envelope


@dataclass(frozen=True, slots=True)
class Done:
    """It was handled. A route's `envelope` is what goes on to the sinks; a sink's is what it was given.

    `to` is for routes whose sinks have conditions: the stages this event goes on to. Empty means all of the route's.
    """

    envelope: Envelope
    note: str = ""
    to: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Dropped:
    """It ends here on purpose. `why` is a sentence for the trail."""

    why: str


@dataclass(frozen=True, slots=True)
class Later:
    """The world's fault: try again. `delay` is what the other side asked for, or None for the ladder's next rung."""

    why: str
    delay: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Dead:
    """The event's fault, or tries are used up: park it. `field` is the key at fault as its sender wrote it."""

    why: str
    error: str = "Rejected"
    field: str | None = None


Outcome = Done | Dropped | Later | Dead
