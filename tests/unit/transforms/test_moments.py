"""Instants and days: local time is read as UTC, a missing value is None, an invalid value names its field."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lienthong.envelope import LOCAL_ZONE
from lienthong.errors import Rejected
from transforms.moments import local_date, local_midnight, parse_day, parse_instant, parse_local_instant

SECONDS = st.integers(400_000_000, 7_250_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
"""From 1982 to 2199: since then Vietnam has kept one offset."""

DAYS = st.dates(date(1980, 1, 1), date(2199, 12, 30))


@given(SECONDS, st.integers(-12 * 60, 14 * 60))
def test_an_instant_is_read_with_any_offset_with_or_without_colon(moment: datetime, minutes: int) -> None:
    there = moment.astimezone(timezone(timedelta(minutes=minutes)))
    for text in (there.isoformat(), there.strftime("%Y-%m-%dT%H:%M:%S.000%z")):
        assert parse_instant(text, "acceptedDate") == moment


@given(SECONDS)
def test_local_time_is_read_in_every_form(moment: datetime) -> None:
    forms = ("%Y%m%d%H%M%S", "%d/%m/%Y %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S")
    for form in forms:
        read = parse_local_instant(moment.astimezone(LOCAL_ZONE).strftime(form), "NgayTiepNhan")
        assert read is not None
        assert read.tzinfo is UTC
        assert read == moment


@given(DAYS)
def test_midnight_in_vietnam_is_17_hours_utc_on_the_day_before(day: date) -> None:
    midnight = local_midnight(day)
    assert (midnight.date(), midnight.hour) == (day - timedelta(days=1), 17)
    assert (local_date(midnight), local_date(midnight - timedelta(microseconds=1))) == (day, day - timedelta(days=1))


@given(DAYS)
def test_a_day_is_read_in_every_form(day: date) -> None:
    for form in ("%Y%m%d", "%Y-%m-%d", "%d/%m/%Y"):
        assert parse_day(day.strftime(form), "ngayBatDau") == day


def test_an_offset_in_local_text_is_used() -> None:
    assert parse_local_instant("2023-11-15T01:25:00+00:00", "NgayBoSung") == datetime(2023, 11, 15, 1, 25, tzinfo=UTC)


@pytest.mark.parametrize("missing", [None, "", "  "])
def test_a_missing_value_is_none(missing: object) -> None:
    assert (parse_instant(missing, "a"), parse_local_instant(missing, "b"), parse_day(missing, "c")) == (
        None,
        None,
        None,
    )


INVALID = [
    "31/13/2023 25:61",
    "0",
    "2023-02-30",
    "chưa rõ",
    "00010101000000",
    "2023-11-15T24:61:00",
    5.5,
    True,
    [],
    {},
]


@pytest.mark.parametrize(
    "value", [*INVALID, "2023-11-15T01:25:00", "2023-11-15", 20231115082500, "0001-01-01T00:00:00Z"]
)
def test_an_invalid_instant_is_rejected_with_its_field_and_the_expected_form(value: object) -> None:
    with pytest.raises(Rejected) as rejected:
        parse_instant(value, "acceptedDate")
    assert rejected.value.field == "acceptedDate"
    assert "phải viết như 2023-11-15T01:25:00.000+0000" in rejected.value.why


@pytest.mark.parametrize("value", [*INVALID, "20231315082500", "15/11/2023", "20231115"])
def test_invalid_local_time_is_rejected_with_its_field_and_the_expected_form(value: object) -> None:
    with pytest.raises(Rejected) as rejected:
        parse_local_instant(value, "NgayTiepNhan")
    assert rejected.value.field == "NgayTiepNhan"
    assert "20231115082500" in rejected.value.why


@pytest.mark.parametrize("value", [*INVALID, "20231131", "20231115082500", "15/11/2023 08:25"])
def test_an_invalid_day_is_rejected_with_its_field_and_the_expected_form(value: object) -> None:
    with pytest.raises(Rejected) as rejected:
        parse_day(value, "ngayBatDau")
    assert rejected.value.field == "ngayBatDau"
    assert "20231115" in rejected.value.why


def test_an_identity_number_in_a_date_field_is_not_shown_in_the_reason() -> None:
    with pytest.raises(Rejected) as rejected:
        parse_instant("052085001234", "acceptedDate")
    assert "052085001234" not in str(rejected.value)
