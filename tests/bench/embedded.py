"""The embedded bus: intake, route, store and ledger on SQLite in one process. Prints one JSON line."""

import dataclasses
import json
import os
import sys
import tempfile
import threading
import time
from pathlib import Path

import psutil

from lienthong.adapters.clock import SystemClock
from lienthong.configuration.check import examine
from lienthong.runtime.composition import build
from lienthong.runtime.endpoints import Endpoints
from lienthong.runtime.runner import Runner
from lienthong.settings import SourceSettings

ROOT = Path(__file__).parents[2]


def run(total: int) -> dict[str, float]:
    """Process `total` dossiers; events/s from the first poll to the last delivery, and the memory in MB."""
    settings, _ = examine(ROOT, os.environ)
    from datetime import timedelta

    source = SourceSettings(
        name="igate",
        use="tests.bench.synthetic.Synthetic",
        every=timedelta(seconds=60),
        parameters={"total": total},
    )
    settings = dataclasses.replace(settings, sources={"igate": source}, inboxes={}, schedules={}, requests={})
    process = psutil.Process()
    peaks = [0]
    with tempfile.TemporaryDirectory(dir=os.environ.get("LIENTHONG_BENCH_DIR")) as folder:
        bus = build(settings, Endpoints(Path(folder)), SystemClock())
        with Runner(bus, threading.Event()) as runner:
            watch = threading.Thread(target=_watch, args=(process, peaks, runner.stop), daemon=True)
            watch.start()
            began, cpu = time.perf_counter(), process.cpu_times()
            (intake,) = bus.pollers
            intake.poll(runner.stop)
            runner.drain(lambda: False)
            seconds = time.perf_counter() - began
            used = process.cpu_times()
            account = bus.storage.ledger.balance().sources["igate"]
        assert account.delivered == total, account
    return {
        "events": total,
        "seconds": round(seconds, 2),
        "per_second": round(total / seconds),
        "cpu_us_per_event": round(1e6 * (used.user + used.system - cpu.user - cpu.system) / total),
        "peak_mb": round(peaks[0] / 1e6),
    }


def _watch(process: psutil.Process, peaks: list[int], stop: threading.Event) -> None:
    while not stop.wait(0.2):
        peaks[0] = max(peaks[0], process.memory_info().rss)


if __name__ == "__main__":
    print(json.dumps(run(int(sys.argv[1]))))
