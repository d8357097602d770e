"""What is handed back of a deadline: the records that become `deadline.at_risk.v1` and the like."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from lienthong import Calendars, Record, elapsed
from schemas.canonical.deadline_events_v1 import AT_RISK, BREACHED, CORRECTED
from store.deadlines.rows import pauses_of
from store.instants import format_instant, parse_instant
from transforms.deadline_announcing import Announcement

_TYPES = {"at_risk": AT_RISK, "breached": BREACHED, "corrected": CORRECTED}
_SAME = (
    "rule",
    "name",
    "source",
    "key",
    "agency",
    "agency_name",
    "officer",
    "started_at",
    "due_at",
    "document",
    "article",
)
_MINUTE = timedelta(minutes=1)


def record_of(
    what: Announcement, row: Mapping[str, Any], now: datetime, calendars: Calendars, *, was: Mapping[str, Any] | None
) -> Record:
    """The record of an announcement. `at` is when the deadline became at risk or breached, not when it was looked at.

    `was`: the row before, whose due moment a correction takes back.
    """
    at = {"at_risk": row["risk_at"], "breached": row["breach_at"]}.get(what) or format_instant(now)
    body = {
        "deadline": row["deadline_id"],
        "subject": row["kind"],
        **{name: row[name] for name in _SAME},
        "at": at,
        "elapsed_minutes": _elapsed(row, parse_instant(at), calendars),
        "allowed_minutes": row["allowed_minutes"],
    }
    if what == "breached":
        body |= {name: row[name] for name in ("ended_at", "ended_by")}
    if what == "corrected":
        body |= {name: row[name] for name in ("ended_at", "ended_by", "state")}
        body["was_due_at"] = row["breach_announced"] if was is None else was["breach_announced"]
    return Record(_TYPES[what], row["deadline_id"], body)


def _elapsed(row: Mapping[str, Any], at: datetime, calendars: Calendars) -> int:
    """The working minutes from the start to a moment."""
    calendar = calendars.of(row["agency"] or "")
    return elapsed(calendar, parse_instant(row["started_at"]), at, pauses_of(row)) // _MINUTE
