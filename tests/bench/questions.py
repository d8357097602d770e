"""Questions over HTTP: how many a second, beside a bare endpoint; and how long while events pass. Prints one JSON line.

    python -m tests.bench.questions SECONDS [EVENTS_A_SECOND [PEOPLE]]

Both sides answer from the same table of the same PostgreSQL, one process each, in turns. Then questions come steadily
over kept connections, while a bus in another process passes events from intake to its store on the same machine.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from statistics import median

import httpx
from sqlalchemy import text

from tests.bench.callers import ask_steadily, flood, question
from tests.bench.deployment import Deployment, deploy
from tests.bench.question_shapes import MAKE
from tests.bench.servers import Servers, servers
from tests.bench.watching import ROOT, Figures, working
from tests.services.ports import free_ports

PATH = "/v1/bench-checks"
CALLERS = 32
"""Connections that call as fast as they are answered."""

OFFICERS, ASKED_A_SECOND = 16, 50.0
"""Connections, and questions a second, of the steady part: ten counters with five officers each, once a second."""

ROUNDS = 3

REQUEST = """path: /v1/bench-checks
accepts: tests.bench.question_shapes.Question
answers: tests.bench.question_shapes.Answer
within: 5s
scope: bench-checks
type: bench-check.v1
description: bench
"""
ROUTE = """description: bench
from: {request: bench-checks}
steps:
  - enrich: tests.bench.question_shapes.answer
    keys: tests.bench.question_shapes.person_key
    from: bench-register
to: []
"""

CASES = """cases:
  - name: it is answered
    given:
      type: bench-check.v1
      subject: "1"
      received_at: 2026-01-30T16:00:00+07:00
      data: {person: p1, procedure: "1", agency: a, client: counter}
    found: {bench-register: {p1: a}}
    expect: {verdict: done, data: {answer: {staff_agency: a, civil_servant: true}}}
  - name: it is no person
    given:
      type: bench-check.v1
      subject: "2"
      received_at: 2026-01-30T16:00:00+07:00
      data: {person: x1, procedure: "1", agency: a, client: counter}
    expect: {verdict: dead, field: person}
  - name: it is nothing
    given:
      type: bench-check.v1
      subject: "3"
      received_at: 2026-01-30T16:00:00+07:00
      data: {person: none, procedure: "1", agency: a, client: counter}
    expect: {verdict: dropped}
