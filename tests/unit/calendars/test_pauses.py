"""Working time with pauses, against minutes that are counted one by one."""

from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lienthong.calendars.pauses import Pause, at_risk_at, due_with_pauses, elapsed
from lienthong.envelope import LOCAL_ZONE
from tests.unit.calendars.offices import PLAIN, open_minutes

BEGIN = datetime(2023, 1, 1, tzinfo=LOCAL_ZONE)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
DAYS = 40


def at(minute: int) -> datetime:
    return BEGIN.astimezone(UTC) + minute * MINUTE


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LOCAL_ZONE)


def test_against_minutes() -> None:
    random, minutes = Random(5), open_minutes("plain")
    for _ in range(60):
        start = random.randrange(len(minutes) - DAYS * 1440)
        spans = [(start + random.randrange(-1440, 12_000), random.randrange(6_000)) for _ in range(random.randrange(4))]
        pauses = [Pause(at(since), at(since + length)) for since, length in spans]
        counted = [
            minute
            for minute in range(start, start + DAYS * 1440)
            if minutes[minute] and not any(since <= minute < since + length for since, length in spans)
        ]
        end = start + random.randrange(DAYS * 1440)
        assert elapsed(PLAIN, at(start), at(end), pauses) == sum(minute < end for minute in counted) * MINUTE
        wanted = random.randrange(1, len(counted))
        due = due_with_pauses(PLAIN, at(start), wanted * MINUTE, pauses)
        assert due is not None
        assert due.at == at(counted[wanted - 1] + 1)


def test_a_pause_without_end_stops_the_time() -> None:
    start, pause = local("2026-11-16 08:00"), Pause(local("2026-11-16 10:00"))
    assert due_with_pauses(PLAIN, start, 3 * HOUR, [pause]) is None
    reached = due_with_pauses(PLAIN, start, 2 * HOUR, [pause])
    assert reached is not None and reached.at == pause.since
    assert elapsed(PLAIN, start, local("2026-12-31 10:00"), [pause]) == 2 * HOUR
    assert elapsed(PLAIN, start, start - HOUR, [pause]) == timedelta(0)


@pytest.mark.parametrize(
    ("start", "due", "risk"),
    [
        ("2026-11-16 07:00", "2026-11-16 17:00", "2026-11-16 15:00"),  # six of eight hours
        ("2026-11-16 07:00", "2026-11-16 09:00", "2026-11-16 08:00"),  # the last hour is earlier than 75 %
        ("2026-11-16 07:30", "2026-11-16 08:00", "2026-11-16 07:30"),  # less than an hour: from the start
        ("2026-11-20 16:00", "2026-11-23 08:00", "2026-11-23 07:00"),  # over a weekend
        ("2026-11-21 08:00", "2026-11-22 08:00", "2026-11-21 08:00"),  # no working time at all
    ],
)
def test_when_a_deadline_is_at_risk(start: str, due: str, risk: str) -> None:
    found = at_risk_at(PLAIN, local(start), local(due))
    assert f"{found.astimezone(LOCAL_ZONE):%Y-%m-%d %H:%M}" == risk


SPANS = st.lists(st.tuples(st.integers(0, 9_000), st.integers(0, 9_000)), max_size=6)


@given(st.integers(0, 1_000_000), st.integers(1, 5_000), SPANS)
def test_what_is_due_has_passed(start: int, wanted: int, spans: list[tuple[int, int]]) -> None:
    pauses = [Pause(at(start + since), at(start + since + length)) for since, length in spans]
    due = due_with_pauses(PLAIN, at(start), wanted * MINUTE, pauses)
    assert due is not None
    assert elapsed(PLAIN, at(start), due.at, pauses) == wanted * MINUTE
    assert due == due_with_pauses(PLAIN, at(start), wanted * MINUTE, pauses[::-1])
    assert due.at >= PLAIN.add(at(start), wanted * MINUTE)
