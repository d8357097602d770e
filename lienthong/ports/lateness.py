"""Whose doing a late case is, with the evidence: what the command line shows of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol

from lienthong.report import Report

LatenessVerdict = Literal["on_time", "office", "inbound", "outbound"]
Milestone = Literal["submitted", "arrived", "accepted", "shown"]


@dataclass(frozen=True, slots=True)
class Evidence:
    """A moment of a case (UTC), the source that states it, and the event and field in which it does.

    `seen_at`: when the bus saw that event's record. What is not known yet is None or "".
    """

    milestone: Milestone
    at: datetime | None
    source: str
    event: str = ""
    field: str = ""
    seen_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class MissingVersion:
    """An alarm: what the source `known_in` showed by `event` was not shown by `missing_in` in time. Moments are UTC.

    - `key`: the code of the case in `known_in`, or in the portal where it is known there. `milestone`: what is missing.
    - `since`, `due_at`: from when it should have been there, and when its time was over.
    - `corrected_at`: when it was there after all, or not awaited any more; None while the alarm is open.
    - `claimants`: cases of `missing_in` that all claim to be it, so that none is taken for it.
    """

    alarm: str
    key: str
    milestone: Milestone
    known_in: str
    event: str
    missing_in: str
    since: datetime
    due_at: datetime
    announced_at: datetime
    corrected_at: datetime | None = None
    claimants: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ProvenLateness:
    """A case with its four moments. Minutes are those of working time; they and the verdict are None before the end.

    - `tolerances`: by source, by how many minutes its clock may be wrong; only those that are not 0.
    - `missing`: the alarms that were raised about it, open ones and others.
    - `rivals`: by source and code, other cases that claim to be the same one and are not joined with it.
    """

    key: str
    agency: str | None
    agency_name: str | None
    evidence: tuple[Evidence, ...]
    allowed_minutes: int
    office_minutes: int | None = None
    inbound_minutes: int | None = None
    outbound_minutes: int | None = None
    verdict: LatenessVerdict | None = None
    tolerances: Mapping[str, int] = field(default_factory=dict)
    rivals: tuple[tuple[str, str], ...] = ()
    missing: tuple[MissingVersion, ...] = ()


class ProvesLateness(Report, Protocol):
    """A report that proves lateness case by case. `lienthong lateness` finds it by its method `lateness`."""

    def lateness(self, key: str) -> ProvenLateness | None:
        """The case of a code in either system; None when neither has it. Raises `Transient` without the database."""

    def missing(self) -> Sequence[MissingVersion]:
        """The alarms that are open, those that are due longest first. Raises `Transient` without the database."""
