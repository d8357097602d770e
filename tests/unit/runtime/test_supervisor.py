"""One process that watches others: one that ends is started again, and all of them stop together."""

import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from lienthong.runtime import supervisor as module
from lienthong.runtime.supervisor import FIRST_PAUSE, LONGEST_PAUSE, Supervisor
from tests.command_line import lienthong

ENDS_AT_ONCE = [sys.executable, "-c", "raise SystemExit(3)"]
RUNS_UNTIL_STOPPED = [sys.executable, "-c", "import signal as s; s.signal(s.SIGTERM, lambda *_: exit()); s.pause()"]
IGNORES_SIGTERM = [sys.executable, "-c", "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); input()"]


class ClockedSupervisor(Supervisor):
    """A supervisor whose time passes only when the test moves `now`."""

    def __init__(self, command: list[str], processes: int = 1) -> None:
        self.now = 0.0
        self.reports: list[str] = []
        super().__init__(command, processes, report=self.reports.append, monotonic=lambda: self.now)

    def pause(self) -> float:
        """Seconds until the first process is started again."""
        return self.children[0].due - self.now

    def pids(self) -> list[int]:
        return [child.process.pid for child in self.children if child.process]

    def wait_for_reports(self, count: int) -> None:
        """Check until this many ends were reported."""
        deadline = time.monotonic() + 30
        while len(self.reports) < count:
            self.check()
            assert time.monotonic() < deadline, self.reports
            time.sleep(0.01)  # between looks, not for time to pass


def test_a_process_that_ends_is_started_again_later_each_time() -> None:
    with ClockedSupervisor(ENDS_AT_ONCE) as supervisor:
        pauses = []
        for count in range(1, 9):
            supervisor.wait_for_reports(count)
            pauses.append(supervisor.pause())
            supervisor.now += supervisor.pause()
            supervisor.check()
    assert pauses[:4] == [FIRST_PAUSE * 2**number for number in range(4)]
    assert pauses[-1] == LONGEST_PAUSE
    assert all("mã 3" in report for report in supervisor.reports)


def test_no_process_is_started_before_its_pause_is_over() -> None:
    with ClockedSupervisor(ENDS_AT_ONCE) as supervisor:
        supervisor.wait_for_reports(1)
        supervisor.now = FIRST_PAUSE - 0.01
        supervisor.check()
        assert supervisor.pause() == pytest.approx(0.01)
    assert supervisor.unfinished == 1, "a process that failed and waits for its next start did not end well"


def test_a_process_that_cannot_be_started_is_tried_again_and_the_rest_go_on() -> None:
    with ClockedSupervisor(["/nowhere/at/all"], 2) as supervisor:
        assert [child.due for child in supervisor.children] == [FIRST_PAUSE, FIRST_PAUSE]
        assert len(supervisor.reports) == 2 and "không khởi động được" in supervisor.reports[0]
        supervisor.now = FIRST_PAUSE
        supervisor.check()
        assert len(supervisor.reports) == 4
    assert supervisor.unfinished == 2


def test_a_process_that_lived_long_is_started_again_soon() -> None:
    with ClockedSupervisor(ENDS_AT_ONCE) as supervisor:
        for count in range(1, 4):
            supervisor.wait_for_reports(count)
            supervisor.now += supervisor.pause()
            supervisor.check()
        supervisor.now += LONGEST_PAUSE + 1
        supervisor.wait_for_reports(4)
        assert supervisor.pause() == FIRST_PAUSE


def test_leaving_stops_every_process() -> None:
    with ClockedSupervisor(RUNS_UNTIL_STOPPED, 3) as supervisor:
        running = supervisor.pids()
        for pid in running:
            _wait_until(lambda pid=pid: _has_signal(pid, "SigCgt"))
    assert len(running) == 3 and not any(map(psutil.pid_exists, running))
    assert (supervisor.unfinished, supervisor.reports) == (0, [])


def test_a_process_that_ignores_sigterm_is_killed_and_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "STOP_SECONDS", 0.2)
    with ClockedSupervisor(IGNORES_SIGTERM) as supervisor:
        (pid,) = supervisor.pids()
        _wait_until(lambda: _has_signal(pid, "SigIgn"))
    assert supervisor.unfinished == 1
    assert not psutil.pid_exists(pid)


def _wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)  # between looks, not for time to pass


def _has_signal(pid: int, mask: str) -> bool:
    """Whether a process has SIGTERM in its `mask` (SigCgt, SigIgn)."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace")
    signals = next(line.split()[1] for line in status.splitlines() if line.startswith(mask))
    return bool(int(signals, 16) >> (signal.SIGTERM - 1) & 1)


@pytest.mark.slow
@pytest.mark.parametrize("option", [["--until-done"], ["--only", "intake"], ["--out", "out"], ["--recording", "none"]])
def test_processes_is_refused_with_other_options(option: list[str], tmp_path: Path) -> None:
    done = lienthong("run", "--processes", "2", *option, "--data", tmp_path)
    assert (done.returncode, option[0] in done.stderr) == (2, True)
