"""What is read of the files of config/calendars/; and the calendars that the project ships."""

import subprocess
import sys
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from lienthong.calendars.calendar import Calendar
from lienthong.calendars.choice import Calendars
from lienthong.configuration.bind import bind
from lienthong.configuration.check import check
from lienthong.configuration.check_calendars import check_calendars, unstated_years
from lienthong.configuration.faults import Mismatch
from lienthong.configuration.json_schema.write import make_schemas
from lienthong.configuration.load import load, load_documents
from lienthong.envelope import LOCAL_ZONE
from tests.house import editors
from tests.unit.calendars.offices import FIRST, LAST, OFF, SWAPS, minutes_of

ROOT = Path(__file__).parents[3]


def write(project: Path, **files: str) -> Path:
    folder = project / "config/calendars"
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return project


def read(project: Path, **files: str) -> dict[str, Calendar]:
    settings, findings = load(write(project, **files), {})
    assert findings == []
    return dict(settings.calendars)


def codes(project: Path, **files: str) -> list[str]:
    return [f"{finding.file} {finding.line} {finding.code}" for finding in check(write(project, **files), {})]


BASE = """\
default: true
hours:
  - {since: 2025-07-01, document: Decision 1, dated: 2025-06-20, friday: ["07:00-11:00"]}
  - {friday: ["07:00-12:00"]}
notices:
  - document: Notice 1
    dated: 2025-12-01
    days_off: [{first: 2026-02-16, last: 2026-02-20, name: Tết}]
    days_worked: [{day: 2026-03-01, name: A Sunday, hours: ["08:00-09:00"]}, {day: 2026-03-07, name: A Saturday}]
    swaps: [{day_off: 2026-01-02, day_worked: 2026-01-10}]
"""


def test_a_calendar_is_read(project: Path) -> None:
    office = read(project, office=BASE)["office"]
    hours = {
        day: office.day(date.fromisoformat(day)) for day in ("2025-06-27", "2025-07-04", "2026-03-01", "2026-01-10")
    }
    assert hours["2025-06-27"].spans == ((7 * 3600, 12 * 3600),)
    assert hours["2025-07-04"].spans == hours["2026-01-10"].spans == ((7 * 3600, 11 * 3600),)
    assert hours["2026-03-01"].spans == ((8 * 3600, 9 * 3600),)
    assert [office.day(date(2026, 2, 15 + number)).kind for number in range(7)] == ["rest", *["off"] * 5, "rest"]
    swapped = office.day(date(2026, 1, 2))
    assert swapped.name == "nghỉ hoán đổi, làm bù ngày 10/01/2026"
    assert swapped.basis is not None
    assert (swapped.basis.title, swapped.basis.dated) == ("Notice 1", date(2025, 12, 1))
    assert len(office.day(date(2026, 3, 7)).spans) == 2


def test_a_calendar_has_what_it_does_not_state_from_the_one_that_it_extends(project: Path) -> None:
    counter = 'extends: office\nagencies: [H08.12, "H08.30.*"]\nhours: [{saturday: ["07:00-11:30"]}]\n'
    closed = "extends: counter\nnotices: [{document: B, dated: 2026-01-01, days_off: [{day: 2026-01-10, name: B}]}]\n"
    found = read(project, office=BASE, counter=counter, closed=closed)
    assert found["counter"].day(date(2026, 1, 17)).works
    assert found["counter"].day(date(2026, 1, 10)).spans == found["office"].day(date(2026, 1, 10)).spans
    assert not found["counter"].day(date(2026, 2, 16)).works
    assert not found["closed"].day(date(2026, 1, 10)).works
    assert found["closed"].day(date(2026, 1, 17)).works
    assert found["closed"].parents == ("counter", "office")
    assert Calendars(found.values()).of("H08.30.4").name == "counter"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("default: true\nextends: offices\n", "config/calendars/office.yaml 2 LT624"),
        ("default: true\nextends: office\n", "config/calendars/office.yaml 2 LT625"),
        ("description: The only one\n", "config/calendars 1 LT626"),
        (BASE + "      - {day_off: 2026-02-17, day_worked: 2026-02-21}\n", "config/calendars/office.yaml 11 LT205"),
    ],
)
def test_faults_that_no_schema_finds(project: Path, text: str, code: str) -> None:
    text = text.replace("    swaps: [{day_off: 2026-01-02, day_worked: 2026-01-10}]\n      - ", "    swaps:\n      - ")
    assert codes(project, office=text) == [code]


