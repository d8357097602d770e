from datetime import UTC, datetime

import pytest

from lienthong import LOCAL_ZONE
from lienthong.data.instants import format_instant, parse_utc

NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)


@pytest.mark.parametrize("zones", [(UTC, LOCAL_ZONE), (LOCAL_ZONE, UTC)])
def test_equal_moments_have_one_text_whichever_zone_is_asked_for_first(zones: tuple[object, object]) -> None:
    format_instant.cache_clear()
    texts = {format_instant(NOON.astimezone(zone)) for zone in zones}  # type: ignore[arg-type]  # both are zones
    assert texts == {"2026-11-28T12:00:00+00:00"}


def test_a_text_with_any_offset_is_read_as_utc() -> None:
    assert parse_utc("2026-11-28T19:00:00+07:00") == NOON
    assert parse_utc("2026-11-28T19:00:00+07:00").tzinfo is UTC
    with pytest.raises(ValueError, match="no UTC offset"):
        parse_utc("2026-11-28T19:00:00")
