"""Every rule for alarms is active in the state that it is for, which is caused here in the real processes, and silent
without it. Prometheus scrapes them and judges; the clock of the bus is moved where a state takes days."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import httpx
import pytest
from sqlalchemy import Engine, text

from lienthong.envelope import LOCAL_ZONE
from tests.command_line import lienthong
from tests.contract.ledger_steps import tamper
from tests.services import postgres, rabbitmq
from tests.services.alarm_project import write_project
from tests.services.disk import small_disk
from tests.services.machine_clock import MachineClock
from tests.services.proxy import proxied
from tests.services.push_project import Restarted, add_client, outputs
from tests.services.push_project import wait_until as wait
from tests.services.rabbitmq_steps import url_through
from tests.services.watcher import Watcher, watching
from tests.serving import Serving

pytestmark = pytest.mark.slow

LONG_AGO, DAYS_AGO = timedelta(hours=2), timedelta(days=9)
LETTERS = 5

PROBED_SECONDS = 150.0
"""Within this time a target that was down is tried again: between two tries lies a minute at the most."""


@pytest.fixture
def database() -> Iterator[Engine]:
    with postgres.fresh_database() as engine:
        yield engine


class Alarms:
    """What each rule stated so far: `seen` are those that were active at some time, `silent` those that were not."""

    def __init__(self, watcher: Watcher) -> None:
        self.seen: set[str] = set()
        self.silent: set[str] = set()
        self._watcher = watcher

    def expect(
        self, *names: str, output: Callable[[], str] = str, meanwhile: Callable[[], None] = lambda: None
    ) -> None:
        """Wait until these are active, and do `meanwhile` again and again."""
        wanted = {f"Lienthong{name}" for name in names}

        def is_active() -> bool:
            meanwhile()
            return wanted <= self._look()

        wait(is_active, lambda: f"not active: {wanted - self._look()}\n{output()}", PROBED_SECONDS)

    def expect_silence(self, *names: str, output: Callable[[], str] = str) -> None:
        """Wait until these are not active."""
        wanted = {f"Lienthong{name}" for name in names}
        wait(lambda: not wanted & self._look(), lambda: f"active: {wanted & self._look()}\n{output()}", PROBED_SECONDS)

    def _look(self) -> set[str]:
        active = self._watcher.active()
        self.seen |= active
        if self._watcher.scraped():
            self.silent |= self._watcher.rules - active
        return active


class Bus:
    """The processes of a bus, on servers that can be cut off."""

    def __init__(self, folder: Path, database: Engine, stack: ExitStack) -> None:
        self.root = write_project(folder / "project", datetime.now(LOCAL_ZONE), since=LONG_AGO)
        self.database = database
        self.clock = MachineClock(folder)
        self.flags = folder / "flags"
        self.flags.mkdir()
        url = database.url.set(drivername="postgresql")
        self.sql = stack.enter_context(proxied(url.port or 0))
        self.queues = stack.enter_context(proxied(rabbitmq.node().port))
        self.environment = {
            "LIENTHONG_DATABASE": url.set(port=self.sql.port).render_as_string(hide_password=False),
            "LIENTHONG_BROKER": url_through(self.queues, rabbitmq.node().url()),
            "LIENTHONG_PROJECT": str(self.root),
            "ALARM_FOLDER": str(self.flags),
        }
        self.key = add_client(self.root, self.environment, "--rate", "1000000/s", "--scope", "x")

    def set_flag(self, name: str, text: str) -> None:
        (self.flags / name).write_text(text)

    def verify(self, clock: Mapping[str, str] = {}) -> None:
        done = lienthong("verify", **self.environment, **clock)
        assert done.returncode == 0, done.stdout + done.stderr

    @contextmanager
    def running(self, clock: Mapping[str, str] = {}) -> Iterator[Restarted]:
        process = Restarted(self.root, "run", environment={**self.environment, **clock})
        try:
            wait(lambda: process.is_ready, lambda: outputs([process]), 60)
            yield process
        finally:
            process.end()

    def serve(self, data: Path, stack: ExitStack) -> Serving:
        serving = Serving(data, **self.environment)
        stack.callback(serving.end)
        return serving

    def waiting(self) -> int:
        """Attempts of the sink after which an event waits."""
        query = "SELECT count(*) FROM ledger_entries WHERE stage = 'sink.kept' AND verdict = 'later'"
        with self.database.connect() as connection:
            return int(connection.scalar(text(query)) or 0)

    def ask(self, serving: Serving, how: str, status: int) -> None:
        headers = {"Authorization": f"Bearer {self.key}"}
        with httpx.Client(base_url=serving.address, headers=headers, timeout=30) as client:
            assert client.post("/v1/answers", json={"how": how}).status_code == status


def test_every_alarm_is_active_in_its_state_and_silent_without_it(tmp_path: Path, database: Engine) -> None:
    with ExitStack() as stack:
        bus = Bus(tmp_path, database, stack)
        days_ago_it_was_verified_and_hours_ago_its_target_was_down(bus)
        watcher = stack.enter_context(watching(tmp_path / "prometheus"))
        alarms, serving = Alarms(watcher), bus.serve(tmp_path / "data", stack)
        watcher.watch([serving.address])
        alarms.expect("NotVerified", "QueueOld", "ScheduleLate", "NoProcess")
        alarms.expect_silence("Down", "FiguresMissing", "BrokerDown", "Balance", "Errors", "SinkAlarms")
        alarms.expect_silence("SlowAnswers", "SlowDelivery", "Disk", "DeadLetters", "StageHalted", "TargetDown")
        bus.verify()
        with bus.running() as process:
            parts_go_wrong(bus, alarms, serving, process)
            balance_and_disk_go_wrong(bus, alarms, watcher, serving, stack)
            bus.queues.stop()
            alarms.expect("BrokerDown")
            bus.sql.stop()
            alarms.expect("FiguresMissing")
            serving.end()
            alarms.expect("Down")
        assert alarms.seen == alarms.silent == watcher.rules


def days_ago_it_was_verified_and_hours_ago_its_target_was_down(bus: Bus) -> None:
    bus.clock.set_wrong(-int(DAYS_AGO.total_seconds()))
    bus.verify(bus.clock.environment)
    bus.clock.set_wrong(-int(LONG_AGO.total_seconds()))
    bus.set_flag("target", "down")
    bus.set_flag("letters", str(LETTERS))
    with bus.running(bus.clock.environment) as process:
        wait(lambda: bus.waiting() >= LETTERS, lambda: outputs([process]), 60)


def parts_go_wrong(bus: Bus, alarms: Alarms, serving: Serving, process: Restarted) -> None:
    def output() -> str:
        return outputs([process])

    bus.set_flag("broken-letters", "4")
    alarms.expect("TargetDown", "StageHalted", "DeadLetters", output=output)
    alarms.expect_silence("NotVerified", "NoProcess", "ScheduleLate", "SourceFaulty")
    bus.set_flag("broken-letters", "down")
    bus.set_flag("alarm", "open")
    alarms.expect("SourceFaulty", "SinkAlarms", output=output)
    (bus.flags / "target").unlink()
    alarms.expect("SlowDelivery", output=output)
    alarms.expect_silence("TargetDown", "QueueOld", output=output)

    def ask() -> None:  # again and again: a rate needs a figure that rises between two scrapes
        bus.ask(serving, "slowly", 200)
        bus.ask(serving, "wrongly", 500)

    alarms.expect("SlowAnswers", "Errors", meanwhile=ask)


def balance_and_disk_go_wrong(bus: Bus, alarms: Alarms, watcher: Watcher, serving: Serving, stack: ExitStack) -> None:
    with tamper(bus.database) as connection:
        connection.execute(text("UPDATE ledger_sums SET amount = amount + 1 WHERE source = 'letters'"))
    alarms.expect("Balance")
    narrow = bus.serve(stack.enter_context(small_disk()).folder, stack)
    watcher.watch([serving.address, narrow.address])
    alarms.expect("Disk")
    narrow.end()
    watcher.watch([serving.address])
