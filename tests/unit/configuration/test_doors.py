"""Routes that begin with an inbox, a schedule or a sink: what is read of them, and how they are explained."""

import shutil
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest

from lienthong.configuration.check import check
from lienthong.configuration.check_loops import find_loop
from lienthong.configuration.explain import explain, explain_sink
from lienthong.configuration.explain_origins import explain_inbox, explain_schedule
from lienthong.configuration.json_schema.write import make_schemas
from lienthong.configuration.load import load
from lienthong.configuration.schedule_calendars import with_calendar
from lienthong.recurrence import Cron, Monthly, MonthlyWorkingDay, Weekly
from lienthong.route import Origin, Route, parse_origin
from lienthong.settings import Settings
from tests.house import editors

DOORS = Path(__file__).parent / "doors"


@pytest.fixture
def doors(project: Path) -> Path:
    """The sound project with routes from every door."""
    shutil.copytree(DOORS, project, dirs_exist_ok=True)
    return project


def read(doors: Path) -> Settings:
    settings, findings = load(doors, {})
    assert findings == []
    return settings


def schedule(doors: Path, *lines: str) -> Settings:
    (doors / "config/schedules/closing.yaml").write_text("\n".join(lines), encoding="utf-8")
    return read(doors)


def test_a_project_with_every_door_is_sound(doors: Path) -> None:
    assert check(doors, {}) == []


def test_the_origin_of_a_route_is_one_string(doors: Path) -> None:
    sources = {name: route.source for name, route in read(doors).routes.items()}
    assert sources == {
        "closings": "schedule.closing",
        "letters": "office",
        "pushed": "inbox.counter",
        "seen": "sink.archive",
    }


@pytest.mark.parametrize("source", ["office", "inbox.a", "schedule.b-c", "sink.d"])
def test_an_origin_is_read_back_from_what_it_writes(source: str) -> None:
    assert str(parse_origin(source)) == source


def test_a_name_that_only_looks_like_a_door_is_a_source() -> None:
    assert parse_origin("sink") == Origin("source", "sink")
    assert parse_origin("other.name") == Origin("source", "other.name")


def test_a_source_may_be_written_as_a_mapping_too(doors: Path) -> None:
    route = doors / "routes/letters.yaml"
    route.write_text(route.read_text("utf-8").replace("from: office", "from: {source: office}"), encoding="utf-8")
    assert read(doors).routes["letters"].source == "office"


def test_what_is_read_of_a_schedule(doors: Path) -> None:
    closing = read(doors).schedules["closing"]
    assert closing.rule == MonthlyWorkingDay(-1, time(16), "office")
    assert closing.start == datetime(2025, 12, 31, 17, tzinfo=UTC)
    assert (closing.type, closing.catch_up, closing.source) == (
        "schedule.due.v1",
        timedelta(days=40),
        "schedule.closing",
    )


@pytest.mark.parametrize(
    ("written", "rule"),
    [
        ('weekly: {day: sunday, at: "07:30"}', Weekly(6, time(7, 30))),
        ('monthly: {day: 31, at: "08:00"}', Monthly(31, time(8))),
        ('cron: "0 8 * * 1"', Cron("0 8 * * 1")),
    ],
)
def test_every_rule_is_read(doors: Path, written: str, rule: object) -> None:
    assert schedule(doors, "start: 2026-01-01T08:00", written).schedules["closing"].rule == rule


@pytest.mark.parametrize(
    "start", ["2026-01-01T07:00", '"2026-01-01 07:00"', "2026-01-01T00:00:00Z", "2026-01-01T07:00:00+07:00"]
)
def test_a_start_without_an_offset_is_local(doors: Path, start: str) -> None:
    settings = schedule(doors, f"start: {start}", 'daily: {at: "08:00"}')
    assert settings.schedules["closing"].start == datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize("named", ["", ", calendar: office"], ids=["the default", "by name"])
def test_the_days_off_come_from_a_calendar(doors: Path, named: str) -> None:
    settings = schedule(doors, "start: 2026-08-01", f'monthly: {{working_day: -1, at: "16:00"{named}}}')
    rule = with_calendar(settings.schedules["closing"], settings.calendars).rule
    assert isinstance(rule, MonthlyWorkingDay)
    assert next(rule.after(datetime(2026, 8, 1, tzinfo=UTC))) == datetime(2026, 8, 29, 9, tzinfo=UTC)
    assert not rule.days.day(datetime(2026, 9, 2, tzinfo=UTC).date()).works


def test_a_schedule_is_polled_with_the_sources_and_may_wait_for_them(doors: Path) -> None:
    route = doors / "routes/closings.yaml"
    route.write_text(route.read_text("utf-8") + "after: [letters]\n", encoding="utf-8")
    assert read(doors).polling_order() == ("office", "schedule.closing")
    assert read(doors).awaited_by("schedule.closing") == ("office",)


@pytest.mark.parametrize("awaited", ["pushed", "seen"])
def test_nothing_waits_for_what_is_never_polled(doors: Path, awaited: str) -> None:
    route = doors / "routes/closings.yaml"
    route.write_text(route.read_text("utf-8") + f"after: [{awaited}]\n", encoding="utf-8")
    assert [finding.code for finding in check(doors, {})] == ["LT616"]