"""


def measure(seconds: int, rate: int, people: int, *, ours: Servers, folder: Path) -> Figures:
    deployment = _deploy(folder, ours, total=rate * (3 * seconds + 30), rate=rate, people=people)
    key = _add_client(deployment)
    ask = partial(question, people=people)
    (port,) = free_ports(1)
    bare = ["-m", "tests.bench.bare_endpoint", ours.plain_database(), str(port)]
    plain = f"http://127.0.0.1:{port}"
    with _served(deployment) as address, working([bare], {}):
        _wait_for(plain)
        found: dict[str, list[float]] = {"bare": [], "ours": []}
        sides = (("bare", plain, ""), ("ours", address, key))
        for _ in range(ROUNDS):
            for side, where, secret in sides:
                flood(where, PATH, key=secret, callers=CALLERS, seconds=1, prepare=ask)
                took = flood(where, PATH, key=secret, callers=CALLERS, seconds=seconds / ROUNDS, prepare=ask)
                found[side].append(len(took) / (seconds / ROUNDS))
    commands = [deployment.command("run"), bare]
    with _served(deployment) as address, working(commands, deployment.environment()):
        _wait_for(plain)
        steady = partial(
            ask_steadily, address, PATH, key=key, callers=OFFICERS, rate=ASKED_A_SECOND, seconds=seconds, prepare=ask
        )
        _wait_for_events(deployment, 1)
        steady()  # what is read and opened at first does not count
        before = _stored(deployment)
        began = time.perf_counter()
        took = sorted(steady())
        passed = (_stored(deployment) - before) / (time.perf_counter() - began)
        bare_took = sorted(
            ask_steadily(plain, PATH, key="", callers=OFFICERS, rate=ASKED_A_SECOND, seconds=seconds, prepare=ask)
        )
    return {
        "side": "questions",
        "per_second": round(median(found["ours"])),
        "bare_per_second": round(median(found["bare"])),
        "ratio": round(median(found["ours"]) / median(found["bare"]), 2),
        "people": people,
        "events_passed_per_second": round(passed),
        "asked_per_second": ASKED_A_SECOND,
        "p50_ms": _at(took, 0.5),
        "p99_ms": _at(took, 0.99),
        "max_ms": round(1000 * took[-1], 1),
        "bare_p99_ms": _at(bare_took, 0.99),
    }


def _at(took: Sequence[float], part: float) -> float:
    return round(1000 * took[min(len(took) - 1, int(part * len(took)))], 1)


def _deploy(folder: Path, ours: Servers, *, total: int, rate: int, people: int) -> Deployment:
    parameters = {"total": total, "rate": rate}
    deployment = deploy(folder, ours, "tests.bench.synthetic.Steady", parameters, every="100ms")
    (folder / "config" / "requests").mkdir()
    (folder / "config" / "requests" / "bench-checks.yaml").write_text(REQUEST)
    (folder / "config" / "lookups" / "bench-register.yaml").write_text("use: tests.bench.question_shapes.Register\n")
    (folder / "routes" / "bench-checks.yaml").write_text(ROUTE)
    (folder / "routes" / "bench-checks.cases.yaml").write_text(CASES)
    deployment.enrol()
    with deployment.database() as database, database.begin() as connection:
        for statement in MAKE.split(";")[:-1]:
            connection.execute(text(statement), {"people": people} if ":people" in statement else {})
    ours.quiet()
    return deployment


def _add_client(deployment: Deployment) -> str:
    words = ("access", "client", "add", "bench", "--scope", "bench-checks", "--rate", "100000/s", "--json")
    done = subprocess.run(
        [sys.executable, *deployment.command(*words)],
        cwd=ROOT,
        env={**_environment(deployment)},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stdout + done.stderr)
    return str(json.loads(done.stdout)["key"])


def _environment(deployment: Deployment) -> dict[str, str]:
    return {**os.environ, **deployment.environment(), "LIENTHONG_LANG": "en"}


@contextmanager
def _served(deployment: Deployment) -> Iterator[str]:
    command = deployment.command("serve", "--port", "0")
    process = subprocess.Popen(
        [sys.executable, *command],
        cwd=ROOT,
        env=_environment(deployment),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    try:
        printed = ""
        while not (found := re.search(r"answers at (\S+?)[;\s]", printed)):
            line = process.stdout.readline()
            if not line:
                raise RuntimeError(printed)
            printed += line
        yield found[1]
    finally:
        process.terminate()
        process.communicate(timeout=60)


def _wait_for(address: str) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until:
        try:
            httpx.get(address)
        except httpx.TransportError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(f"nothing answers at {address}")


def _stored(deployment: Deployment) -> int:
    with deployment.database() as database, database.connect() as connection:
        return int(connection.execute(text("SELECT count(*) FROM store_dossiers")).scalar_one())


def _wait_for_events(deployment: Deployment, count: int) -> None:
    until = time.monotonic() + 60
    while _stored(deployment) < count:
        if time.monotonic() > until:
            raise RuntimeError("no event was stored")
        time.sleep(0.2)


def main(seconds: str, rate: str = "2000", people: str = "1000000") -> None:
    with servers() as ours, tempfile.TemporaryDirectory() as folder:
        print(json.dumps(measure(int(seconds), int(rate), int(people), ours=ours, folder=Path(folder))))


if __name__ == "__main__":
    main(*sys.argv[1:])
