"""The port of the status board: what processes tell of themselves, for operators. Nothing that counts depends on it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple, Protocol

from lienthong.ports.pushes import PushStatus

Trouble = Literal["", "down", "refused", "failing"]
"""Why a poll failed: no answer, a refusal such as wrong credentials, an error that the source does not declare."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceStatus:
    """The polls of one source. Instants are UTC.

    - `running_since`: the begin of the poll that runs now; None when none does. `progress_at`: when it last got a page.
    - `began_at`, `ended_at`, `shown`, `new`: of the last poll that ended; records it read, and new events among them.
    - `first_at`: the first poll; `success_at`: the end of the last one without an error; `new_at`: the last new event.
    - `trouble`, `why`: of the last poll; `trouble_since`: the first failure after the last success.
    - `next_at`: when the next poll begins.
    - `shown_total`, `new_total`: of all polls.
    - `process`: the process that wrote this.
    """

    source: str
    running_since: datetime | None = None
    progress_at: datetime | None = None
    began_at: datetime | None = None
    ended_at: datetime | None = None
    first_at: datetime | None = None
    success_at: datetime | None = None
    new_at: datetime | None = None
    trouble: Trouble = ""
    why: str = ""
    trouble_since: datetime | None = None
    next_at: datetime | None = None
    shown: int = 0
    new: int = 0
    shown_total: int = 0
    new_total: int = 0
    process: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StageCondition:
    """How one process finds a stage. Instants are UTC.

    - `down_since`, `down_why`: since when its target is considered down (the circuit breaker is open), and what it
      answered; `probe_at`: when it is tried again.
    - `halted_since`, `halted_why`: since when the stage does not work because all its events died.
    - `waiting_why`: the reason of the last event that has to wait; `next_try_at`: when the next of them is tried.
    """

    stage: str
    process: str = ""
    down_since: datetime | None = None
    down_why: str = ""
    probe_at: datetime | None = None
    halted_since: datetime | None = None
    halted_why: str = ""
    waiting_why: str = ""
    next_try_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessStatus:
    """A process of the bus: where it runs, which part it plays, and when it was last heard of (UTC).

    `ended_at` is set by a process that ends in order.
    """

    process: str
    pid: int
    host: str
    role: str
    began_at: datetime
    seen_at: datetime
    ended_at: datetime | None = None


TimeKind = Literal["duration", "wait", "critical"]
"""From the attempt to the commit; from the publication to the attempt; from the receipt to the delivery."""


class TimeKey(NamedTuple):
    """What is timed at which stage; for `critical`, of events of which source."""

    kind: TimeKind
    stage: str
    source: str = ""


class Spent(NamedTuple):
    """How many bundles were timed, and the sum in seconds."""

    bundles: int
    seconds: float


NOTHING_SPENT = Spent(0, 0.0)
NO_TIMES: Mapping[TimeKey, Spent] = {}


class StatusBoard(Protocol):
    """The board. Every method raises `Transient` when the database does not answer.

    - `is_embedded`: whether every process that writes to it runs on one machine.
    """

    is_embedded: bool

    def save(
        self,
        process: ProcessStatus,
        sources: Sequence[SourceStatus] = (),
        stages: Sequence[StageCondition] = (),
        times: Mapping[TimeKey, Spent] = NO_TIMES,
    ) -> None:
        """Write what has changed, in one short transaction.

        `shown_total` and `new_total` of a source, and `times`, are added to those of the board.
        """

    def times(self) -> Mapping[TimeKey, Spent]:
        """The times of all processes that ever were."""

    def sources(self) -> Mapping[str, SourceStatus]:
        """By name, every source that was ever polled."""

    def pushes(self) -> Mapping[str, PushStatus]:
        """By inbox, what the processes that serve noted of its pushes."""

    def stages(self) -> Sequence[StageCondition]:
        """What the processes tell of their stages, by stage and process; also of processes that are gone."""

    def processes(self) -> Sequence[ProcessStatus]:
        """The processes of the last days, the latest first."""

    def request_resume(self, stage: str, who: str) -> int:
        """Ask every process that halted `stage` to go on with it; returns how many there are."""

    def take_resumes(self, process: str) -> Sequence[str]:
        """The stages that this process is asked to resume; each is given once."""
