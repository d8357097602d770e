"""Periods of service: exactly one of before, in and after; and one answer for every day."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise, permutations

from hypothesis import given
from hypothesis import strategies as st

from schemas.service_period import ServicePeriod
from transforms.service_periods import in_service, pick

DAYS = st.dates(date(1980, 1, 1), date(2030, 1, 1))
EARLY = datetime(2023, 11, 1, tzinfo=UTC)
LATE = EARLY + timedelta(days=3)


def period(
    starts: str, ends: str | None, agency: str, updated: datetime = EARLY, staff: str = "H08.CC.1"
) -> ServicePeriod:
    until = None if ends is None else date.fromisoformat(ends)
    return ServicePeriod(staff, None, None, "CC", agency, None, date.fromisoformat(starts), until, updated)


@given(DAYS, st.integers(1, 5000) | st.none(), DAYS)
def test_a_day_is_exactly_one_of_before_in_and_after_a_period(starts: date, length: int | None, day: date) -> None:
    ends = None if length is None else starts + timedelta(days=length)
    before, after = day < starts, ends is not None and day >= ends
    assert [before, in_service(starts, ends, day), after].count(True) == 1


@given(st.lists(DAYS, min_size=2, max_size=6, unique=True), DAYS)
def test_adjacent_periods_never_overlap(borders: list[date], day: date) -> None:
    careers = list(pairwise(sorted(borders)))
    assert sum(in_service(starts, ends, day) for starts, ends in careers) == (min(borders) <= day < max(borders))


def test_the_day_of_a_move_belongs_to_the_new_agency() -> None:
    career = [period("2012-03-01", "2023-11-16", "H08.07"), period("2023-11-16", None, "H08.09")]
    before, after = pick(career, date(2023, 11, 15)), pick(career, date(2023, 11, 16))
    assert before is not None
    assert after is not None
    assert (before.agency, after.agency) == ("H08.07", "H08.09")


def test_a_period_somebody_forgot_to_close_gives_way_to_the_next_in_any_order() -> None:
    career = [period("2012-03-01", None, "H08.07", LATE), period("2023-11-16", None, "H08.09")]
    assert {found.agency for order in permutations(career) if (found := pick(order, date(2023, 12, 1)))} == {"H08.09"}


def test_a_correction_replaces_the_period_it_corrects_in_any_order() -> None:
    told = [period("2012-03-01", None, "H08.07"), period("2012-03-01", "2023-11-10", "H08.07", LATE)]
    assert [pick(order, date(2023, 11, 10)) for order in permutations(told)] == [None, None]


def test_of_two_equal_starts_the_later_word_wins_in_any_order() -> None:
    told = [period("2012-03-01", None, "H08.07"), period("2012-03-01", None, "H08.09", LATE, "H08.CC.2")]
    assert {found.agency for order in permutations(told) if (found := pick(order, date(2020, 1, 1)))} == {"H08.09"}


def test_nobody_serves_outside_all_periods() -> None:
    assert pick([period("2012-03-01", "2020-01-01", "H08.07")], date(2020, 1, 1)) is None
    assert pick([], date(2020, 1, 1)) is None
