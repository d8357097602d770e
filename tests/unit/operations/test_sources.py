"""The state of a source, by what its polls left on the board."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest

from lienthong.adapters.clock import ReplayClock
from lienthong.adapters.sql.ledger import SqlLedger
from lienthong.adapters.sql.status import SqlStatusBoard
from lienthong.calendars.calendar import Calendar
from lienthong.calendars.parts import Basis
from lienthong.operations.processes import SILENT_AFTER, Processes
from lienthong.operations.sources import (
    HANGING_AFTER,
    Look,
    SourceState,
    look_at_sources,
    source_json,
    source_state,
)
from lienthong.ports import Cursor, ProcessStatus, SourceStatus
from lienthong.recurrence import Daily, MonthlyWorkingDay
from lienthong.route import Route
from lienthong.settings import ScheduleSettings, Settings, SourceSettings
from tests.databases import open_embedded

NOW = datetime(2023, 11, 15, 2, 0, tzinfo=UTC)
SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
SOURCE = SourceSettings(name="igate", use="a.B", every=timedelta(seconds=60), silent_after=2 * DAY)
PROCESS = ProcessStatus(process="me", pid=1, host="h", role="everything", began_at=NOW, seen_at=NOW)
WELL = SourceStatus(
    source="igate", first_at=NOW - DAY, ended_at=NOW - SECOND, new_at=NOW - DAY, next_at=NOW + SECOND, process="me"
)
RUNNING, NO_PROCESS = Processes([PROCESS], PROCESS), Processes([], PROCESS)
POLLING = replace(WELL, running_since=NOW - SECOND, progress_at=NOW - SECOND)


@pytest.mark.parametrize(
    ("status", "processes", "state"),
    [
        (SourceStatus(source="igate"), Processes([], None), "never"),
        (SourceStatus(source="igate"), NO_PROCESS, "stopped"),
        (WELL, RUNNING, "waiting"),
        (POLLING, RUNNING, "polling"),
        (replace(POLLING, progress_at=NOW - HANGING_AFTER - SECOND), RUNNING, "hanging"),
        (replace(POLLING, trouble="down"), RUNNING, "down"),
        (replace(WELL, trouble="down"), RUNNING, "down"),
        (replace(WELL, trouble="refused"), RUNNING, "refused"),
        (replace(WELL, trouble="failing"), RUNNING, "failing"),
        (replace(WELL, new_at=NOW - 2 * DAY - SECOND), RUNNING, "silent"),
        (replace(WELL, new_at=None, first_at=NOW - 2 * DAY - SECOND), RUNNING, "silent"),
        (replace(WELL, next_at=NOW - timedelta(minutes=3)), RUNNING, "stopped"),
        (replace(POLLING, process="killed", next_at=NOW - timedelta(minutes=3)), RUNNING, "stopped"),
        (WELL, NO_PROCESS, "stopped"),
        (WELL, Processes([], replace(PROCESS, role="until-done")), "finished"),
        (replace(WELL, trouble="down"), Processes([], replace(PROCESS, role="until-done")), "down"),
    ],
)
def test_the_worst_that_is_true_of_a_source_is_its_state(
    status: SourceStatus, processes: Processes, state: SourceState
) -> None:
    assert source_state(SOURCE, status, Look({}, processes, NOW)) == state


class Described:
    @staticmethod
    def describe_cursor(cursor: Cursor) -> str:
        return f"trang {cursor['page']}, số 052085001234"


class Breaks:
    @staticmethod
    def describe_cursor(cursor: Cursor) -> str:
        raise KeyError(cursor["page"])


@pytest.fixture
def board(tmp_path: Path) -> Iterator[SqlStatusBoard]:
    database = open_embedded(tmp_path)
    yield SqlStatusBoard(database, SqlLedger(database, ReplayClock(NOW)))
    database.dispose()


class OneCursor:
    """A ledger that has read every source as far."""

    def cursor(self, _: str) -> Mapping[str, Any]:
        return {"page": 3}


class Reading(OneCursor):
    """A ledger that has read every source to its end, or none."""

    def __init__(self, reading: str) -> None:
        self.reading = lambda _: reading


def test_a_source_that_must_wait_for_another_is_held(board: SqlStatusBoard) -> None:
    route = Route(name="a", description="", source="igate", when=None, steps=(), to=(), after=("ccvc",))
    both = {name: replace(SOURCE, name=name) for name in ("igate", "ccvc")}
    configured = Settings(sources=both, routes={"a": route})
    unread, handled = (look_at_sources(board, ledger, configured, NOW) for ledger in LEDGERS)
    assert [(view.name, view.state, list(view.awaited)) for view in unread] == [
        ("igate", "held", ["ccvc"]),
        ("ccvc", "unused", []),
    ]
    assert handled[0].state == "never" and source_json(unread[0])["waits_for"] == ["ccvc"]


LEDGERS: Any = (Reading("unread"), Reading("handled"))


def settings(use: str, *, routes: bool = True) -> Settings:
    route = Route(name="a", description="", source="igate", when=None, steps=(), to=())
    return Settings(
        sources={"igate": replace(SOURCE, use=use)},
        routes={"a": route} if routes else {},
        disabled={"sources": ("old",)},
    )


def test_every_source_is_shown_with_its_cursor_in_words_or_as_json(board: SqlStatusBoard) -> None:
    board.save(PROCESS, [WELL])
    ledger: Any = OneCursor()
    module = "tests.unit.operations.test_sources"

    def cursor(use: str) -> str:
        return look_at_sources(board, ledger, settings(use), NOW)[0].cursor

    words = cursor(f"{module}.Described")
    assert words.startswith("trang 3") and "052085001234" not in words
    assert cursor(f"{module}.OneCursor") == cursor("no.such.Source") == '{"page":3}'
    assert cursor(f"{module}.Breaks") == '{"page": 3} (KeyError)'
    igate, old = look_at_sources(board, ledger, settings("a.B"), NOW)
    assert (igate.state, old.name, old.state) == ("waiting", "old", "disabled")
    assert look_at_sources(board, ledger, settings("a.B", routes=False), NOW)[0].state == "unused"
    shown = source_json(igate)
    assert (shown["state"], shown["faulty"], shown["silent_after_seconds"]) == ("waiting", False, 172800)


def test_a_process_that_was_not_heard_of_for_long_polls_nothing(board: SqlStatusBoard) -> None:
    board.save(PROCESS, [WELL])
    ledger: Any = OneCursor()
    assert look_at_sources(board, ledger, settings("a.B"), NOW + SILENT_AFTER)[0].state == "stopped"


def test_a_schedule_is_shown_with_its_next_moment_and_what_was_skipped(board: SqlStatusBoard) -> None:
    daily = ScheduleSettings(name="daily", rule=Daily(time(8)), start=NOW - DAY)
    routes = {"r": Route("r", "", daily.source, None, (), ("archive",))}
    settings = Settings(schedules={"daily": daily}, routes=routes, disabled={"schedules": ("off",)})
    skipped = {"count": 3, "first": "2023-11-10T08:00:00+07:00", "last": "2023-11-12T08:00:00+07:00"}
    ledger: Any = OneCursor()
    ledger.cursor = lambda _: {"due": "2023-11-14T08:00:00+07:00", "skipped": skipped}
    view, off = look_at_sources(board, ledger, settings, NOW)
    assert (view.name, view.state) == ("schedule.daily", "never")
    assert source_json(view)["next_due"] == "2023-11-15T01:00:00+00:00"
    assert "2023-11-14 08:00" in view.cursor and "2023-11-12 08:00" in view.cursor
    assert (off.name, off.state) == ("schedule.off", "disabled")


@pytest.mark.parametrize(("year", "lacks"), [(2022, "office"), (2023, ""), (2024, "office")])
def test_a_schedule_names_the_calendar_that_lacks_the_days_off_of_its_next_year(
    year: int, lacks: str, board: SqlStatusBoard
) -> None:
    rule = MonthlyWorkingDay(1, time(8), "office")
    monthly = ScheduleSettings(name="monthly", rule=rule, start=NOW - DAY)
    routes = {"r": Route("r", "", monthly.source, None, (), ("archive",))}
    settings = Settings(
        schedules={"monthly": monthly},
        routes=routes,
        calendars={"office": Calendar("office", announced={year: Basis("Notice 1")})},
    )
    ledger: Any = OneCursor()
    ledger.cursor = lambda _: {}
    (view,) = look_at_sources(board, ledger, settings, NOW)
    assert view.lacks_days_of == lacks
