"""Schedules while a recording is played: they follow its time."""

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import select

from lienthong.adapters.clock import ReplayClock
from lienthong.adapters.kombu import KombuBroker
from lienthong.adapters.sql.ledger import SqlLedger
from lienthong.adapters.sql.schema import bodies
from lienthong.envelope import format_instant
from lienthong.errors import Transient
from lienthong.intake.poller import Poll, Poller
from lienthong.recurrence import Daily, Rule, Weekly
from lienthong.route import Route
from lienthong.runtime.playback import play
from lienthong.runtime.pollers import make_pollers
from lienthong.runtime.world import Playing
from lienthong.settings import ScheduleSettings, Settings
from tests.databases import open_embedded

FIRST = datetime(2023, 11, 1, 2, tzinfo=UTC)
TICKS = [FIRST + timedelta(days=day) for day in (0, 2, 3)]


def schedule(name: str, rule: Rule, start: datetime = FIRST - timedelta(days=300)) -> ScheduleSettings:
    return ScheduleSettings(name=name, rule=rule, start=start)


class Unhurried(threading.Event):
    """A stop that is never asked for. A wait for it takes no time."""

    def wait(self, timeout: float | None = None) -> bool:
        return False


class Recorded:
    """A recording with two schedules and what plays it."""

    def __init__(self, folder: Path) -> None:
        self.database = open_embedded(folder)
        self.clock = ReplayClock(FIRST)
        self.ledger = SqlLedger(self.database, self.clock)
        self.broker = KombuBroker("memory://", self.clock, name=str(folder))
        self.broker.declare(["route.daily", "route.weekly"], ())
        self.shown: list[datetime] = []
        self.stop = Unhurried()
        self.fails: Callable[[Poller], bool] = lambda _: False

    def poll(self, poller: Poller) -> Poll:
        if self.fails(poller):
            raise Transient("down", after=timedelta(0))
        return poller.poll(self.stop)

    def drain(self, _: Callable[[], bool]) -> None:
        """Nothing serves the stages here."""

    def show(self, moment: datetime) -> None:
        self.shown.append(moment)

    def play(self, *schedules: ScheduleSettings) -> None:
        self.clock.move_to(TICKS[0])
        routes = {one.name: Route(one.name, "", one.source, None, (), ("archive",)) for one in schedules}
        settings = Settings(schedules={one.name: one for one in schedules}, routes=routes)
        storage: Any = SimpleNamespace(
            settings=settings, clock=self.clock, ledger=self.ledger, notices=SimpleNamespace(add=print)
        )
        pollers = make_pollers(storage, self.broker, lambda _: None, Playing())
        bus: Any = SimpleNamespace(pollers=pollers, broker=self.broker)
        recording: Any = SimpleNamespace(ticks=TICKS, show=self.show)
        runner: Any = self
        assert len(list(play(bus, recording, self.clock, runner))) == len(TICKS)

    def received(self) -> list[tuple[str, str]]:
        with self.database.connect() as connection:
            rows = connection.execute(select(bodies.c.subject, bodies.c.received_at).order_by(bodies.c.received_at))
            return [(row.subject, row.received_at) for row in rows]


@pytest.fixture
def recorded(tmp_path: Path) -> Iterator[Recorded]:
    recorded = Recorded(tmp_path)
    yield recorded
    recorded.broker.close()
    recorded.database.dispose()


DAYS = ["2023-11-01T10:00:00+07:00", "2023-11-02T10:00:00+07:00", "2023-11-03T10:00:00+07:00"]
WEEKLY = "2023-11-02T20:00:00+07:00"
DAILY_AT_TEN, THURSDAYS = schedule("daily", Daily(time(10))), schedule("weekly", Weekly(3, time(20)))


def test_each_moment_between_two_ticks_is_played_at_its_own_time(recorded: Recorded) -> None:
    recorded.play(DAILY_AT_TEN, THURSDAYS)
    moments = sorted([*DAYS, WEEKLY])
    assert recorded.received() == [(one, format_instant(datetime.fromisoformat(one))) for one in moments]
    assert recorded.shown == sorted([*TICKS, *map(datetime.fromisoformat, moments)])


def test_nothing_is_due_before_the_recording_begins(recorded: Recorded) -> None:
    recorded.play(schedule("daily", Daily(time(8))))
    assert [moment for moment, _ in recorded.received()] == [
        "2023-11-02T08:00:00+07:00",
        "2023-11-03T08:00:00+07:00",
        "2023-11-04T08:00:00+07:00",
    ]


def test_a_recording_that_is_played_again_brings_nothing_new(recorded: Recorded) -> None:
    recorded.play(DAILY_AT_TEN)
    recorded.play(DAILY_AT_TEN)
    assert [moment for moment, _ in recorded.received()] == DAYS


def test_a_moment_that_cannot_be_recorded_is_caught_up_at_the_tick(recorded: Recorded) -> None:
    recorded.fails = lambda _: recorded.clock.now() not in TICKS
    recorded.play(DAILY_AT_TEN)
    assert [moment for moment, _ in recorded.received()] == DAYS
