"""Durations as people write them."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lienthong.configuration import duration


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("500ms", timedelta(milliseconds=500)),
        ("5s", timedelta(seconds=5)),
        ("2m", timedelta(minutes=2)),
        ("1h", timedelta(hours=1)),
        ("10d", timedelta(days=10)),
        ("0s", timedelta(0)),
    ],
)
def test_a_duration_is_a_number_and_a_unit(text: str, value: timedelta) -> None:
    assert duration.parse(text) == value


@pytest.mark.parametrize(
    "text", ["5", 5, "5 s", "s", "-5s", "5S", "1.5h", "1h30m", "٥s", None, "9999999999d", "999999999d "]
)
def test_anything_else_is_no_duration(text: Any) -> None:
    with pytest.raises(ValueError, match="not a number and a unit"):
        duration.parse(text)


@given(st.integers(1, 999), st.sampled_from(["ms", "s", "m", "h", "d"]))
def test_a_duration_is_shown_as_it_was_written_or_in_larger_units(count: int, unit: str) -> None:
    shown = duration.show(duration.parse(f"{count}{unit}"))
    assert shown
    if count < 24:
        assert shown == f"{count}{unit}"
