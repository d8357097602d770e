"""Deadlines in working days: weekends and days off do not count, days that are made up do."""

from datetime import date
from pathlib import Path

import pytest
import yaml

from transforms.working_days import after, working_days

TABLES = Path(__file__).parents[3] / "config" / "tables"
CALENDAR = working_days(
    *(yaml.safe_load((TABLES / f"{name}.yaml").read_text("utf-8")) for name in ("holidays", "worked-days"))
)


@pytest.mark.parametrize(
    ("begins", "number", "ends"),
    [
        (date(2026, 11, 27), 1, date(2026, 11, 30)),
        (date(2026, 11, 20), 5, date(2026, 11, 30)),
        (date(2026, 8, 21), 1, date(2026, 8, 22)),
        (date(2026, 8, 28), 2, date(2026, 9, 4)),
        (date(2026, 2, 13), 1, date(2026, 2, 23)),
        (date(2026, 11, 28), 5, date(2026, 12, 4)),
    ],
    ids=["over a weekend", "over a holiday", "a Saturday that is worked", "National Day", "Tết", "from a Saturday"],
)
def test_a_deadline_ends_on_a_working_day(begins: date, number: int, ends: date) -> None:
    assert after(begins, number, CALENDAR) == ends