def test_faults_between_calendars(project: Path) -> None:
    assert codes(project, a="default: true\n", b="default: true\n") == ["config/calendars/b.yaml 1 LT626"]
    assert codes(project, b="agencies: [H08.1]\n", a="default: true\nagencies: [H08.2, h08.1]\n") == [
        "config/calendars/b.yaml 1 LT627"
    ]
    found = codes(project, a="default: true\nextends: b\n", b="extends: a\n")
    assert found == ["config/calendars/b.yaml 1 LT625"]


def test_a_parameter_names_a_calendar(project: Path) -> None:
    def step(*, calendar: Calendar, calendars: Calendars) -> None: ...

    found = read(project, office=BASE, other="extends: office\nagencies: [H08.1]\n")
    bound = bind(step, {"calendar": "other", "calendars": "office"}, tables={}, calendars=found)
    assert bound["calendar"] is found["other"]
    assert bound["calendars"].of("H08.1") is found["other"]
    assert bound["calendars"].of("H08.2") is found["office"]
    wrong: dict[str, Any] = {"calendar": "offices", "calendars": 5}
    with pytest.raises(Mismatch, match="did you mean `office`") as caught:
        bind(step, wrong, tables={}, calendars=found)
    assert [fault.code for fault in caught.value.faults] == ["LT624", "LT112"]


@pytest.mark.parametrize(
    ("today", "missing"),
    [("2026-12-14", ()), ("2026-12-15", (2027,)), ("2027-01-01", (2027,)), ("2027-12-31", (2027, 2028))],
)
def test_a_year_that_no_notice_states_is_a_warning(project: Path, today: str, missing: tuple[int, ...]) -> None:
    text = "default: true\nholidays: {country: VN}\nnotices: [{document: A, dated: 2025-12-01, year: 2026}]\n"
    loaded = load_documents(write(project, office=text, other="extends: office\n"), {})
    day = date.fromisoformat(today)
    assert unstated_years(loaded.settings.calendars, day) == ({"office": missing} if missing else {})
    assert [finding.code for finding in check_calendars(loaded, day)] == ["LT628"] * bool(missing)
    assert all(finding.level == "warning" for finding in check_calendars(loaded, day))


def test_the_days_of_the_province_are_those_of_the_notices_and_of_the_law() -> None:
    """Each day of five years against the days written by hand from the notices."""
    settings, _ = load(ROOT, {})
    province = settings.working_calendars().of("H08.17")
    assert province.name == "province"
    day = FIRST
    while day <= LAST:
        expected = tuple((opens * 60, closes * 60) for opens, closes in minutes_of(day, "plain"))
        assert province.day(day).spans == expected, day
        assert province.day(day).announced is (day.year < 2027)
        day += timedelta(days=1)
    named = [province.day(day) for day in (*SWAPS, *SWAPS.values(), date(2026, 2, 17), date(2026, 11, 24))]
    assert all(one.basis is not None and one.basis.dated is not None and one.name for one in named)
    assert "11-24" in OFF


def test_editors_accept_the_calendars_of_the_province(project: Path) -> None:
    schema = make_schemas(write(project, office=BASE, vietnam="extends: office\n"), {}, "en")["calendar"]
    for path in (ROOT / "config/calendars").glob("*.yaml"):
        assert editors.refusals(schema, editors.parse(path.read_bytes())) == []
    half = {"document": "A", "dated": "2026-01-01", "days_off": [{"first": "2026-01-01", "name": "A"}]}
    for wrong in ({"extends": "nowhere"}, {"hours": [{"monday": ["7-11"]}]}, {"announced_by": "13-01"}, {"off": []}):
        assert editors.refusals(schema, wrong), wrong
    assert editors.refusals(schema, {"notices": [half]})


def test_the_clock_of_the_machine_decides_what_is_missing_when_no_day_is_given(project: Path) -> None:
    year = datetime.now(LOCAL_ZONE).year
    text = f"default: true\nnotices: [{{document: A, dated: 2025-12-01, year: {year - 1}}}]\n"
    assert [code.split()[-1] for code in codes(project, office=text)] == ["LT628"]


@pytest.mark.slow
def test_neither_help_nor_check_loads_the_library_of_holidays(project: Path) -> None:
    write(project, office="default: true\nholidays: {country: VN}\n")
    code = (
        "import sys; from pathlib import Path; from lienthong.cli import app; "
        "from lienthong.configuration.check import check; check(Path(sys.argv[1]), {}); "
        "print('holidays' in sys.modules)"
    )
    found = subprocess.run(
        [sys.executable, "-c", code, str(project)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == "False"
