"""Instants as operators write them."""

from datetime import UTC, datetime

import pytest

from lienthong.errors import WrongUse
from lienthong.operations.moments import parse_since

NOW = datetime(2023, 11, 20, 3, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2h", datetime(2023, 11, 20, 1, 0, tzinfo=UTC)),
        ("7d", datetime(2023, 11, 13, 3, 0, tzinfo=UTC)),
        ("2023-11-15", datetime(2023, 11, 14, 17, 0, tzinfo=UTC)),
        ("15/11/2023", datetime(2023, 11, 14, 17, 0, tzinfo=UTC)),
        ("15/11/2023 08:30", datetime(2023, 11, 15, 1, 30, tzinfo=UTC)),
        ("2023-11-15T08:30", datetime(2023, 11, 15, 1, 30, tzinfo=UTC)),
        ("2023-11-15T08:30:00+00:00", datetime(2023, 11, 15, 8, 30, tzinfo=UTC)),
        ("", None),
    ],
)
def test_what_an_operator_writes_is_an_instant_in_utc(text: str, instant: datetime | None) -> None:
    assert parse_since(text, NOW) == instant


@pytest.mark.parametrize("text", ["yesterday", "2", "15-11-2023x", "0001-01-01", "999999999d", "\x1b[2J"])
def test_what_is_no_instant_is_refused_with_what_to_write(text: str) -> None:
    with pytest.raises(WrongUse, match="7d"):
        parse_since(text, NOW)
