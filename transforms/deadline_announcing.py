"""What is to be announced of a deadline, each once, whenever it is looked at. Pure."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from transforms.deadline_judging import State

Announcement = Literal["at_risk", "breached", "corrected"]
Kept = State | Literal["void"]
"""`void`: what started it did not happen after all. It is kept until what was announced of it is corrected."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How a deadline stands, and what was announced of it.

    `risk_announced`, `breach_announced`: the moments of risk and of breach that were announced. A breach that was
    corrected is none that was announced.
    """

    state: Kept
    risk_at: datetime | None
    breach_at: datetime | None
    risk_announced: datetime | None = None
    breach_announced: datetime | None = None


def look(standing: Standing, now: datetime) -> Standing:
    """How it stands now: what was running is breached when its moment is past."""
    is_past = standing.breach_at is not None and now > standing.breach_at
    return replace(standing, state="breached") if standing.state == "running" and is_past else standing


def to_announce(standing: Standing, now: datetime, *, within: timedelta) -> Announcement | None:
    """What is to be announced now; `standing` is as `look` returned it.

    A breach longer ago than `within` is not announced. What is breached, or has ended, is not at risk any more.
    """
    if standing.state == "breached":
        is_old = standing.breach_at is not None and standing.breach_at < now - within
        return None if standing.breach_announced is not None or is_old else "breached"
    if standing.breach_announced is not None:
        return "corrected"
    if standing.state == "running" and standing.risk_at is not None and standing.risk_announced is None:
        return "at_risk" if standing.risk_at <= now else None
    return None


def announced(standing: Standing, what: Announcement) -> Standing:
    """How it stands once that is announced."""
    match what:
        case "at_risk":
            return replace(standing, risk_announced=standing.risk_at)
        case "breached":
            return replace(standing, breach_announced=standing.breach_at)
        case "corrected":
            return replace(standing, breach_announced=None)


def next_look(standing: Standing, now: datetime, *, within: timedelta) -> datetime | None:
    """When it is to be looked at next: `now` if something is to be announced, None if time alone changes nothing."""
    if to_announce(look(standing, now), now, within=within) is not None:
        return now
    if standing.state != "running":
        return None
    moments = [standing.breach_at, standing.risk_at if standing.risk_announced is None else None]
    return min((moment for moment in moments if moment is not None), default=None)
