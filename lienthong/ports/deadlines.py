"""Deadlines that a project's sink keeps: what the command line shows of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from lienthong.ports.connectors import Sink

DeadlineState = Literal["running", "paused", "met", "breached"]


@dataclass(frozen=True, slots=True)
class DeadlineFilter:
    """Which deadlines are meant. `agency`: its code, "" for all; `after`: the id of the last one that was shown."""

    state: DeadlineState | None = None
    agency: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class KeptDeadline:
    """One deadline, as it stands now. Moments are UTC, minutes are those of working time.

    - `rule` is the rule's name in the configuration, `name` the same in words; `document`, `article`: where it stands.
    - `subject`, `source`, `key`: what it is about, which system reports it, and its code there.
    - `due_at` is None while the clock stands still. `ended_by` is what ended it, None while it goes on.
    - `elapsed_minutes` up to its end or up to now; `allowed_minutes` None for a rule that counts times.
    - `unannounced`: years on the way whose days off no document states yet.
    """

    deadline: str
    state: DeadlineState
    rule: str
    name: str
    document: str
    article: str
    subject: str
    source: str
    key: str
    agency: str | None
    agency_name: str | None
    started_at: datetime
    due_at: datetime | None
    risk_at: datetime | None
    ended_at: datetime | None
    ended_by: str | None
    elapsed_minutes: int
    allowed_minutes: int | None
    unannounced: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class DeadlinePressure:
    """How many deadlines are close to their end or beyond it, of those that go on.

    - `at_risk`: past their warning; `earliest`: when the first of these is due (UTC). `breached`: past their end.
    """

    running: int
    at_risk: int
    breached: int
    earliest: datetime | None = None


class KeepsDeadlines(Sink, Protocol):
    """A sink that keeps deadlines. `lienthong deadlines` finds it by its method `deadlines`."""

    def deadlines(self, wanted: DeadlineFilter) -> Iterable[KeptDeadline]:
        """The deadlines, the earliest due first, those whose clock stands still last. Memory does not grow with them.

        Raises `KeyError` when there is no deadline `wanted.after`, `Transient` without the database.
        """

    def pressure(self) -> DeadlinePressure:
        """Counts alone, for a look at the whole. Raises `Transient` without the database."""

    def recompute(self) -> int:
        """Reckon anew what other rules or calendars gave. Returns of how many subjects; the next look announces it."""
