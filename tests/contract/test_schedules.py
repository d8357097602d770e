"""The contract of schedules: each due moment is one event, also when processes stop or several poll."""

import random
import threading
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select

from lienthong.adapters.clock import ReplayClock
from lienthong.adapters.sql.ledger import SqlLedger
from lienthong.adapters.sql.schema import bodies
from lienthong.envelope import LOCAL_ZONE, Bundle
from lienthong.errors import Transient
from lienthong.intake.schedule import Schedule, describe_cursor
from lienthong.intake.schedule_poller import SchedulePoller
from lienthong.notices import Notices
from lienthong.recurrence import Cron, Daily, Monthly, MonthlyWorkingDay, Rule, Weekly
from lienthong.settings import ScheduleSettings
from tests.mortal import KilledError, Life, MortalBroker, MortalLedger, is_killed

NEVER = threading.Event()
EIGHT = time(8)
START = datetime(2023, 11, 1, tzinfo=LOCAL_ZONE)
NAME = "closing"
KILLS, PROCESSES, YEARS = 200, 3, 2
RULES: Sequence[Rule] = [Daily(EIGHT), Weekly(4, time(16, 30)), Monthly(31, EIGHT), MonthlyWorkingDay(-1, EIGHT)]


class Queues:
    """Durable queues that all processes share."""

    durable = True

    def __init__(self) -> None:
        self.moments: Counter[str] = Counter()

    def publish(self, bundles: Sequence[Bundle]) -> None:
        self.moments.update(one.subject for bundle in bundles for one in bundle.envelopes)


def settings(rule: Rule, **more: Any) -> ScheduleSettings:
    return ScheduleSettings(name=NAME, rule=rule, start=START.astimezone(UTC), **more)


class Bus:
    """Processes that share a ledger, queues and a clock."""

    def __init__(self, ledger: SqlLedger, clock: ReplayClock) -> None:
        self.ledger = ledger
        self.clock = clock
        self.queues = Queues()
        self.notices = Notices()

    def process(self, schedule: ScheduleSettings, life: Life | None = None) -> SchedulePoller:
        life = life or Life()
        mortal: Any = MortalLedger(self.ledger, life)
        broker: Any = MortalBroker(self.queues, life)
        source = Schedule(schedule, self.clock, self.notices)
        return SchedulePoller(schedule.source, source, ("route.a",), broker=broker, ledger=mortal, clock=self.clock)

    def poll(self, schedule: ScheduleSettings) -> None:
        self.process(schedule).poll(NEVER)


@pytest.fixture
def bus(ledger: SqlLedger, clock: ReplayClock) -> Bus:
    return Bus(ledger, clock)


def received(database: Engine, source: str = f"schedule.{NAME}") -> list[str]:
    """The due moments in the ledger, in the order in which they were received."""
    with database.connect() as connection:
        query = select(bodies.c.subject).where(bodies.c.source == source).order_by(bodies.c.number)
        return list(connection.scalars(query))


def expected(schedule: ScheduleSettings, until: datetime) -> list[str]:
    moments = []
    for due in schedule.rule.after(START - timedelta(seconds=1)):
        if due > until:
            return moments
        moments.append(due.isoformat())
    return moments


def test_a_due_moment_is_one_event_of_the_schedule(bus: Bus, database: Engine, ledger: SqlLedger) -> None:
    daily = settings(Daily(EIGHT))
    bus.clock.move_to(START + timedelta(hours=8))
    bus.poll(daily)
    bus.poll(daily)
    assert received(database) == ["2023-11-01T08:00:00+07:00"]
    (item,) = ledger.open_items()
    assert (item.raw.source, item.raw.type, item.via, item.stage) == (
        "schedule.closing",
        "schedule.due.v1",
        "source.schedule.closing",
        "route.a",
    )
    assert item.raw.data_dict() == {"schedule": NAME, "due_at": "2023-11-01T08:00:00+07:00"}
    assert ledger.balance().faults == ()
    assert ledger.balance().sources["schedule.closing"].received == 1


def test_nothing_is_due_before_its_moment(bus: Bus, database: Engine) -> None:
    bus.clock.move_to(START + timedelta(hours=8) - timedelta(microseconds=1))
    bus.poll(settings(Daily(EIGHT)))
    assert received(database) == []


def test_every_missed_moment_comes_in_order_after_days_of_a_stop(bus: Bus, database: Engine) -> None:
    often = settings(Cron("*/20 * * * *"))
    bus.poll(often)
    bus.clock.move_to(START + timedelta(days=9))
    bus.poll(often)
    moments = received(database)
    assert moments == expected(often, bus.clock.now())
    assert len(moments) == 9 * 72 + 1  # more than one page


def test_a_clock_that_goes_back_repeats_nothing(bus: Bus, database: Engine) -> None:
    daily = settings(Daily(EIGHT))
    for day in (5, 2, 6):
        bus.clock.move_to(START + timedelta(days=day))
        bus.poll(daily)
    assert received(database) == expected(daily, bus.clock.now())


def test_a_lost_cursor_repeats_nothing(bus: Bus, database: Engine, ledger: SqlLedger) -> None:
    daily = settings(Daily(EIGHT))
    bus.clock.move_to(START + timedelta(days=5))
    bus.poll(daily)
    with ledger.transaction() as transaction:
        transaction.receive([], source=daily.source, to=["route.a"], cursor={})
    bus.poll(daily)
    assert received(database) == expected(daily, bus.clock.now())


