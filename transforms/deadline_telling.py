"""What is to be told of a deadline, each once, whenever it is looked at. Pure."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from transforms.deadline_judging import State

Telling = Literal["at_risk", "breached", "corrected"]
Kept = State | Literal["void"]
"""`void`: what started it did not happen after all. It is kept until what was told of it is corrected."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How a deadline stands, and what was told of it.

    - `risk_told_at`, `breach_told_at`: the moments of risk and of breach that were told. A breach that was corrected
      was not told any longer.
    - `tell_since`: a breach before this moment is not told.
    """

    state: Kept
    risk_at: datetime | None
    breach_at: datetime | None
    risk_told_at: datetime | None = None
    breach_told_at: datetime | None = None


def look(standing: Standing, now: datetime) -> Standing:
    """How it stands now: what was running is breached when its moment is past."""
    is_past = standing.breach_at is not None and now > standing.breach_at
    return replace(standing, state="breached") if standing.state == "running" and is_past else standing


def telling(standing: Standing, now: datetime, *, within: timedelta) -> Telling | None:
    """What is to be told now; `standing` is as `look` returned it. A breach longer ago than `within` is not told."""
    if standing.state == "breached":
        is_told = standing.breach_told_at is not None
        return None if is_told or _is_old(standing, now, within) else "breached"
    if standing.breach_told_at is not None:
        return "corrected"
    if standing.state == "running" and standing.risk_at is not None and standing.risk_told_at is None:
        return "at_risk" if standing.risk_at <= now else None
    return None


def told(standing: Standing, what: Telling) -> Standing:
    """How it stands once that is told."""
    match what:
        case "at_risk":
            return replace(standing, risk_told_at=standing.risk_at)
        case "breached":
            return replace(standing, breach_told_at=standing.breach_at)
        case "corrected":
            return replace(standing, breach_told_at=None)


def next_look(standing: Standing, now: datetime, *, within: timedelta) -> datetime | None:
    """When it has to be looked at next; None when time alone changes nothing. `now` when something is to be told."""
    if telling(look(standing, now), now, within=within) is not None:
        return now
    if standing.state != "running":
        return None
    moments = [standing.breach_at, standing.risk_at if standing.risk_told_at is None else None]
    return min((moment for moment in moments if moment is not None), default=None)


def _is_old(standing: Standing, now: datetime, within: timedelta) -> bool:
    return standing.breach_at is not None and standing.breach_at < now - within
