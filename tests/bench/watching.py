"""Measuring from outside, every side alike: what has arrived at the subscriber, how long it took, what it cost."""

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
LOOK = 0.05  # seconds between two looks, or twenty times what a look takes: watching must cost little
WEIGHED_EVERY = 0.5  # seconds between two looks at memory: finding a worker's children takes milliseconds
STUCK = 120.0  # seconds without progress after which a measurement has failed

Figures = dict[str, Any]


class PageBatch:
    """How many messages lie in the subscriber's queue: a durable quorum queue bound as subscribers bind theirs."""

    def __init__(
        self, servers: Servers, queue: str, exchange: str = "", key: str = "", *, declared: bool = False
    ) -> None:
        parameters = pika.URLParameters(servers.broker)
        parameters.heartbeat = 0  # nobody listens here while a million events are put into the queue
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

    def taken(self) -> Iterator[bytes]:
        """Every message, taken out of the queue as a subscriber would."""
        for _ in range(self()):
            _, _, body = self._channel.basic_get(self._queue, auto_ack=True)
            assert body is not None
            yield body

    def close(self) -> None:
        self._connection.close()


@contextmanager
def working(commands: Sequence[Sequence[str]], environment: dict[str, str]) -> Iterator[list[psutil.Process]]:
    """Worker processes, asked to stop at the end. What one that died had to say is raised."""
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

    What came before the first look is not counted, nor is the time it took: no side pays for its start. Whose work
    has several steps tells of the first of them: what is done before the clock runs would be a present.
    """
    first = _first(workers, begun or arrived)
    began, before, peak = time.perf_counter(), _costs(servers, workers), 0
    half = 0
    last, moved, weighed = first, began, 0.0
    while True:
        looked = time.perf_counter()
        if looked - weighed > WEIGHED_EVERY:
            peak, weighed = max(peak, sum(_memory(worker) for worker in workers)), looked
            looked = time.perf_counter()
        seen = arrived()
        half = half or (peak if seen >= total / 2 else 0)  # peaks against peaks: memory breathes with every bundle
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
    """CPU seconds so far; `others` is all else the machine did, this watch included."""
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
            own = child.cpu_times()
            seconds += own.user + own.system
    return float(seconds)


def _memory(process: psutil.Process) -> int:
    total = 0
    for each in (process, *process.children(recursive=True)):
        with suppress(psutil.NoSuchProcess):
            total += each.memory_info().rss
    return total
