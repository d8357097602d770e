"""Measures every side from outside: what has arrived at the subscriber, how long it took, what it cost."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

import pika
import psutil

from tests.bench.servers import Servers

ROOT = Path(__file__).parents[2]
LOOK = 0.05
"""Seconds between two looks, but at least twenty times the time a look takes: watching must cost little."""

MEMORY_INTERVAL = 0.5
"""Seconds between two looks at memory: to find a worker's children takes milliseconds."""

STUCK = 120.0
"""Seconds without progress after which a measurement has failed."""

Figures = dict[str, Any]


class SubscriberQueue:
    """The subscriber's queue, a durable quorum queue bound as subscribers do it. A call counts its messages."""

    def __init__(
        self, servers: Servers, queue: str, exchange: str = "", key: str = "", *, declared: bool = False
    ) -> None:
        parameters = pika.URLParameters(servers.broker)
        parameters.heartbeat = 0  # this connection is not served while a million events are put into the queue
        self._connection = pika.BlockingConnection(parameters)
        self._channel = self._connection.channel()
        self._queue = queue
        self._channel.queue_declare(queue, passive=declared, durable=True, arguments={"x-queue-type": "quorum"})
        if exchange:
            self._channel.queue_bind(queue, exchange, key)

    def __call__(self) -> int:
        return self.of(self._queue)

    def of(self, queue: str) -> int:
        """Messages that are ready in any queue."""
        return int(self._channel.queue_declare(queue, passive=True).method.message_count)

    def messages(self) -> Iterator[bytes]:
        """Every message; reading removes it from the queue."""
        for _ in range(self()):
            _, _, body = self._channel.basic_get(self._queue, auto_ack=True)
            assert body is not None
            yield body

    def close(self) -> None:
        self._connection.close()


@contextmanager
def working(commands: Sequence[Sequence[str]], environment: dict[str, str]) -> Iterator[list[psutil.Process]]:
    """Worker processes, which are stopped at the end. When a measurement fails, their output is added to the error."""
    with ExitStack() as stack:
        log = stack.enter_context(tempfile.TemporaryFile())
        started = [
            subprocess.Popen([sys.executable, *command], cwd=ROOT, env=os.environ | environment, stdout=log, stderr=log)
            for command in commands
        ]
        try:
            yield [psutil.Process(process.pid) for process in started]
        except Exception as failure:
            log.seek(0)
            failure.add_note(log.read()[-4000:].decode(errors="replace"))
            raise
        finally:
            for process in started:
                process.terminate()
            for process in started:
                with suppress(subprocess.TimeoutExpired):
                    process.wait(30)
                process.kill()
                process.wait()


def watched(
    servers: Servers,
    workers: Sequence[psutil.Process],
    arrived: Callable[[], int],
    total: int,
    begun: Callable[[], int] | None = None,
) -> Figures:
    """From the first event that `begun` counts (else: that arrived) to the end, when `total` have arrived.

    Events that came before the first look do not count, nor does the time they took: no side pays for its start. A side
    with several steps gives the count of the first as `begun`: else work done before the clock runs would be free.
    """
    first = _first(workers, begun or arrived)
    began, before, peak = time.perf_counter(), _costs(servers, workers), 0
    half = 0
    last, moved, measured = first, began, 0.0
    while True:
        looked = time.perf_counter()
        if looked - measured > MEMORY_INTERVAL:
            peak, measured = max(peak, sum(_memory(worker) for worker in workers)), looked
            looked = time.perf_counter()
        seen = arrived()
        half = half or (peak if seen >= total / 2 else 0)  # peaks are compared: memory varies with every bundle
        if seen >= total:
            break
        if seen != last:
            last, moved = seen, time.perf_counter()
        _check(workers, moved, f"{seen} of {total}")
        time.sleep(max(LOOK, 20 * (time.perf_counter() - looked)))
    seconds, after, counted = time.perf_counter() - began, _costs(servers, workers), total - first
    return {
        "events": total,
        "seconds": round(seconds, 2),
        "per_second": round(counted / seconds),
        "cpu_us": {name: round(1e6 * (after[name] - before[name]) / counted) for name in after},
        "peak_mb": round(peak / 1e6),
        "half_mb": round(half / 1e6),
    }


def _first(workers: Sequence[psutil.Process], arrived: Callable[[], int]) -> int:
    began = time.perf_counter()
    while not (seen := arrived()):
        _check(workers, began, "nothing")
        time.sleep(LOOK / 10)
    return seen


def _check(workers: Sequence[psutil.Process], moved: float, where: str) -> None:
    if time.perf_counter() - moved > STUCK:
        raise RuntimeError(f"no progress for {STUCK:.0f} s: {where} arrived")
    for worker in workers:
        if not worker.is_running() or worker.status() == psutil.STATUS_ZOMBIE:
            raise RuntimeError(f"a worker ended early: {where} arrived")


def _costs(servers: Servers, workers: Sequence[psutil.Process]) -> dict[str, float]:
    """CPU seconds so far; `others` is everything else on the machine, this process included."""
    parts = {
        "workers": sum(_cpu(worker) for worker in workers),
        "rabbitmq": _cpu(psutil.Process(servers.broker_pid)),
        "postgresql": _cpu(psutil.Process(servers.database_pid)),
    }
    machine = psutil.cpu_times()
    return parts | {"others": sum(machine) - machine.idle - machine.iowait - sum(parts.values())}


def _cpu(process: psutil.Process) -> float:
    """CPU seconds of a process and its children, those that have ended included."""
    times = process.cpu_times()
    seconds = times.user + times.system + times.children_user + times.children_system
    for child in process.children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            used = child.cpu_times()
            seconds += used.user + used.system
    return float(seconds)


def _memory(process: psutil.Process) -> int:
    total = 0
    for each in (process, *process.children(recursive=True)):
        with suppress(psutil.NoSuchProcess):
            total += each.memory_info().rss
    return total
