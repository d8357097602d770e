"""What is missing between two systems that pass dossiers on to each other: the shape of config/synchronisation.yaml,
and which version is missing where. Pure.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal, Self

from pydantic import Field, field_validator, model_validator

from lienthong import Calendar, SettingsFile, SettingsShape

Milestone = Literal["submitted", "arrived", "accepted", "shown"]
Reason = Literal["absent", "ambiguous"]

_Minutes = Annotated[int, Field(ge=0, le=24 * 60)]
_WorkingMinutes = Annotated[int, Field(ge=1, le=100_000)]


class Tolerance(SettingsShape):
    """By how many minutes the clock of each system may differ from that of the bus, either way."""

    local: _Minutes = 0
    portal: _Minutes = 0


class MissingAfter(SettingsShape):
    """After how many working minutes what one system shows is missing in the other one.

    - `arrived`: submitted on the portal, and not known to the one-stop system.
    - `submitted`: the one-stop system names a code of the portal that the portal has never shown.
    - `accepted`: shown as accepted on the portal, and not accepted in the one-stop system.
    - `shown`: accepted in the one-stop system, and not shown as accepted on the portal.
    """

    arrived: _WorkingMinutes = 960
    submitted: _WorkingMinutes = 960
    accepted: _WorkingMinutes = 960
    shown: _WorkingMinutes = 960


class Pair(SettingsShape):
    """A one-stop system (`local`) and a portal, by the names of their sources.

    `codes`: only what is missing of dossiers whose code matches is announced, on either side.
    """

    local: str = Field(min_length=1)
    portal: str = Field(min_length=1)
    clock_tolerance_minutes: Tolerance = Tolerance()
    missing_after_minutes: MissingAfter = MissingAfter()
    codes: str = ""

    @field_validator("codes")
    @classmethod
    def _readable(cls, value: str) -> str:
        try:
            re.compile(value)
        except re.error:
            raise ValueError("`codes` không phải biểu thức chính quy đọc được") from None
        return value


class Synchronisation(SettingsFile):
    """config/synchronisation.yaml.

    `tell_within_days`: what was missing longer ago when it becomes known is not announced, so the first load of years
    brings no flood.
    """

    tell_within_days: Annotated[int, Field(ge=1, le=3650)] = 30
    pairs: tuple[Pair, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _sound(self) -> Self:
        names = [(pair.local, pair.portal) for pair in self.pairs]
        if len(set(names)) < len(names):
            raise ValueError("mỗi cặp `local`, `portal` chỉ được ghi một lần")
        if any(pair.local == pair.portal for pair in self.pairs):
            raise ValueError("`local` và `portal` phải là hai nguồn khác nhau")
        return self

    def pair_of(self, local: str, portal: str) -> Pair | None:
        """What is stated of two sources; None when nothing is."""
        return next((pair for pair in self.pairs if (pair.local, pair.portal) == (local, portal)), None)


@dataclass(frozen=True, slots=True)
class Gap:
    """A version that one system has, since when the other one should have it, and when it is missing there.

    `event`: the version that is known. `claimants`: with the reason `ambiguous`, the dossiers that all claim to be it.
    """

    milestone: Milestone
    known_in: str
    missing_in: str
    event: str
    since: datetime
    due_at: datetime
    reason: Reason = "absent"
    claimants: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Known:
    """What both systems show of a dossier now: newest versions with their events, and when it was shown as accepted."""

    here: tuple[str, Mapping[str, Any]] | None
    there: tuple[str, Mapping[str, Any]] | None
    shown: tuple[datetime, str] | None = None
    claimants: tuple[str, ...] = ()


REFUSED = 3


def gaps(known: Known, pair: Pair, calendar: Calendar) -> Sequence[Gap]:
    """What one system has of a dossier and the other one should get, whether its time is over or not.

    Raises `UnknownYear` for a moment in a year whose days off are not known.
    """
    return list(_gaps_at_portal(known, pair, calendar) if known.there else _unknown_to_portal(known, pair, calendar))


def _gaps_at_portal(known: Known, pair: Pair, calendar: Calendar) -> Iterator[Gap]:
    assert known.there is not None  # noqa: S101 - the caller asks for a dossier of the portal
    event, there = known.there
    if there.get("filed_on") != "portal" or there.get("status") == REFUSED:
        return
    if known.here is None:
        if submitted := _moment(there, "submitted_at"):
            reason: Reason = "ambiguous" if known.claimants else "absent"
            due = _due(calendar, submitted, pair.missing_after_minutes.arrived)
            yield Gap("arrived", pair.portal, pair.local, event, submitted, due, reason, known.claimants)
        return
    local_event, here = known.here
    accepted = _moment(here, "accepted_at")
    if known.shown is not None and accepted is None:
        at, shown_event = known.shown
        due = _due(calendar, at, pair.missing_after_minutes.accepted)
        yield Gap("accepted", pair.portal, pair.local, shown_event, at, due)
    if known.shown is None and accepted is not None:
        due = _due(calendar, accepted, pair.missing_after_minutes.shown)
        yield Gap("shown", pair.local, pair.portal, local_event, accepted, due)


def _unknown_to_portal(known: Known, pair: Pair, calendar: Calendar) -> Iterator[Gap]:
    if known.here is None or known.claimants or not known.here[1].get("other_code"):
        return
    event, here = known.here
    since = _moment(here, "submitted_at") or _moment(here, "accepted_at") or _moment(here, "observed_at")
    if since is not None:
        due = _due(calendar, since, pair.missing_after_minutes.submitted)
        yield Gap("submitted", pair.local, pair.portal, event, since, due)


def _due(calendar: Calendar, since: datetime, minutes: int) -> datetime:
    return calendar.add(since, timedelta(minutes=minutes))


def _moment(data: Mapping[str, Any], name: str) -> datetime | None:
    value = data.get(name)
    return None if value is None else datetime.fromisoformat(value)
