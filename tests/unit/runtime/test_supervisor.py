"""One process that watches others: who ends is started again, and who is told to stop stops."""

import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from lienthong.runtime import supervisor as several
from lienthong.runtime.supervisor import FIRST_PAUSE, LONGEST_PAUSE, Supervisor
from tests.recording.conftest import lienthong

AT_ONCE = [sys.executable, "-c", "raise SystemExit(3)"]
TILL_TOLD = [sys.executable, "-c", "import signal as s; s.signal(s.SIGTERM, lambda *_: exit()); s.pause()"]
DEAF = [sys.executable, "-c", "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); input()"]


class Watched(Supervisor):
    """Time passes as the test says."""

    def __init__(self, command: list[str], processes: int = 1) -> None:
        self.now = 0.0
        self.told: list[str] = []
        super().__init__(command, processes, tell=self.told.append, moment=lambda: self.now)

    def pause(self) -> float:
        """Seconds until the first is started again."""
        return self.kept[0].due - self.now

    def pids(self) -> list[int]:
        return [kept.process.pid for kept in self.kept if kept.process]

    def wait_for_an_end(self, count: int) -> None:
        """Look until so many ends were noticed."""
        deadline = time.monotonic() + 30
        while len(self.told) < count:
            self.look()
            assert time.monotonic() < deadline, self.told
            time.sleep(0.01)  # between looks, not for time to pass


def test_who_ends_is_started_again_later_each_time() -> None:
    with Watched(AT_ONCE) as watch:
        pauses = []
        for count in range(1, 9):
            watch.wait_for_an_end(count)
            pauses.append(watch.pause())
            watch.now += watch.pause()
            watch.look()
    assert pauses[:4] == [FIRST_PAUSE * 2**number for number in range(4)]
    assert pauses[-1] == LONGEST_PAUSE
    assert all("mã 3" in told for told in watch.told)


def test_nobody_is_started_before_his_time() -> None:
    with Watched(AT_ONCE) as watch:
        watch.wait_for_an_end(1)
        watch.now = FIRST_PAUSE - 0.01
        watch.look()
        assert watch.pause() == pytest.approx(0.01)
    assert watch.unfinished == 1, "who failed and waits for another start did not end well"


def test_who_cannot_be_started_is_tried_again_and_the_others_go_on() -> None:
    with Watched(["/nowhere/at/all"], 2) as watch:
        assert [kept.due for kept in watch.kept] == [FIRST_PAUSE, FIRST_PAUSE]
        assert len(watch.told) == 2 and "không khởi động được" in watch.told[0]
        watch.now = FIRST_PAUSE
        watch.look()
        assert len(watch.told) == 4
    assert watch.unfinished == 2


def test_who_lived_long_is_started_again_soon() -> None:
    with Watched(AT_ONCE) as watch:
        for count in range(1, 4):
            watch.wait_for_an_end(count)
            watch.now += watch.pause()
            watch.look()
        watch.now += LONGEST_PAUSE + 1
        watch.wait_for_an_end(4)
        assert watch.pause() == FIRST_PAUSE


def test_leaving_stops_everybody() -> None:
    with Watched(TILL_TOLD, 3) as watch:
        running = watch.pids()
        for pid in running:
            _until(lambda pid=pid: _signal(pid, "SigCgt"))
    assert len(running) == 3 and not any(map(psutil.pid_exists, running))
    assert (watch.unfinished, watch.told) == (0, [])


def test_who_does_not_hear_is_killed_and_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(several, "FAREWELL", 0.2)
    with Watched(DEAF) as watch:
        (pid,) = watch.pids()
        _until(lambda: _signal(pid, "SigIgn"))
    assert watch.unfinished == 1
    assert not psutil.pid_exists(pid)


def _until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)  # between looks, not for time to pass


def _signal(pid: int, mask: str) -> bool:
    """Whether a process has SIGTERM in its `mask` (SigCgt, SigIgn)."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace")
    signals = next(line.split()[1] for line in status.splitlines() if line.startswith(mask))
    return bool(int(signals, 16) >> (signal.SIGTERM - 1) & 1)


@pytest.mark.parametrize("option", [["--until-done"], ["--only", "intake"], ["--out", "out"], ["--recording", "none"]])
def test_several_go_alone(option: list[str], tmp_path: Path) -> None:
    told = lienthong("run", "--processes", "2", *option, "--data", tmp_path)
    assert (told.returncode, option[0] in told.stderr) == (2, True)
