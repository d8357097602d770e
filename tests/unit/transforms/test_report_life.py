"""config/report-life.yaml: when a report is due, and what is wrong in the file."""

from datetime import datetime, time
from typing import Any

import pytest
from pydantic import ValidationError

from lienthong import LOCAL_ZONE
from transforms.report_life import Due, ReportLife

MAIL = {"subject": "{title}", "text": "{files}"}


def life(**more: Any) -> ReportLife:
    return ReportLife.model_validate({"since": "2026-11", "report_mail": MAIL, "letter_mail": MAIL, **more})


@pytest.mark.parametrize(
    ("due", "period", "expected"),
    [
        ({"day": 3}, "2026-11", "2026-12-03T06:30:00+07:00"),
        ({"day": 3}, "2026-12", "2027-01-03T06:30:00+07:00"),
        ({"day": 31}, "2027-01", "2027-02-28T06:30:00+07:00"),
        ({"day": 25, "month": "same"}, "2026-11", "2026-11-25T06:30:00+07:00"),
    ],
)
def test_the_day_on_which_a_report_is_due(due: dict[str, Any], period: str, expected: str) -> None:
    assert Due.model_validate(due).moment(period, time(6, 30)).isoformat() == expected


def test_everything_from_the_first_period_on_is_due_up_to_the_moment_itself() -> None:
    rules = life(reports={"a": {"due": {"day": 3}}, "b": {"due": {"day": 25, "month": "same"}}, "c": {}})
    found = rules.due_until(datetime(2027, 1, 3, 6, 30, tzinfo=LOCAL_ZONE))
    assert [(name, period) for name, period, _ in found] == [
        ("a", "2026-11"), ("a", "2026-12"), ("b", "2026-11"), ("b", "2026-12"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("given", "expected"),
    [("", ()), ("a@b.vn, c@d.vn;a@b.vn", ("a@b.vn", "c@d.vn")), (["a@b.vn"], ("a@b.vn",))],
)
def test_addresses_are_a_list_or_one_text_each_once(given: Any, expected: tuple[str, ...]) -> None:
    assert life(reports={"a": {"to": given}}).of("a").to == expected


@pytest.mark.parametrize(
    "more",
    [
        {"since": "2026-13"},
        {"reports": {"a": {"to": "nonsense"}}},
        {"reports": {"a": {"persons": 3}}},
        {"reports": {"a": {"due": {"day": 32}}}},
        {"report_mail": {"subject": "{unknown}", "text": ""}},
    ],
)
def test_what_is_wrong_is_refused(more: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        life(**more)
