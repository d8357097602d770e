"""What a listing system shows: of each dossier one version, the last line in file order that has been seen by now."""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Any

from sandbox.recording import Line


@dataclass(frozen=True, slots=True)
class Version:
    """A line as far as listing needs it. `dates` are those it can be found by (UTC); `code` None if it has none."""

    key: str
    code: str | None
    dates: tuple[datetime | None, ...]
    line: Line

    @property
    def order(self) -> tuple[str, str]:
        """By code, then key: a listing without a firm order would skip elements between pages. No code comes first."""
        return self.code or "", self.key


@dataclass(frozen=True, slots=True)
class Window:
    """`[start, end)` for one of the dates, given by its place in `Version.dates`."""

    place: int
    start: datetime
    end: datetime

    def among(self, versions: Iterable[Version]) -> list[Version]:
        place, start, end = self.place, self.start, self.end
        return [v for v in versions if (date := v.dates[place]) is not None and start <= date < end]


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked for; all of it must hold. Empty, it asks for everything."""

    windows: tuple[Window, ...] = ()
    code: str | None = None

    def among(self, versions: Iterable[Version]) -> Iterable[Version]:
        if self.code is not None:
            versions = [v for v in versions if v.code == self.code]
        for window in self.windows:
            versions = window.among(versions)
        return versions


Key = Callable[[dict[str, Any], Line], str]
"""The dossier a body belongs to."""

Read = Callable[[dict[str, Any], Line, str, Sequence[Version]], Version]
"""Makes a version of (body, line, key, the dossier's versions so far in file order)."""

MOST_ANSWERS = 256


class Listing:
    """The versions of one system, and those it shows at a time.

    Moving the clock forward costs only the lines that come into sight; an answer is kept until something moves,
    so that the pages of one reading cost one search.
    """

    def __init__(self, lines: Sequence[Line], key: Key, read: Read) -> None:
        self._key, self._read = key, read
        self._history: dict[str, list[Version]] = {}
        self._versions = sorted((self._version(line) for line in lines), key=attrgetter("line.seen_at"))
        self._times = [version.line.seen_at for version in self._versions]
        self._rewind()

    def add(self, line: Line) -> None:
        """One more line, at the end of the file."""
        place = bisect_right(self._times, line.seen_at)
        self._versions.insert(place, self._version(line))
        self._times.insert(place, line.seen_at)
        if place < self._reached:
            self._rewind()

    def select(self, now: datetime, query: Query) -> Sequence[Version]:
        """The versions shown at `now` that match, in the listing's order."""
        self._move(now)
        answer = self._answers.get(query)
        if answer is None:
            if len(self._answers) >= MOST_ANSWERS:
                self._answers.clear()
            answer = sorted(query.among(self._shown.values()), key=attrgetter("order"))
            self._answers[query] = answer
        return answer

    def _version(self, line: Line) -> Version:
        body = line.body
        key = self._key(body, line)
        earlier = self._history.setdefault(key, [])
        version = self._read(body, line, key, earlier)
        earlier.append(version)
        return version

    def _rewind(self) -> None:
        self._reached = 0
        self._shown: dict[str, Version] = {}
        self._answers: dict[Query, list[Version]] = {}

    def _move(self, now: datetime) -> None:
        place = bisect_right(self._times, now)
        if place == self._reached:
            return
        if place < self._reached:
            self._rewind()
        for version in self._versions[self._reached : place]:
            rival = self._shown.get(version.key)
            if rival is None or rival.line.number < version.line.number:
                self._shown[version.key] = version
        self._reached = place
        self._answers.clear()
