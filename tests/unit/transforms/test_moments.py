"""Moments: local outside, UTC inside; nothing is None, and nonsense is refused by name."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lienthong.envelope import LOCAL_ZONE
from lienthong.errors import Rejected
from transforms.moments import day, instant, local_date, local_instant, local_midnight

SECONDS = st.integers(400_000_000, 7_250_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
"""From 1982 to 2199: since then Vietnam has kept one offset."""

DAYS = st.dates(date(1980, 1, 1), date(2199, 12, 30))


@given(SECONDS, st.integers(-12 * 60, 14 * 60))
def test_an_instant_survives_any_offset_with_or_without_colon(moment: datetime, minutes: int) -> None:
    there = moment.astimezone(timezone(timedelta(minutes=minutes)))
    for text in (there.isoformat(), there.strftime("%Y-%m-%dT%H:%M:%S.000%z")):
        assert instant(text, "acceptedDate") == moment


@given(SECONDS)
def test_local_time_makes_the_round_trip_in_every_form_it_is_written_in(moment: datetime) -> None:
    forms = ("%Y%m%d%H%M%S", "%d/%m/%Y %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S")
    for form in forms:
        read = local_instant(moment.astimezone(LOCAL_ZONE).strftime(form), "NgayTiepNhan")
        assert read is not None
        assert read.tzinfo is UTC
        assert read == moment


@given(DAYS)
def test_midnight_in_vietnam_is_seventeen_hours_utc_of_the_day_before(on: date) -> None:
    midnight = local_midnight(on)
    assert (midnight.date(), midnight.hour) == (on - timedelta(days=1), 17)
    assert (local_date(midnight), local_date(midnight - timedelta(microseconds=1))) == (on, on - timedelta(days=1))


@given(DAYS)
def test_a_day_makes_the_round_trip_in_every_form_it_is_written_in(on: date) -> None:
    for form in ("%Y%m%d", "%Y-%m-%d", "%d/%m/%Y"):
        assert day(on.strftime(form), "ngayBatDau") == on


def test_an_offset_in_local_text_is_obeyed() -> None:
    assert local_instant("2023-11-15T01:25:00+00:00", "NgayBoSung") == datetime(2023, 11, 15, 1, 25, tzinfo=UTC)


@pytest.mark.parametrize("nothing", [None, "", "  "])
def test_nothing_is_not_yet(nothing: object) -> None:
    assert (instant(nothing, "a"), local_instant(nothing, "b"), day(nothing, "c")) == (None, None, None)


NONSENSE = [
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
    "value", [*NONSENSE, "2023-11-15T01:25:00", "2023-11-15", 20231115082500, "0001-01-01T00:00:00Z"]
)
def test_an_instant_that_is_none_is_refused_with_its_field_and_the_form_expected(value: object) -> None:
    with pytest.raises(Rejected) as refused:
        instant(value, "acceptedDate")
    assert refused.value.field == "acceptedDate"
    assert "phải viết như 2023-11-15T01:25:00.000+0000" in refused.value.why


@pytest.mark.parametrize("value", [*NONSENSE, "20231315082500", "15/11/2023", "20231115"])
def test_local_time_that_is_none_is_refused_with_its_field_and_the_form_expected(value: object) -> None:
    with pytest.raises(Rejected) as refused:
        local_instant(value, "NgayTiepNhan")
    assert refused.value.field == "NgayTiepNhan"
    assert "20231115082500" in refused.value.why


@pytest.mark.parametrize("value", [*NONSENSE, "20231131", "20231115082500", "15/11/2023 08:25"])
def test_a_day_that_is_none_is_refused_with_its_field_and_the_form_expected(value: object) -> None:
    with pytest.raises(Rejected) as refused:
        day(value, "ngayBatDau")
    assert refused.value.field == "ngayBatDau"
    assert "20231115" in refused.value.why


def test_an_identity_number_in_a_date_field_is_not_repeated_in_the_reason() -> None:
    with pytest.raises(Rejected) as refused:
        instant("052085001234", "acceptedDate")
    assert "052085001234" not in str(refused.value)
