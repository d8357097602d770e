"""The machine on which the figures were measured."""

import os
import platform
import subprocess
import tempfile
import time
from pathlib import Path

import psutil

from tests.bench.watching import Figures
from tests.services import postgres, rabbitmq

SYNCS = 200
"""Writes over which the time of one is averaged."""


def machine() -> Figures:
    """Cores, memory, versions, how long a write to disk takes, and the load before."""
    return {
        "processor": _processor(),
        "cores": psutil.cpu_count(),
        "memory_gb": round(psutil.virtual_memory().total / 1e9),
        "fsync_ms": round(_fsync_ms(), 2),
        "load_before": round(os.getloadavg()[0], 2),
        "system": platform.platform(terse=True),
        "python": platform.python_version(),
        "rabbitmq": _rabbitmq(),
        "postgresql": _output_of([str(postgres.binaries() / "postgres"), "--version"]).split()[2],
    }


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _fsync_ms() -> float:
    """Milliseconds a page of 8 kB takes to be safe, where the servers keep their data."""
    with tempfile.TemporaryFile(buffering=0) as file:
        began = time.perf_counter()
        for _ in range(SYNCS):
            file.write(bytes(8192))
            os.fdatasync(file.fileno())
        return 1000 * (time.perf_counter() - began) / SYNCS


def _rabbitmq() -> str:
    rabbitmq.ensure_installed()
    versions = rabbitmq.BINARIES.parent.glob("lib/rabbitmq_server-*")
    return next((path.name.partition("-")[2] for path in versions), "unknown")


def _output_of(command: list[str]) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout
