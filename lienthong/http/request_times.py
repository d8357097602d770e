"""How long requests took, by method, path and status: a histogram of this process."""

import threading
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from prometheus_client.core import HistogramMetricFamily
from starlette.types import Scope

BUCKETS = (0.005, 0.02, 0.1, 0.5, 2.0)
"""Upper bounds in seconds. The counter check has to be below 0.02 nearly always."""

MAX_SERIES = 20
"""Combinations of method, path and status that are kept apart. Further ones are counted as path `other`."""

_METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"})
_UNTIMED = frozenset({"/livez", "/readyz", "/readyz/{check}", "/metrics"})

_Labels = tuple[str, str, str]


class RequestTimes:
    """Any number of threads may use it. The path is that of the application, never what a caller wrote."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: dict[_Labels, list[int]] = defaultdict(lambda: [0] * (len(BUCKETS) + 1))
        self._sums: dict[_Labels, float] = defaultdict(float)

    def note(self, scope: Scope, status: int, seconds: float) -> None:
        """Count one request. Probes and scrapes are left out."""
        path = str(getattr(scope.get("route"), "path_format", "") or "other")
        if path in _UNTIMED:
            return
        self.count(scope["method"] if scope["method"] in _METHODS else "other", path, status, seconds)

    def count(self, method: str, path: str, status: int, seconds: float) -> None:
        """Count one request to a path of the application."""
        labels = (method, path, str(status))
        bucket = next((number for number, bound in enumerate(BUCKETS) if seconds <= bound), len(BUCKETS))
        with self._lock:
            if labels not in self._counts and len(self._counts) >= MAX_SERIES:
                labels = ("other", "other", "other")
            self._counts[labels][bucket] += 1
            self._sums[labels] += seconds

    def collect(self) -> Iterator[Any]:
        """The histogram."""
        family = HistogramMetricFamily(
            "lienthong_http_request_duration_seconds", "Time of HTTP requests.", labels=("method", "route", "status")
        )
        with self._lock:
            for labels, counts in sorted(self._counts.items()):
                family.add_metric(labels, list(_cumulated(counts)), self._sums[labels])
        yield family


def _cumulated(counts: list[int]) -> Iterator[tuple[str, float]]:
    total = 0
    for bound, count in zip([*map(str, BUCKETS), "+Inf"], counts, strict=True):
        total += count
        yield bound, total
