"""The bus as a province runs it: several processes. Each is started again when it ends, as systemd does."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import httpx
import orjson
import yaml

from tests.reduced_project import copy_routes

ROOT = Path(__file__).parents[2]
SERVING = "Lienthong đang chạy".encode()
"""The line that a process prints once all its threads run."""
GRACE_SECONDS = 10.0
"""How long a process may take to end after SIGTERM."""
RESTART_SECONDS = 0.5
"""How long after its end a process is started again."""


class Process:
    """One process of the bus, which may end and be started again many times."""

    def __init__(self, name: str, arguments: Sequence[str], folder: Path, environment: Mapping[str, str]) -> None:
        self.name = name
        self.exits: list[int] = []
        self._log_folder = folder / name / "logs"
        self._command = [sys.executable, "-m", "lienthong.cli", "run", *arguments, "--data", str(folder / name)]
        self._output = folder / f"{name}.log"
        self._environment = {**os.environ, **environment, "PYTHONUNBUFFERED": "1"}
        self._start_at = 0.0
        self._output_start = 0
        self._running: subprocess.Popen[bytes] | None = None

    @property
    def serving(self) -> bool:
        """Whether it has started all its threads, and so ends in order after SIGTERM."""
        if self._running is None or self._running.poll() is not None:
            return False
        with self._output.open("rb") as output:
            output.seek(self._output_start)
            return SERVING in output.read()

    @property
    def ends(self) -> int:
        """How often it has ended."""
        return len(self.exits) + (self._running is not None and self._running.poll() is not None)

    def start_if_ended(self) -> None:
        if self._running is not None and self._running.poll() is not None:
            self.exits.append(self._running.wait())
            self._running, self._start_at = None, time.monotonic() + RESTART_SECONDS
        if self._running is None and time.monotonic() >= self._start_at:
            with self._output.open("ab") as output:
                self._output_start = output.tell()
                self._running = subprocess.Popen(
                    self._command, cwd=ROOT, env=self._environment, stdout=output, stderr=output, start_new_session=True
                )

    def kill(self) -> None:
        """Kill it with SIGKILL, and wait until it is dead: the next fault must not find it serving."""
        if self._running is not None:
            self._running.kill()
            self._running.wait()

    def terminate(self) -> int:
        """End it with SIGTERM. Returns its exit code; fails when it takes longer than `GRACE_SECONDS`."""
        assert self._running is not None
        self._running.send_signal(signal.SIGTERM)
        began = time.monotonic()
        try:
            code = self._running.wait(GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            self._running.send_signal(signal.SIGABRT)  # with faulthandler, every thread's stack is in the output
            self._running.wait(GRACE_SECONDS)
            raise AssertionError(
                f"{self.name} did not end {GRACE_SECONDS:g} s after SIGTERM\n{self.last_output()}"
            ) from None
        assert code == 0, f"{self.name} ended with {code} {time.monotonic() - began:.1f} s after SIGTERM"
        return code

    def log(self) -> str:
        """Everything it has logged."""
        return "".join(file.read_text(encoding="utf-8", errors="replace") for file in self._log_folder.glob("*.jsonl"))

    def last_output(self, size: int = 6_000) -> str:
        """The last `size` characters of its output."""
        return self._output.read_text(encoding="utf-8", errors="replace")[-size:] if self._output.exists() else ""


class Processes:
    """All processes of a bus."""

    def __init__(self, folder: Path, roles: Sequence[str], environment: Mapping[str, str]) -> None:
        """`roles`: the value of `--only` for each process; "" runs every role."""
        folder.mkdir(exist_ok=True)
        environment = {**environment, "PYTHONFAULTHANDLER": "1"}
        self.all = [
            Process(
                f"{number}-{role.replace(':', '-') or 'all'}", ["--only", role] if role else [], folder, environment
            )
            for number, role in enumerate(roles)
        ]

    def start_ended(self) -> None:
        for process in self.all:
            process.start_if_ended()

    def kill_all(self) -> None:
        """Kill them; none is started again."""
        for process in self.all:
            process.kill()

    def count_logged(self, text: str) -> int:
        """How often `text` stands in the logs."""
        return sum(process.log().count(text) for process in self.all)

    def wait_until(self, condition: Callable[[], bool], seconds: float, what: str) -> None:
        """Start ended processes until `condition` holds. Fails after `seconds`, naming `what` was waited for."""
        began = time.monotonic()
        while not condition():
            self.start_ended()
            waited = time.monotonic() - began
            assert waited < seconds, f"after {waited:.0f} s still not: {what}\n{self.last_output()}"
            time.sleep(0.05)  # between two evaluations of the condition

    def keep_for(self, seconds: float) -> None:
        """Let a fault last for `seconds`: how long it lasts is part of the fault."""
        end = time.monotonic() + seconds
        self.wait_until(lambda: time.monotonic() >= end, seconds + 60, "the end of the fault")

    def last_output(self) -> str:
        return "\n".join(f"--- {process.name} {process.exits}\n{process.last_output(1500)}" for process in self.all)


@dataclass(frozen=True, slots=True)
class Sandbox:
    """The sandbox, in a separate process."""

    url: str
    client: httpx.Client

    def set_clock(self, moment: datetime) -> None:
        self.client.put("/-/clock", json={"now": moment.isoformat()}).raise_for_status()

    def order_fault(self, **fault: object) -> None:
        """Order one of the sandbox's faults for iGate; see `sandbox.faults.Fault`."""
        self.client.post("/-/faults", json={"system": "igate", **fault}).raise_for_status()


@contextmanager
def start_sandbox(recording: Path) -> Iterator[Sandbox]:
    command = [sys.executable, "-m", "sandbox", "--recording", str(recording), "--until-stdin-closes"]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin and process.stdout
        try:
            url = orjson.loads(process.stdout.readline())["url"]
            with httpx.Client(base_url=url, timeout=30) as client:
                yield Sandbox(url, client)
        finally:
            process.stdin.close()


def make_project(root: Path) -> Path:
    """A project with one source, polled each second, and small bundles: more moments at which a fault can hit."""
    copy_routes(root, "igate-dossiers")
    change_yaml(root / "config/sources/igate.yaml", every="1s", **{"with": _read_everything})
    change_yaml(root / "config/bus.yaml", bundle={"size": 25})
    return root


def _read_everything(parameters: Mapping[str, object]) -> Mapping[str, object]:
    """Without `look_back`, each poll reads everything: a change of an old dossier is then seen within a second."""
    return {name: value for name, value in parameters.items() if name != "look_back"} | {"page_size": 200}


def change_yaml(file: Path, **changes: object) -> None:
    """Give keys of a YAML file new values; a function makes the new value from the old one."""
    values = yaml.safe_load(file.read_text("utf-8"))
    new = {name: change(values[name]) if callable(change) else change for name, change in changes.items()}
    file.write_text(yaml.safe_dump({**values, **new}, allow_unicode=True), "utf-8")
