"""Periods of service: a day is before, in or after a period, and one period is picked for a day."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise, permutations

from hypothesis import given
from hypothesis import strategies as st

from schemas.service_period import ServicePeriod
from transforms.service_periods import in_service, pick

DAYS = st.dates(date(1980, 1, 1), date(2030, 1, 1))
EARLY = datetime(2023, 11, 1, tzinfo=UTC)
LATE = EARLY + timedelta(days=3)


def make_period(
    starts: str, ends: str | None, agency: str, updated: datetime = EARLY, staff: str = "H08.CC.1"
) -> ServicePeriod:
    until = None if ends is None else date.fromisoformat(ends)
    return ServicePeriod(staff, None, None, "CC", agency, None, date.fromisoformat(starts), until, updated)


@given(DAYS, st.integers(1, 5000) | st.none(), DAYS)
def test_a_day_is_either_before_in_or_after_a_period(starts: date, length: int | None, day: date) -> None:
    ends = None if length is None else starts + timedelta(days=length)
    before, after = day < starts, ends is not None and day >= ends
    assert [before, in_service(starts, ends, day), after].count(True) == 1


@given(st.lists(DAYS, min_size=2, max_size=6, unique=True), DAYS)
def test_adjacent_periods_never_overlap(borders: list[date], day: date) -> None:
    periods = list(pairwise(sorted(borders)))
    assert sum(in_service(starts, ends, day) for starts, ends in periods) == (min(borders) <= day < max(borders))


def test_the_day_of_a_move_belongs_to_the_new_agency() -> None:
    periods = [make_period("2012-03-01", "2023-11-16", "H08.07"), make_period("2023-11-16", None, "H08.09")]
    before, after = pick(periods, date(2023, 11, 15)), pick(periods, date(2023, 11, 16))
    assert before is not None
    assert after is not None
    assert (before.agency, after.agency) == ("H08.07", "H08.09")


def test_of_two_periods_that_hold_the_one_updated_last_counts_in_any_order() -> None:
    left_open = [make_period("2012-03-01", None, "H08.07"), make_period("2023-11-16", None, "H08.09", LATE)]
    confirmed = [make_period("2012-03-01", None, "H08.07", LATE), make_period("2023-11-16", None, "H08.09")]
    for periods, agency in ((left_open, "H08.09"), (confirmed, "H08.07")):
        found = {each.agency for order in permutations(periods) if (each := pick(order, date(2023, 12, 1)))}
        assert found == {agency}


def test_of_two_periods_of_one_update_the_higher_staff_number_counts_in_any_order() -> None:
    periods = [
        make_period("2012-03-01", None, "H08.07", staff="H08.CC.2"),
        make_period("2023-11-16", None, "H08.09", staff="H08.CC.1"),
    ]
    found = {each.agency for order in permutations(periods) if (each := pick(order, date(2023, 12, 1)))}
    assert found == {"H08.07"}


def test_a_correction_replaces_the_period_it_corrects_in_any_order() -> None:
    versions = [make_period("2012-03-01", None, "H08.07"), make_period("2012-03-01", "2023-11-10", "H08.07", LATE)]
    assert [pick(order, date(2023, 11, 10)) for order in permutations(versions)] == [None, None]


def test_of_two_equal_starts_the_later_update_wins_in_any_order() -> None:
    versions = [make_period("2012-03-01", None, "H08.07"), make_period("2012-03-01", None, "H08.09", LATE, "H08.CC.2")]
    assert {found.agency for order in permutations(versions) if (found := pick(order, date(2020, 1, 1)))} == {"H08.09"}


def test_outside_all_periods_none_is_picked() -> None:
    assert pick([make_period("2012-03-01", "2020-01-01", "H08.07")], date(2020, 1, 1)) is None
    assert pick([], date(2020, 1, 1)) is None
