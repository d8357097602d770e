"""Jobs: what a person began and takes longer than a page may. Each keeps its progress and its result."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal, Protocol

JobState = Literal["waiting", "running", "done", "failed", "lost"]
"""`lost`: the process that ran it is gone. What it had recorded stays; it can be begun again."""

LOST_AFTER = timedelta(seconds=60)
"""A job that was not heard of for so long counts as lost. It writes every few seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One job. Instants are UTC.

    - `job`: its id, drawn by the page that it was begun from: a second click has the same one.
    - `kind`, `order`: what is done, and to what; no personal data.
    - `done` of `total` parts; `total` is 0 while it is not known. `result`: what came of it; `why`: why it failed.
    - `stop_by`: the person who asked for its end; "" without one.
    """

    job: str
    kind: str
    order: Mapping[str, Any]
    who: str
    asked_at: datetime
    state: JobState = "waiting"
    done: int = 0
    total: int = 0
    result: Mapping[str, Any] = field(default_factory=dict)
    why: str = ""
    stop_by: str = ""
    began_at: datetime | None = None
    ended_at: datetime | None = None
    seen_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        return self.state in ("waiting", "running")


class Jobs(Protocol):
    """The jobs of all processes. Every method raises `Transient` when the database does not answer."""

    def add(self, job: Job) -> bool:
        """Store a job that was asked for. False when there is one with this id already."""

    def find(self, job: str, now: datetime) -> Job | None:
        """The job; None when there is none. One that is not heard of any more is `lost`."""

    def latest(self, limit: int, now: datetime, before: str = "") -> Sequence[Job]:
        """The latest jobs, the newest first; `before`: only what follows the job with this id."""

    def begin(self, job: str, now: datetime) -> None:
        """Store that it runs."""

    def beat(self, job: str, done: int, total: int, now: datetime) -> bool:
        """Store how far it is. True when its end was asked for."""

    def end(self, job: str, now: datetime, *, result: Mapping[str, Any], why: str = "") -> None:
        """Store its result, or why it failed."""

    def request_stop(self, job: str, who: str) -> bool:
        """Ask for its end. False when it has ended, or another person has asked before."""
