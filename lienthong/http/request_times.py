"""How many requests there were and how long they took, in this process.

Series are few, however many paths a project has: how long is a histogram by kind, and each path has what an alarm needs
of it: its requests by status, and how many of them were slow.
"""

import threading
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily
from starlette.types import Scope

BUCKETS = (0.005, 0.02, 0.1, 0.5, 2.0)
"""Upper bounds in seconds. The counter check has to be below 0.02 nearly always."""

SLOW_SECONDS = 0.5
"""A reply that takes longer is slow: an officer notices."""

MAX_SERIES = 48
"""Combinations of method, path and status that are kept apart. Further ones are counted as path `other`."""

_METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"})
_UNTIMED = frozenset({"/livez", "/readyz", "/readyz/{check}", "/metrics"})
_OTHER = "other"

_Labels = tuple[str, str, str]


class RequestTimes:
    """Any number of threads may use it. The path is that of the application, never what a caller wrote.

    `asked` are the paths of requests. Paths below `/in/` are inboxes.
    """

    def __init__(self, asked: Iterable[str] = ()) -> None:
        self._asked = frozenset(asked)
        self._lock = threading.Lock()
        self._counts: Counter[_Labels] = Counter()
        self._slow: Counter[str] = Counter()
        self._unsent: Counter[str] = Counter()
        self._buckets: dict[str, list[int]] = {}
        self._sums: dict[str, float] = {}

    def note(self, scope: Scope, status: int, seconds: float) -> None:
        """Count one request. Probes and scrapes are left out."""
        path = str(getattr(scope.get("route"), "path_format", "") or _OTHER)
        if path in _UNTIMED:
            return
        self.count(scope["method"] if scope["method"] in _METHODS else _OTHER, path, status, seconds)

    def count(self, method: str, path: str, status: int, seconds: float) -> None:
        """Count one request to a path of the application."""
        labels, kind = (method, path, str(status)), self._kind(path)
        with self._lock:
            if labels not in self._counts and len(self._counts) >= MAX_SERIES:
                labels = (_OTHER, _OTHER, _OTHER)
            self._counts[labels] += 1
            self._slow[labels[1]] += seconds > SLOW_SECONDS  # 0 too: a rate needs the figure before the first slow one
            self._buckets.setdefault(kind, [0] * (len(BUCKETS) + 1))[bisect_left(BUCKETS, seconds)] += 1
            self._sums[kind] = self._sums.get(kind, 0.0) + seconds

    def note_unsent(self, path: str) -> None:
        """Count an answer that could not be sent over RabbitMQ."""
        with self._lock:
            self._unsent[path] += 1

    def collect(self) -> Iterator[Any]:
        """The figures."""
        times = HistogramMetricFamily("lienthong_http_request_duration_seconds", "Time of requests.", labels=("kind",))
        requests = CounterMetricFamily("lienthong_http_requests", "Requests.", labels=("method", "route", "status"))
        slow = CounterMetricFamily(
            "lienthong_http_slow_requests", f"Requests that took more than {SLOW_SECONDS} seconds.", labels=("route",)
        )
        unsent = CounterMetricFamily(
            "lienthong_request_answers_unsent", "Answers that could not be sent over RabbitMQ.", labels=("route",)
        )
        with self._lock:
            for kind, buckets in sorted(self._buckets.items()):
                times.add_metric([kind], list(_cumulated(buckets)), self._sums[kind])
            for labels, count in sorted(self._counts.items()):
                requests.add_metric(labels, count)
            for route, count in sorted(self._slow.items()):
                slow.add_metric([route], count)
            for route, count in sorted(self._unsent.items()):
                unsent.add_metric([route], count)
        yield from (times, requests, slow, unsent)

    def _kind(self, path: str) -> str:
        if path in self._asked:
            return "question"
        return "push" if path.startswith("/in/") else _OTHER


def _cumulated(counts: list[int]) -> Iterator[tuple[str, float]]:
    total = 0
    for bound, count in zip([*map(str, BUCKETS), "+Inf"], counts, strict=True):
        total += count
        yield bound, total
