"""The reply to a question: exactly one of five."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

RETRY_SECONDS = 5.0
"""When to ask again where what is down does not state it."""

TOO_OFTEN_SECONDS = 60.0
"""When to ask again after too many questions of one client, where the step does not state it."""

BUSY_SECONDS = 1.0
"""When to ask again while too many questions wait."""


@dataclass(frozen=True, slots=True)
class Answered:
    """The answer, as JSON. `status` is the HTTP status, and `location` the address of what was made, for 201."""

    body: bytes
    status: int = 200
    location: str = ""


@dataclass(frozen=True, slots=True)
class NothingFound:
    """A step, or the condition of the route, dropped the question: there is nothing that answers it."""


@dataclass(frozen=True, slots=True)
class Refused:
    """A step refuses the question. `field` is the key at fault as the step wrote it, or None.

    `after`: it is refused because its client asked too often; seconds until it may ask again. None for other reasons.
    `code`, `faults`, `more`: those of `NotAccepted`, with its HTTP status; without a code it is one fault of the input.
    """

    why: str
    field: str | None = None
    after: float | None = None
    code: str = ""
    status: int = 400
    faults: Sequence[tuple[str, str]] = ()
    more: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Unavailable:
    """It cannot be answered in time. `after`: seconds until it is worth asking again."""

    after: float = RETRY_SECONDS


@dataclass(frozen=True, slots=True)
class Failed:
    """A mistake in the project's code, or in the engine's. The ledger has a dead letter, the log the place."""


Reply = Answered | NothingFound | Refused | Unavailable | Failed
