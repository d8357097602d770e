"""A project with one inbox, one route and one sink, in a folder of its own, and the processes that run it."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

FILES = {
    "config/bus.yaml": "bundle: {size: 25}\nladder: [1s, 5s, 30s]\n",
    "config/inboxes/office.yaml": "use: push_parts.Office\nroom: 50000\n",
    "config/sinks/kept.yaml": "use: push_parts.Kept\nretry: {rungs: [1s], attempts: 50}\n",
    "routes/letters.yaml": "description: Thư gửi vào\nfrom: {inbox: office}\nto: [kept]\n",
    "routes/letters.cases.yaml": """cases:
  - name: Thư được chuyển
    given: {type: letter.seen, subject: a, received_at: "2026-11-27T09:00:00+07:00", data: {code: a}}
    expect: {verdict: done, data: {code: a}}
""",
    "push_parts.py": '''"""An inbox whose reply names what was new, and a sink that would keep what it gets twice."""

import json

from sqlalchemy import text

from lienthong import Done, Receipt, Record, Reply


class Office:
    def __init__(self, site):
        pass

    def receive(self, body, headers):
        letters = json.loads(body)
        records = [Record("letter.seen", one["code"], one) for one in letters]
        return Receipt(records, lambda new: Reply(200, json.dumps(list(new)).encode(), "application/json"))


class Kept:
    reaches_outside = False

    def __init__(self, site):
        pass

    def deliver(self, envelopes, transaction):
        rows = [{"code": one.subject} for one in envelopes]
        transaction.connection.execute(text("INSERT INTO kept_letters (code) VALUES (:code)"), rows)
        return [Done(one) for one in envelopes]
''',
}

READY = {"serve": b"http://127.0.0.1:", "run": "Lienthong đang chạy".encode()}
"""What each command prints once it works."""

WAIT_SECONDS = 120.0
"""How long anything may take on a busy machine."""


def write_project(root: Path) -> Path:
    """Write the project's files."""
    return write_files(root, FILES)


def write_files(root: Path, files: Mapping[str, str]) -> Path:
    """Write files of a project, by their paths."""
    for name, content in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(content, encoding="utf-8")
    return root


class Restarted:
    """A process that is started again whenever it was killed."""

    def __init__(self, root: Path, *arguments: str, environment: Mapping[str, str]) -> None:
        self.kills = 0
        self._begun_at = 0
        self._root = root
        self._arguments = arguments
        settled = {"LIENTHONG_PROJECT": str(root), "LIENTHONG_LANG": "vi", "PYTHONUNBUFFERED": "1"}
        self._environment = {**os.environ, **environment, **settled}
        self._output = root / f"{arguments[0]}-{id(self)}.log"
        self._running = self._start()

    @property
    def is_ready(self) -> bool:
        """Whether it works since it was started last."""
        with self._output.open("rb") as output:
            output.seek(self._begun_at)
            return READY[self._arguments[0]] in output.read()

    def _start(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "lienthong.cli", *self._arguments]
        with self._output.open("ab") as output:
            self._begun_at = output.tell()
            return subprocess.Popen(command, cwd=self._root, env=self._environment, stdout=output, stderr=output)

    def kill(self) -> None:
        """SIGKILL, and start it again."""
        self._running.kill()
        self._running.wait()
        self.kills += 1
        self._running = self._start()

    def terminate(self) -> int:
        """SIGTERM; its exit code."""
        self._running.terminate()
        return self._running.wait(WAIT_SECONDS)

    def end(self) -> None:
        self._running.kill()
        self._running.wait()

    @property
    def output(self) -> str:
        return self._output.read_text("utf-8", errors="replace")[-3000:]


def add_client(root: Path, environment: Mapping[str, str], *options: str) -> str:
    """A client that may push; its key."""
    command = [sys.executable, "-m", "lienthong.cli", "access", "client", "add", "office", "--json", *options]
    environment = {**os.environ, **environment, "LIENTHONG_PROJECT": str(root)}
    done = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    return str(json.loads(done.stdout)["key"])


def wait_until(condition: Callable[[], bool], what: Callable[[], str], seconds: float = WAIT_SECONDS) -> None:
    """Fails with `what` after a while."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, what()
        time.sleep(0.1)  # between two evaluations of the condition


def outputs(processes: Sequence[Restarted]) -> str:
    """The last lines of each."""
    return "\n".join(one.output for one in processes)
