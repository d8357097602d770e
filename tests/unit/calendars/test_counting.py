"""Deadlines by the rules of counting, each worked out by hand from the rule."""

from datetime import UTC, date, datetime, timedelta

import pytest

from lienthong.calendars.calendar import Calendar, extend
from lienthong.calendars.choice import Calendars, NoCalendar
from lienthong.calendars.counting import Counting, due_in_days, due_in_time, due_in_working_days
from lienthong.calendars.public_holidays import has_country, public_days
from lienthong.calendars.unknown_year import UnknownYear
from lienthong.envelope import LOCAL_ZONE
from tests.unit.calendars.offices import PLAIN, SATURDAYS

HOUR = timedelta(hours=1)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LOCAL_ZONE)


def local(moment: datetime) -> str:
    assert moment.tzinfo is UTC
    return f"{moment.astimezone(LOCAL_ZONE):%Y-%m-%d %H:%M}"


@pytest.mark.parametrize(
    ("start", "due"),
    [
        ("2026-11-23 07:00", "2026-11-23 17:00"),  # a whole day is eight hours, and ends when the office closes
        ("2026-11-23 15:30", "2026-11-25 15:30"),  # over 24/11, which is off
        ("2026-11-21 23:00", "2026-11-23 17:00"),  # Saturday night
        ("2026-08-21 17:00", "2026-08-22 17:00"),  # the Saturday that is worked
        ("2026-02-13 16:00", "2026-02-23 16:00"),  # Tết
    ],
)
def test_eight_working_hours(start: str, due: str) -> None:
    assert local(due_in_time(PLAIN, at(start), 8 * HOUR).at) == due


@pytest.mark.parametrize(
    ("start", "number", "due"),
    [
        ("2026-11-20 08:00", 1, "2026-11-24 00:00"),  # Friday: Monday is the first day, until 24:00
        ("2026-11-21 08:00", 1, "2026-11-24 00:00"),  # Saturday: the same
        ("2026-11-20 23:59", 2, "2026-11-26 00:00"),  # Monday, then Wednesday: Tuesday is 24/11
        ("2026-12-31 08:00", 1, "2027-01-05 00:00"),
    ],
)
def test_working_days_by_the_civil_code(start: str, number: int, due: str) -> None:
    assert local(due_in_working_days(PLAIN, at(start), number).at) == due


def test_options_of_counting() -> None:
    friday = at("2026-11-20 16:30")
    late = Counting(late=HOUR)
    assert local(due_in_working_days(PLAIN, friday, 1, late).at) == "2026-11-26 00:00"
    assert local(due_in_working_days(PLAIN, friday - HOUR, 1, late).at) == "2026-11-24 00:00"
    closing = Counting(ends="closing")
    assert local(due_in_working_days(PLAIN, friday, 1, closing).at) == "2026-11-23 17:00"
    assert local(due_in_working_days(extend(SATURDAYS, PLAIN), friday, 1, closing).at) == "2026-11-21 11:30"
    from_now = Counting(first_day_counts=True)
    assert local(due_in_working_days(PLAIN, friday, 1, from_now).at) == "2026-11-21 00:00"
    assert local(due_in_working_days(PLAIN, friday, 2, from_now).at) == "2026-11-24 00:00"
    assert local(due_in_working_days(PLAIN, at("2026-11-22 09:00"), 1, from_now).at) == "2026-11-24 00:00"


def test_a_deadline_in_days_that_ends_on_a_day_off_moves() -> None:
    start = at("2026-04-20 10:00")
    assert local(due_in_days(PLAIN, start, 5).at) == "2026-04-29 00:00"  # Saturday 25th, and Monday 27th is off
    assert local(due_in_days(PLAIN, start, 5, Counting(day_off_moves=False)).at) == "2026-04-26 00:00"
    assert local(due_in_days(PLAIN, start, 3).at) == "2026-04-24 00:00"
    assert local(due_in_days(PLAIN, start, 3, Counting(first_day_counts=True)).at) == "2026-04-23 00:00"


def test_years_that_no_document_states_are_named() -> None:
    assert due_in_working_days(PLAIN, at("2026-12-30 08:00"), 1).unannounced == ()
    assert due_in_working_days(PLAIN, at("2026-12-30 08:00"), 2).unannounced == (2027,)
    assert due_in_time(PLAIN, at("2026-12-31 16:00"), 2 * HOUR).unannounced == (2027,)
    assert not PLAIN.day(date(2027, 1, 4)).announced
    assert PLAIN.expects(date(2026, 12, 14)) == ()
    assert PLAIN.expects(date(2026, 12, 15)) == (2027,)
    assert PLAIN.expects(date(2028, 12, 31)) == (2028, 2029)


@pytest.mark.parametrize("year", [1850, 2101, 2200])
def test_nothing_is_reckoned_in_a_year_of_which_nothing_is_known(year: int) -> None:
    moment = datetime(year, 6, 1, tzinfo=UTC)
    for reckon in (PLAIN.is_working, PLAIN.next_moment, PLAIN.previous_moment, lambda one: PLAIN.add(one, HOUR)):
        with pytest.raises(UnknownYear, match=str(year)):
            reckon(moment)
    with pytest.raises(UnknownYear, match="2026"):
        Calendar("without holidays").add_days(date(2026, 1, 1), 1)


def test_the_longest_prefix_of_an_agency_wins() -> None:
    offices = [
        PLAIN,
        Calendar("province", agencies=("H08.*",)),
        Calendar("district", agencies=("H08.12.*", "H08.30")),
        Calendar("one", agencies=("H08.12.5",)),
    ]
    calendars = Calendars(offices)
    found = {code: calendars.of(code).name for code in ("H08.1", "h08.12.7", " H08.12.5", "H08.30", "H08.301", "G09")}
    assert list(found.values()) == ["province", "district", "one", "district", "province", "plain"]
    assert Calendars(offices, "one").of("G09").name == "one"
    with pytest.raises(NoCalendar, match="G09"):
        Calendars(offices[1:]).of("G09")


def test_names_of_holidays_in_both_languages() -> None:
    day = date(2026, 11, 24)
    assert PLAIN.day(day).name == "Ngày Văn hóa Việt Nam"
    assert PLAIN.day(day, "en").name == public_days("VN", 2026, "en").off[day] != PLAIN.day(day).name
    assert has_country("VN")
    assert has_country("LA")
    assert not has_country("XX")
