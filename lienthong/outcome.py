"""The outcome of one event at one stage: exactly one of four."""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from lienthong.envelope import Envelope
from lienthong.errors import NotAccepted


@dataclass(frozen=True, slots=True)
class Done:
    """The event was handled. From a route, `envelope` is what the sinks get; from a sink, it is the event it got.

    `note` is a sentence for the trail, or "".
    `seal` is from a sink whose rows can be proved: a digest of what it wrote. The ledger keeps it (see `Provable`).
    `follow_ups` are records (`Record`) that a sink hands back about this event, such as a receipt or a verdict. They
    become events of the source `sink.<name>`, exactly once, for the routes that begin with this sink.
    `to` is for routes whose sinks have conditions: the stages this event goes on to. Empty means all of the route's.
    """

    envelope: Envelope
    note: str = ""
    to: tuple[str, ...] = ()
    seal: str = field(default="", compare=False)
    follow_ups: Sequence[Any] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class Dropped:
    """The event ends here on purpose. `why` is a sentence for the trail."""

    why: str


@dataclass(frozen=True, slots=True)
class Later:
    """The outside world is at fault: try again. `delay` is the wait it asked for, or None for the next rung.

    `outage`: the target as a whole does not answer, whatever the event is. Then the try costs no attempt.
    `halt`: the target refuses us until a person mends something, such as an account. The stage stops by itself, shows
    `why`, and goes on when an operator resumes it; the try costs no attempt. It counts as the last outcome of a bundle.
    """

    why: str
    delay: timedelta | None = None
    outage: bool = False
    halt: bool = False


@dataclass(frozen=True, slots=True)
class Dead:
    """The event is at fault, or its attempts are used up: park it as a dead letter.

    - `why`: a sentence for operators, without personal data.
    - `error`: a short name of the kind of error; letters are grouped by it.
    - `field`: the key at fault, as the sender wrote it, or None.
    - `refusal`: the `NotAccepted` that a step of a request raised, for its caller; it is not recorded.
    - `after`: of a question that is refused because its client asked too often, when it may ask again.
    """

    why: str
    error: str = "Rejected"
    field: str | None = None
    refusal: NotAccepted | None = dataclasses.field(default=None, compare=False)
    after: timedelta | None = None


Outcome = Done | Dropped | Later | Dead

OUTCOMES = (Done, Dropped, Later, Dead)
"""For `isinstance`, which takes a tuple at once: a union is built anew wherever it is written."""
