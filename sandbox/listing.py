"""A listing shows one version of each dossier: the last one in file order among the lines visible now."""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Any

from sandbox.recording import Line


@dataclass(frozen=True, slots=True)
class Version:
    """A line as a listing uses it. `dates` (UTC) are those it can be found by; `code` is None if missing."""

    key: str
    code: str | None
    dates: tuple[datetime | None, ...]
    line: Line

    @property
    def order(self) -> tuple[str, str]:
        """By code, then key; a missing code first. Without a fixed order a reader would miss elements between pages."""
        return self.code or "", self.key


@dataclass(frozen=True, slots=True)
class Window:
    """`[start, end)` for the date at `index` of `Version.dates`."""

    index: int
    start: datetime
    end: datetime

    def select(self, versions: Iterable[Version]) -> list[Version]:
        """The versions whose date lies in the window."""
        index, start, end = self.index, self.start, self.end
        return [v for v in versions if (date := v.dates[index]) is not None and start <= date < end]


@dataclass(frozen=True, slots=True)
class Query:
    """A search. A version must match every part of it; an empty query matches all versions."""

    windows: tuple[Window, ...] = ()
    code: str | None = None

    def select(self, versions: Iterable[Version]) -> Iterable[Version]:
        """The versions that match."""
        if self.code is not None:
            versions = [v for v in versions if v.code == self.code]
        for window in self.windows:
            versions = window.select(versions)
        return versions


Key = Callable[[dict[str, Any], Line], str]
"""Returns the key of the dossier that a body belongs to."""

Read = Callable[[dict[str, Any], Line, str, Sequence[Version]], Version]
"""Makes a version of (body, line, key, the dossier's versions so far in file order)."""

MOST_RESULTS = 256
"""Search results kept at a time."""


class Listing:
    """The versions of one system, and those visible at a time.

    Moving the clock forward costs only the lines that become visible. A result is kept until something changes, so that
    reading all pages of a search costs one search.
    """

    def __init__(self, lines: Sequence[Line], key: Key, read: Read) -> None:
        self._key, self._read = key, read
        self._history: dict[str, list[Version]] = {}
        self._versions = sorted((self._version(line) for line in lines), key=attrgetter("line.seen_at"))
        self._times = [version.line.seen_at for version in self._versions]
        self._rewind()

    def add(self, line: Line) -> None:
        """Add a line at the end of the file."""
        index = bisect_right(self._times, line.seen_at)
        self._versions.insert(index, self._version(line))
        self._times.insert(index, line.seen_at)
        if index < self._reached:
            self._rewind()

    def select(self, now: datetime, query: Query) -> Sequence[Version]:
        """The versions visible at `now` that match, in the listing's order."""
        self._move_to(now)
        result = self._results.get(query)
        if result is None:
            if len(self._results) >= MOST_RESULTS:
                self._results.clear()
            result = sorted(query.select(self._visible.values()), key=attrgetter("order"))
            self._results[query] = result
        return result

    def _version(self, line: Line) -> Version:
        body = line.body
        key = self._key(body, line)
        earlier = self._history.setdefault(key, [])
        version = self._read(body, line, key, earlier)
        earlier.append(version)
        return version

    def _rewind(self) -> None:
        self._reached = 0
        self._visible: dict[str, Version] = {}
        self._results: dict[Query, list[Version]] = {}

    def _move_to(self, now: datetime) -> None:
        index = bisect_right(self._times, now)
        if index == self._reached:
            return
        if index < self._reached:
            self._rewind()
        for version in self._versions[self._reached : index]:
            current = self._visible.get(version.key)
            if current is None or current.line.number < version.line.number:
                self._visible[version.key] = version
        self._reached = index
        self._results.clear()
