"""What operators ask of a ledger with a long history: each command as a process of its own, beside the bare start.

    python -m tests.bench.operators sqlite|postgresql ENTRIES

Builds the ledger first (see `tests.bench.large_ledger`). Prints one JSON line: seconds, and the memory of `verify`.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import psutil
from sqlalchemy import Engine, text

from lienthong.adapters.sql.database import open_database
from tests.bench.large_ledger import build
from tests.bench.servers import servers
from tests.bench.watching import ROOT, Figures
from tests.databases import make_tables, open_embedded

TIMES = 3
ASKED = {
    "trail": "The trail of",
    "balance": "The ledger is balanced",
    "queues": "Stages (events)",
    "sources": "Last success",
    "doctor": "Calendar",
    "dead groups": "causes",
    "dead list": "there are more",
}
"""By command, words of its answer: it may exit with 1, because no process runs."""

EVERYTHING, SINCE = "verify --all", "verify"
_INTACT = "The ledger is intact"


def measure(store: str, entries: int, folder: Path, environment: dict[str, str]) -> Figures:
    """The ledger is built, proved as a whole, and asked."""
    with _database(store, folder, environment) as database:
        began = time.perf_counter()
        build(database, entries)
        built = time.perf_counter() - began
        with database.connect() as connection:
            if store == "postgresql":
                connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("VACUUM ANALYZE"))
            written = connection.execute(text("SELECT count(*) FROM ledger_entries")).scalar_one()
            key = connection.execute(text("SELECT max(subject) FROM ledger_bodies")).scalar_one()
    where = ("--data", str(folder))
    environment = environment | {"LIENTHONG_PROJECT": str(ROOT), "LIENTHONG_LANG": "en"}
    everything = _timed((*EVERYTHING.split(), *where), environment, _INTACT)
    since = _median((SINCE, *where), environment, _INTACT)
    start = _median(("--version",), environment, "")
    words = {name: (*name.split(), *((key,) if name == "trail" else ()), *where) for name in ASKED}
    asked = {name: _median(words[name], environment, answer)["seconds"] for name, answer in ASKED.items()}
    return {
        "entries": written,
        "build_seconds": round(built, 1),
        "start": start["seconds"],
        "beyond_start": {name: round(seconds - start["seconds"], 3) for name, seconds in asked.items()},
        "verify_beyond_start": round(since["seconds"] - start["seconds"], 3),
        "verify_all_seconds": everything["seconds"],
        "verify_all_peak_mb": everything["peak_mb"],
    }


@contextmanager
def _database(store: str, folder: Path, environment: dict[str, str]) -> Iterator[Engine]:
    """The empty database, with all tables."""
    database = (
        open_embedded(folder) if store == "sqlite" else make_tables(open_database(environment["LIENTHONG_DATABASE"]))
    )
    try:
        yield database
    finally:
        database.dispose()


def _median(words: Sequence[str], environment: dict[str, str], answer: str) -> Figures:
    runs = [_timed(words, environment, answer) for _ in range(TIMES)]
    return {name: statistics.median(run[name] for run in runs) for name in runs[0]}


def _timed(words: Sequence[str], environment: dict[str, str], answer: str) -> Figures:
    """Seconds and the highest memory of one command. Fails when its answer lacks these words."""
    peak, began = 0, time.perf_counter()
    command = [sys.executable, "-m", "lienthong.cli", *words]
    with tempfile.TemporaryFile() as output:
        process = psutil.Popen(command, cwd=ROOT, env=os.environ | environment, stdout=output, stderr=subprocess.STDOUT)
        while process.poll() is None:
            peak = max(peak, process.memory_info().rss)
            try:
                process.wait(0.02)
            except psutil.TimeoutExpired:
                continue
        seconds = time.perf_counter() - began
        output.seek(0)
        found = output.read().decode(errors="replace")
    assert process.returncode in (0, 1) and answer in found, f"{words}: {found[-2000:]}"
    return {"seconds": round(seconds, 3), "peak_mb": round(peak / 1e6)}


def main(store: str, entries: str) -> None:
    with tempfile.TemporaryDirectory(dir=os.environ.get("LIENTHONG_BENCH_DIR")) as folder:
        if store == "sqlite":
            print(json.dumps(measure(store, int(entries), Path(folder), {})))
            return
        with servers() as ours:
            environment = {"LIENTHONG_DATABASE": ours.database, "LIENTHONG_BROKER": ours.broker}
            print(json.dumps(measure(store, int(entries), Path(folder), environment)))


if __name__ == "__main__":
    main(*sys.argv[1:])
