"""What the tests of deadlines share: the province's rules and calendars, facts, and a reckoning minute by minute."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import NamedTuple

from lienthong.calendars.choice import Calendars
from lienthong.configuration.load import load
from lienthong.envelope import LOCAL_ZONE, Envelope
from tests.unit.calendars.offices import FIRST, open_minutes
from transforms.deadline_facts import Fact, Facts, Subject, merge
from transforms.deadline_judging import Judged, judge
from transforms.deadline_rules import DeadlineRules

ROOT = Path(__file__).parents[3]
DOSSIER = Subject("dossier", "igate", "H08.12-261120-0001")
PETITION = Subject("petition", "petitions", "PAKN-1")
AGENCY = "H08.12"
MINUTE = timedelta(minutes=1)


@cache
def province() -> tuple[DeadlineRules, Calendars]:
    """The rules and calendars that the project ships."""
    settings, _ = load(ROOT, {})
    return settings.own_files["deadlines"], settings.working_calendars()


def local(text: str) -> datetime:
    """A local moment, such as `2026-11-23 08:00`, in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=LOCAL_ZONE).astimezone(UTC)


def fact(name: str, at: str | datetime, number: int = 1, order: str = "1", **details: str) -> Fact:
    moment = local(at) if isinstance(at, str) else at
    return Fact(name, number, moment, order, {"agency": AGENCY, **details})


def together(facts: Sequence[Fact]) -> Facts:
    return merge({}, facts)


def judged(facts: Sequence[Fact], now: str | datetime, subject: Subject = DOSSIER) -> dict[str, Judged]:
    """By key, the deadlines of a subject by the province's rules."""
    rules, calendars = province()
    moment = local(now) if isinstance(now, str) else now
    found = judge(subject, together(facts), rules, calendars=calendars, now=moment)
    return {one.key: one for one in found}


def event(type: str, data: Mapping[str, object], *, id: str = "E1", received: str = "2026-11-23 08:00") -> Envelope:  # noqa: A002 - CloudEvents' own words
    moment = local(received)
    return Envelope(id, type, "sink.data-store", "S", moment, moment, data)


class Reckoned(NamedTuple):
    """What counting minutes gives. `due` None: it has not come to that before `until`."""

    due: datetime | None
    elapsed: int
    risk: datetime | None


@cache
def _open() -> bytearray:
    return open_minutes("plain")


def by_minutes(
    start: datetime, until: datetime, *, allowed: int, pauses: Sequence[tuple[datetime, datetime | None]] = ()
) -> Reckoned:
    """Count the open minutes beside the pauses one by one, up to `until`. All moments are whole minutes."""
    first = datetime(FIRST.year, FIRST.month, FIRST.day, tzinfo=LOCAL_ZONE)
    at, counted, due, risk = start, 0, None, None
    index = (start - first) // MINUTE
    while at < until:
        stands = any(since <= at and (end is None or at < end) for since, end in pauses)
        if _open()[index] and not stands:
            counted += 1
            if risk is None and (counted >= allowed * 0.75 or counted >= allowed - 60):
                risk = at + MINUTE
            if counted == allowed:
                due = at + MINUTE
        at, index = at + MINUTE, index + 1
    return Reckoned(due, counted, risk)
