"""Reading a window of time that the system does not show as a whole: it is cut into halves until it can be read."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

from connectors.protocols import listing
from connectors.protocols.listing import Endless, Fetch, PageRefused
from connectors.protocols.windows import Window
from lienthong import LOCAL_ZONE, Cursor, Transient, parse_utc
from lienthong.connectors.protocols.poll_limits import PollBudget, PollLimits, unfinished

SMALLEST = timedelta(seconds=1)
"""A window of this length is cut no further; then what it holds beyond the first pages is not read."""
_REFUSALS_BEFORE_A_PROBE = 3
"""Refusals in a row after which the system is asked for what it has shown before: does it answer at all?"""
_MOST_REFUSALS = 100
"""In one poll. Beyond it no window is cut any more, because each refusal takes seconds."""
_SHOWN = 3
_MOST_UNREAD = 50
"""Windows that a cursor keeps, and are asked for again by each poll."""


class Narrowing:
    """The windows of one poll. `fetch` makes the pages of a date and a window.

    What could be read of a refused window is yielded, too. What could not be read is kept in the cursor (see `keep`),
    so that the other windows are read, and later ones, and each poll tries it again.
    """

    def __init__(self, fetch: Callable[[str, Window], Fetch], size: int, system: str, limits: PollLimits) -> None:
        self._fetch = fetch
        self._size = size
        self._system = system
        self._budget = PollBudget(limits)
        self._reach: int | None = None
        self._refusals = 0
        self._in_a_row = _REFUSALS_BEFORE_A_PROBE - 1
        self._shown: tuple[str, Window] | None = None
        self._unread: list[tuple[str, Window]] = []
        self._why = ""

    def read_again(self, cursor: Cursor) -> Iterator[list[Any]]:
        """The pages of what earlier polls could not read."""
        for date, start, end in cursor.get("unread", ()):
            yield from self.read(date, Window(parse_utc(start), parse_utc(end)))

    def keep(self, cursor: Cursor) -> Cursor:
        """The cursor with what could not be read. Raises `Transient` when that is more than a cursor keeps."""
        if not self._unread:
            return {name: value for name, value in cursor.items() if name != "unread"}
        if len(self._unread) > _MOST_UNREAD:
            raise self._failure()
        unread = [[date, window.start.isoformat(), window.end.isoformat()] for date, window in self._unread]
        return {**cursor, "unread": unread}

    def check(self) -> None:
        """Raises `Transient`, which names what could not be read."""
        if self._unread:
            raise self._failure()

    def _failure(self) -> Transient:
        shown = [f"{date} {_local(window)}" for date, window in self._unread[:_SHOWN]]
        more = f" và {len(self._unread) - _SHOWN} khoảng nữa" if len(self._unread) > _SHOWN else ""
        return Transient(
            f"hệ thống {self._system} không cho đọc hết ({self._why}); chưa đọc được khoảng: {'; '.join(shown)}{more}; "
            "các khoảng khác đã đọc, lần đọc tới đọc lại những khoảng này"
        )

    def read(self, date: str, window: Window) -> Iterator[list[Any]]:
        """The pages of the elements whose `date` lies in the window. Raises `Transient` when the system is away."""
        try:
            for elements in listing.read(self._fetch(date, window), self._size, self._system, reach=self._reach):
                self._in_a_row, self._shown = 0, (date, window)
                yield elements
                if not self._budget.spend(len(elements)):
                    raise unfinished(self._system)
        except Endless as endless:
            self._give_up(date, window, endless.why)
            return
        except PageRefused as refused:
            self._count(refused, date, window)
            if window.end - window.start <= SMALLEST or self._refusals > _MOST_REFUSALS:
                self._give_up(date, window, refused.why)
                return
        else:
            return
        for half in window.halves():
            yield from self.read(date, half)

    def _count(self, refused: PageRefused, date: str, window: Window) -> None:
        if refused.reach is not None:
            self._reach = min(refused.reach, self._reach or refused.reach)
        self._refusals += 1
        self._in_a_row += 1
        if self._in_a_row < _REFUSALS_BEFORE_A_PROBE:
            return
        known_date, known = self._shown or (date, Window(window.end, window.end + SMALLEST))
        try:
            self._fetch(known_date, known)(0, 1)
        except Transient:
            raise Transient(refused.why) from None
        self._in_a_row = 0

    def _give_up(self, date: str, window: Window, why: str) -> None:
        self._why = self._why or why
        last, before = self._unread[-1] if self._unread else ("", window)
        if last == date and before.end == window.start:
            self._unread[-1] = date, Window(before.start, window.end)
        else:
            self._unread.append((date, window))


def _local(window: Window) -> str:
    start, end = (moment.astimezone(LOCAL_ZONE) for moment in (window.start, window.end))
    return f"{start:%d/%m/%Y %H:%M:%S} – {end:%d/%m/%Y %H:%M:%S}"
