"""A month of an agency as people and programs see it, and what the doctor finds of calendars."""

import io
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from rich.console import Console

from lienthong.calendars.unknown_year import UnknownYear
from lienthong.cli.month import show_calendar
from lienthong.configuration.load import load
from lienthong.errors import WrongUse
from lienthong.operations.calendar_health import examine_calendars
from lienthong.operations.health_items import Installation
from lienthong.operations.month import look_at_month, month_json
from lienthong.settings import Settings

ROOT = Path(__file__).parents[3]
NOW = datetime(2026, 8, 31, 18, tzinfo=UTC)


@pytest.fixture(scope="module")
def province() -> Settings:
    return load(ROOT, {})[0]


def look(province: Settings, agency: str, month: str) -> dict[str, Any]:
    return month_json(look_at_month(province, agency, month, NOW))


def test_a_month_for_programs(province: Settings) -> None:
    found = look(province, "H08.17", "2026-08")
    assert (found["calendar"], found["extends"], found["announced"]) == ("province", ["vietnam"], True)
    assert (found["working_days"], found["working_seconds"]) == (21, 21 * 8 * 3600)
    saturday, monday = found["days"][21], found["days"][30]
    assert saturday == {
        "date": "2026-08-22",
        "weekday": 6,
        "kind": "extra",
        "hours": [["07:00", "11:30"], ["13:30", "17:00"]],
        "name": "Quốc khánh: làm bù cho ngày 31/08/2026",
        "document": "Thông báo 9441/TB-BNV",
        "dated": "2025-10-15",
    }
    assert (monday["kind"], monday["hours"]) == ("off", [])


def test_the_month_is_the_local_one_if_none_is_given(province: Settings) -> None:
    assert look(province, "province", "")["month"] == "2026-09"


def test_a_year_without_a_notice_is_marked(province: Settings) -> None:
    found = look(province, "H08", "2027-02")
    assert (found["announced"], found["working_days"]) == (False, 15)


@pytest.mark.parametrize("month", ["2026-13", "2026", "26-08", "0000-01", "2026-08-01", "x"])
def test_what_is_no_month_is_refused(province: Settings, month: str) -> None:
    with pytest.raises(WrongUse, match=month):
        look_at_month(province, "H08", month, NOW)


def test_nothing_is_shown_of_a_year_of_which_nothing_is_known(province: Settings) -> None:
    with pytest.raises(UnknownYear):
        look_at_month(province, "H08", "2101-01", NOW)
    with pytest.raises(WrongUse):
        look_at_month(Settings(), "H08", "2026-01", NOW)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ("Thursday", "public holiday: National Day", "Điều 112 Bộ luật Lao động", "160.0 working hours", "law")),
        ("vi", ("thứ năm", "nghỉ lễ, Tết: Quốc khánh", "Điều 112 Bộ luật Lao động", "160,0 giờ làm việc", "theo luật")),
    ],
)
def test_a_month_for_people(
    province: Settings, language: str, words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LIENTHONG_LANG", language)
    console = Console(file=io.StringIO(), width=160)
    project: Any = SimpleNamespace(readable_settings=lambda: province)
    assert show_calendar(console, project, "H08", "2027-09", as_json=False) == 0
    page: Any = console.file
    assert [word for word in words if word not in page.getvalue()] == []


def test_the_doctor_warns_of_a_year_that_is_not_announced(tmp_path: Path) -> None:
    folder = tmp_path / "config/calendars"
    folder.mkdir(parents=True)
    text = "default: true\nnotices: [{document: A, dated: 2020-12-01, year: YEAR}]\n"
    installation = Installation(tmp_path, {}, tmp_path / "var", broker="memory://", database="")
    (folder / "office.yaml").write_text(text.replace("YEAR", "2021"), encoding="utf-8")
    (item,) = examine_calendars(installation)
    assert item.state == "warn"
    assert str(datetime.now(UTC).year) in item.found
    assert "office.yaml" in item.advice
    years = "\n".join(f"  - {{document: A, dated: 2020-12-01, year: {2020 + n}}}" for n in range(180))
    (folder / "office.yaml").write_text(f"default: true\nnotices:\n{years}\n", encoding="utf-8")
    (item,) = examine_calendars(Installation(tmp_path, {}, tmp_path / "var", broker="memory://", database=""))
    assert (item.state, "2199" in item.found) == ("ok", True)
