"""The reply to a question: exactly one of five."""

from dataclasses import dataclass

RETRY_SECONDS = 5.0
"""When to ask again where what is down does not state it."""

TOO_OFTEN_SECONDS = 60.0
"""When to ask again after too many questions of one client."""

BUSY_SECONDS = 1.0
"""When to ask again while too many questions wait."""


@dataclass(frozen=True, slots=True)
class Answered:
    """The answer, as JSON."""

    body: bytes


@dataclass(frozen=True, slots=True)
class NothingFound:
    """A step, or the condition of the route, dropped the question: there is nothing that answers it."""


@dataclass(frozen=True, slots=True)
class Refused:
    """A step refuses the question. `field` is the key at fault as the step wrote it, or None.

    `too_often`: it is refused because its client asked too often, and may be asked again later.
    """

    why: str
    field: str | None = None
    too_often: bool = False


@dataclass(frozen=True, slots=True)
class Unavailable:
    """It cannot be answered in time. `after`: seconds until it is worth asking again."""

    after: float = RETRY_SECONDS


@dataclass(frozen=True, slots=True)
class Failed:
    """A mistake in the project's code, or in the engine's. The ledger has a dead letter, the log the place."""


Reply = Answered | NothingFound | Refused | Unavailable | Failed
