"""The bus as a province runs it: several processes, each started again when it ends, as systemd does."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import orjson
import yaml

ROOT = Path(__file__).parents[2]
SERVING = "Lienthong đang chạy".encode()
GRACE = 10.0
"""Seconds a process may take to end after SIGTERM."""


class Process:
    """One process of the bus, and those that replace it when it ends."""

    def __init__(self, name: str, arguments: Sequence[str], folder: Path, environment: Mapping[str, str]) -> None:
        self.name = name
        self.exits: list[int] = []
        self._log_folder = folder / name / "logs"
        self._command = [sys.executable, "-m", "lienthong.cli", "run", *arguments, "--data", str(folder / name)]
        self._log = folder / f"{name}.log"
        self._environment = {**os.environ, **environment, "PYTHONUNBUFFERED": "1"}
        self._again_at = 0.0
        self._began = 0
        self._running: subprocess.Popen[bytes] | None = None

    @property
    def serving(self) -> bool:
        """Whether it has started all its threads, so that it handles SIGTERM."""
        if self._running is None or self._running.poll() is not None:
            return False
        with self._log.open("rb") as log:
            log.seek(self._began)
            return SERVING in log.read()

    @property
    def lives(self) -> int:
        """How often it has ended."""
        return len(self.exits) + (self._running is not None and self._running.poll() is not None)

    def tend(self) -> None:
        """Start it when it does not run, half a second after its end."""
        if self._running is not None and self._running.poll() is not None:
            self.exits.append(self._running.wait())
            self._running, self._again_at = None, time.monotonic() + 0.5
        if self._running is None and time.monotonic() >= self._again_at:
            with self._log.open("ab") as log:
                self._began = log.tell()
                self._running = subprocess.Popen(
                    self._command, cwd=ROOT, env=self._environment, stdout=log, stderr=log, start_new_session=True
                )

    def kill(self) -> None:
        """SIGKILL. It has ended when this returns: the next fault must not count it as serving."""
        if self._running is not None:
            self._running.kill()
            self._running.wait()

    def end(self) -> None:
        """Kill it, not to be started again."""
        self.kill()

    def terminate(self) -> int:
        """Send SIGTERM and return the exit code. Fails when the process takes longer than `GRACE`."""
        assert self._running is not None
        self._running.send_signal(signal.SIGTERM)
        began = time.monotonic()
        try:
            code = self._running.wait(GRACE)
        except subprocess.TimeoutExpired:
            self._running.send_signal(signal.SIGABRT)  # with faulthandler, every thread's stack is in the log
            self._running.wait(GRACE)
            raise AssertionError(f"{self.name} did not end {GRACE:g} s after SIGTERM\n{self.end_of_output()}") from None
        assert code == 0, f"{self.name} ended with {code} {time.monotonic() - began:.1f} s after SIGTERM"
        return code

    def logged(self) -> str:
        """Its whole log."""
        return "".join(file.read_text(encoding="utf-8", errors="replace") for file in self._log_folder.glob("*.jsonl"))

    def end_of_output(self, size: int = 6_000) -> str:
        return self._log.read_text(encoding="utf-8", errors="replace")[-size:] if self._log.exists() else ""


class Fleet:
    """All processes of a bus."""

    def __init__(self, folder: Path, roles: Sequence[str], environment: Mapping[str, str]) -> None:
        """`roles`: what follows `--only`, one a process; "" is everything."""
        folder.mkdir(exist_ok=True)
        environment = {**environment, "PYTHONFAULTHANDLER": "1"}
        self.processes = [
            Process(
                f"{number}-{role.replace(':', '-') or 'all'}", ["--only", role] if role else [], folder, environment
            )
            for number, role in enumerate(roles)
        ]

    def tend(self) -> None:
        for process in self.processes:
            process.tend()

    def end(self) -> None:
        for process in self.processes:
            process.end()

    def count_logged(self, words: str) -> int:
        """How often the logs contain these words."""
        return sum(process.logged().count(words) for process in self.processes)

    def until(self, condition: Callable[[], bool], seconds: float, what: str) -> float:
        """Wait until the condition holds, and keep all processes alive meanwhile. Returns the seconds it took."""
        began = time.monotonic()
        while not condition():
            self.tend()
            waited = time.monotonic() - began
            assert waited < seconds, f"after {waited:.0f} s still not: {what}\n{self.output()}"
            time.sleep(0.05)  # between two checks, not for time to pass
        return time.monotonic() - began

    def last_for(self, seconds: float) -> None:
        """Let a fault last so long; the time is part of the fault."""
        end = time.monotonic() + seconds
        self.until(lambda: time.monotonic() >= end, seconds + 60, "time passes")

    def output(self) -> str:
        return "\n".join(
            f"--- {process.name} {process.exits}\n{process.end_of_output(1500)}" for process in self.processes
        )


@dataclass(frozen=True, slots=True)
class Outside:
    """The sandbox, in a separate process."""

    url: str
    client: httpx.Client

    def show(self, moment: datetime) -> None:
        self.client.put("/-/clock", json={"now": moment.isoformat()}).raise_for_status()

    def order(self, **fault: object) -> None:
        """One of the sandbox's own faults; see `sandbox.faults.Fault`."""
        self.client.post("/-/faults", json={"system": "igate", **fault}).raise_for_status()


@contextmanager
def outside(recording: Path) -> Iterator[Outside]:
    command = [sys.executable, "-m", "sandbox", "--recording", str(recording), "--until-stdin-closes"]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin and process.stdout
        try:
            url = orjson.loads(process.stdout.readline())["url"]
            with httpx.Client(base_url=url, timeout=30) as client:
                yield Outside(url, client)
        finally:
            process.stdin.close()


def make_project(root: Path) -> Path:
    """A project with one source that is polled each second, and small bundles, so that faults hit more boundaries."""
    for folder in ("config/tables", "config/lookups", "config/sinks"):
        shutil.copytree(ROOT / folder, root / folder)
    for folder in ("config/sources", "config/reports", "routes"):
        (root / folder).mkdir(parents=True)
    copied = (
        "routes/igate-dossiers.yaml",
        "routes/igate-dossiers.cases.yaml",
        "config/sources/igate.yaml",
        "config/bus.yaml",
    )
    for file in copied:
        shutil.copy(ROOT / file, root / file)
    _change(
        root / "config/sources/igate.yaml",
        lambda data: {**data, "every": "1s", "with": {**data["with"], "page_size": 200}},
    )
    _change(root / "config/bus.yaml", lambda data: {**data, "bundle": {"size": 25}})
    return root


def _change(file: Path, change: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    file.write_text(yaml.safe_dump(change(yaml.safe_load(file.read_text("utf-8"))), allow_unicode=True), "utf-8")