def test_another_rule_goes_on_from_the_last_moment(bus: Bus, database: Engine) -> None:
    bus.clock.move_to(START + timedelta(days=5))
    bus.poll(settings(Daily(EIGHT)))
    bus.clock.move_to(START + timedelta(days=6))
    bus.poll(settings(Daily(time(9))))
    moments = [moment[8:16] for moment in received(database)]
    assert moments[-3:] == ["05T08:00", "05T09:00", "06T09:00"]


def test_what_is_older_than_catch_up_is_skipped_and_named(bus: Bus, database: Engine, ledger: SqlLedger) -> None:
    daily = settings(Daily(EIGHT), catch_up=timedelta(days=2))
    bus.clock.move_to(START + timedelta(days=1))
    bus.poll(daily)
    bus.clock.move_to(START + timedelta(days=10))
    bus.poll(daily)
    assert [moment[8:10] for moment in received(database)] == ["01", "09", "10"]
    words = describe_cursor(ledger.cursor(daily.source))
    assert "2023-11-10 08:00" in words
    assert "7" in words and "2023-11-02 08:00" in words and "2023-11-08 08:00" in words
    (notice,) = bus.notices.take()
    assert "2023-11-02 08:00" in notice
    bus.clock.move_to(START + timedelta(days=11))
    bus.poll(daily)
    assert bus.notices.take() == []
    assert "2023-11-02 08:00" in describe_cursor(ledger.cursor(daily.source)), "it stays to be seen"


def test_where_everything_is_skipped_nothing_is_received(bus: Bus, database: Engine) -> None:
    monthly = settings(Monthly(25, EIGHT), catch_up=timedelta(days=1))
    bus.clock.move_to(START + timedelta(days=60))
    bus.poll(monthly)
    bus.poll(monthly)
    assert received(database) == []
    assert len(bus.notices.take()) == 1


def test_a_poller_waits_until_the_next_moment(bus: Bus) -> None:
    poller = bus.process(settings(Daily(EIGHT)))
    bus.clock.move_to(START + timedelta(hours=7, minutes=59, seconds=30))
    poller.poll(NEVER)
    assert poller.pause(timedelta(minutes=1)) == timedelta(seconds=30)
    bus.clock.move_to(START + timedelta(hours=8, seconds=5))
    assert poller.pause(timedelta(minutes=1)) == timedelta(seconds=1)
    poller.poll(NEVER)
    assert poller.pause(timedelta(minutes=1)) == timedelta(minutes=1)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: type(rule).__name__)
def test_two_years_with_kills_and_three_processes(rule: Rule, bus: Bus, database: Engine) -> None:
    """Each process ends at a chance moment, and another one begins in its place."""
    schedule = settings(rule)
    chance = random.Random(7)
    kills = Counter[str]()
    began, end = bus.clock.now(), START + timedelta(days=365 * YEARS)
    barrier = threading.Barrier(PROCESSES + 1)
    failures: list[Exception] = []

    def serve(seed: int) -> None:
        luck = random.Random(seed)
        process = bus.process(schedule, Life(luck.randint(1, luck.choice([3, 12]))))
        while True:
            barrier.wait()
            if bus.clock.now() >= end:
                return
            try:
                process.poll(NEVER)
            except (KilledError, Transient) as error:
                if is_killed(error):
                    kills["all"] += 1
                    process = bus.process(schedule, Life(luck.randint(1, luck.choice([3, 12]))))
            except Exception as error:  # noqa: BLE001 - shown at the end
                failures.append(error)
            barrier.wait()

    threads = [threading.Thread(target=serve, args=(number,)) for number in range(PROCESSES)]
    for thread in threads:
        thread.start()
    moment = began
    while moment < end:
        moment = min(end, moment + timedelta(hours=chance.randint(1, 150)))
        bus.clock.move_to(min(moment, end - timedelta(seconds=1)))
        barrier.wait()
        barrier.wait()
    bus.clock.move_to(end)
    barrier.wait()
    for thread in threads:
        thread.join()
    bus.poll(schedule)
    assert failures == []
    assert kills["all"] >= KILLS
    assert received(database) == expected(schedule, end)
    assert set(bus.queues.moments) == set(received(database)), "what is recorded reaches the queues"
    assert bus.ledger.balance().faults == ()
    assert list(bus.ledger.verify()) == []


def test_of_a_stop_of_days_one_look_is_made_where_only_the_latest_counts(bus: Bus, database: Engine) -> None:
    each_minute = settings(Cron("* * * * *"), only_latest=True)
    bus.poll(each_minute)
    first = received(database)
    bus.poll(each_minute)
    assert len(first) == 1 and received(database) == first, "nothing is due twice"
    bus.clock.move_to(bus.clock.now() + timedelta(days=3, seconds=30))
    bus.poll(each_minute)
    last = (bus.clock.now() - timedelta(seconds=30)).astimezone(LOCAL_ZONE)
    assert received(database)[1:] == [last.isoformat()]
    assert not bus.notices.take()


def test_the_latest_is_found_however_long_ago_it_was(bus: Bus, database: Engine) -> None:
    seldom = settings(Monthly(1, EIGHT), only_latest=True)
    bus.clock.move_to(datetime(2024, 3, 20, tzinfo=UTC))
    bus.poll(seldom)
    assert received(database) == ["2024-03-01T08:00:00+07:00"]