@pytest.mark.parametrize(("folder", "name"), [("schedules", "closing"), ("inboxes", "counter")])
def test_a_door_that_is_disabled_is_a_warning_at_its_route(doors: Path, folder: str, name: str) -> None:
    with (doors / "config" / folder / f"{name}.yaml").open("a", encoding="utf-8") as file:
        file.write("enabled: false\n")
    assert [(finding.code, finding.level) for finding in check(doors, {})] == [("LT613", "warning")]


def test_an_environment_lays_its_keys_over_a_schedule(doors: Path) -> None:
    environment = doors / "config/env/production.yaml"
    text = environment.read_text("utf-8") + "schedules: {closing: {catch_up: 2d}}\ninboxes: {counter: {max_bytes: 5}}\n"
    environment.write_text(text, encoding="utf-8")
    settings, findings = load(doors, {"LIENTHONG_ENV": "production"})
    assert findings == []
    assert settings.schedules["closing"].catch_up == timedelta(days=2)
    assert settings.inboxes["counter"].max_bytes == 5


def test_a_sink_that_only_begins_a_route_still_needs_one_that_leads_to_it(doors: Path) -> None:
    (doors / "config/sinks/silent.yaml").write_text("use: sample_parts.offices.Archive\n", encoding="utf-8")
    route = doors / "routes/seen.yaml"
    route.write_text(route.read_text("utf-8").replace("{sink: archive}", "{sink: silent}"), encoding="utf-8")
    assert [finding.code for finding in check(doors, {})] == ["LT605"]


@pytest.mark.parametrize("announce", ["true", "false"])
def test_a_route_from_a_sink_may_lead_to_subscribers_alone(doors: Path, announce: str) -> None:
    route = doors / "routes/seen.yaml"
    lines = [line for line in route.read_text("utf-8").splitlines() if not line.startswith(("to:", "announce:"))]
    route.write_text("\n".join([*lines, "to: []", f"announce: {announce}\n"]), encoding="utf-8")
    assert ("LT206" in {finding.code for finding in check(doors, {})}) == (announce == "false")


def routes(*ways: str) -> list[Route]:
    """Routes written as `a>b,c`: from sink a to the sinks b and c."""
    written = []
    for number, way in enumerate(ways):
        first, _, to = way.partition(">")
        written.append(Route(f"r{number}", "", f"sink.{first}", None, (), tuple(to.split(","))))
    return written


@pytest.mark.parametrize(
    ("ways", "loop"),
    [
        (["a>a"], ["a", "a"]),
        (["a>b", "b>c", "c>a"], ["a", "b", "c", "a"]),
        (["a>x,b", "b>a"], ["a", "b", "a"]),
        (["a>b", "b>c", "c>b"], []),
        (["a>b", "b>c"], []),
    ],
)
def test_loops_over_several_sinks_are_found(ways: list[str], loop: list[str]) -> None:
    several = routes(*ways)
    assert list(find_loop(several[0], several)) == loop


def test_routes_from_doors_are_explained(doors: Path) -> None:
    settings = read(doors)
    lines = {name: explain(route, settings)[1].text for name, route in settings.routes.items()}
    assert lines["closings"] == (
        "`closing`, due each month on its last working day at 16:00: The letters of the month are counted."
    )
    assert lines["pushed"] == "`counter`, to which others push: Letters that are handed in"
    assert lines["seen"] == "what the sink `archive` hands back"


def test_a_schedule_is_explained(doors: Path) -> None:
    settings = read(doors)
    assert [(line.label, line.text) for line in explain_schedule(settings.schedules["closing"], settings)] == [
        ("closing", "The letters of the month are counted."),
        ("due", "each month on its last working day at 16:00"),
        ("start", "2026-01-01 00:00"),
        ("missed", "those due longer ago than 40d are skipped (`catch_up`)"),
        ("event", "`schedule.due.v1`: schedule, due_at"),
        ("to", "`closings`"),
    ]


def test_a_sink_is_explained_with_the_routes_of_what_it_hands_back(doors: Path) -> None:
    settings = read(doors)
    lines = {name: explain_sink(sink, settings)[-1] for name, sink in settings.sinks.items()}
    assert (lines["archive"].label, lines["archive"].text) == ("follow-ups", "`seen`")
    assert lines["attic"].label == "replay"


def test_an_inbox_is_explained(doors: Path) -> None:
    settings = read(doors)
    assert [(line.label, line.text) for line in explain_inbox(settings.inboxes["counter"], settings)] == [
        ("counter", "Letters that are handed in"),
        ("pushed", "`POST /in/counter`, at most 1,000 bytes and 5,000 records at once"),
        ("who", "clients with the scope `inbox:counter`"),
        ("to", "`pushed`"),
        ("waits", "at most 100,000 events while the queues cannot be reached; then pushes are refused (503)"),
        ("silent", "never: it has no `silent_after`"),
        ("with", "name: main"),
    ]


def test_editors_accept_every_door_and_refuse_none_that_does_not_exist(doors: Path) -> None:
    schemas = make_schemas(doors, {}, "en")
    for path in [*doors.glob("routes/*.yaml"), *doors.glob("config/**/*.yaml")]:
        kind = editors.kind_of(path.relative_to(doors).as_posix())
        assert kind is not None
        assert editors.refusals(schemas[kind], editors.parse(path.read_bytes())) == [], path
    route = editors.parse((doors / "routes/seen.yaml").read_bytes())
    for wrong in ({"sink": "nowhere"}, {"schedule": "closing", "sink": "archive"}, {}, "archive"):
        assert editors.refusals(schemas["route"], {**route, "from": wrong}), wrong
