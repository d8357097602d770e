"""The bounds of reading one workbook: what exceeds them is refused at once, not when memory or patience ends."""

import time
from typing import IO

from lienthong.connectors.protocols.table_rows import Unreadable
from lienthong.messages import message

COLUMN_LIMIT = 2**14
"""Columns of a sheet: as many as Excel can have."""

STRING_LIMIT = 1_000_000
"""Shared strings of a workbook, about 100 MB of memory."""

CELL_LIMIT = 20_000_000
"""Cells of a workbook."""

SECONDS_LIMIT = 120
"""Processor time that one workbook may cost."""

_ELEMENT_LIMIT = 8 * 2**20
"""Bytes of one row or string before it is complete: all of it is in memory."""


class Bounds:
    """Counts what one workbook costs. Its methods raise `Unreadable` beyond a bound."""

    def __init__(self, row_limit: int) -> None:
        self.row_limit = row_limit
        self._cells = 0
        self._spent = 0.0
        self._since = time.thread_time()

    def pause(self) -> None:
        """The rows read so far are used by the caller: its time does not count."""
        self.check_time()
        self._spent += time.thread_time() - self._since

    def go_on(self) -> None:
        self._since = time.thread_time()

    def check_time(self) -> None:
        if self._spent + time.thread_time() - self._since > SECONDS_LIMIT:
            raise Unreadable(message("Reading it takes more than {limit} seconds", limit=SECONDS_LIMIT))

    def check_row(self, number: int) -> None:
        if number > self.row_limit:
            raise Unreadable(message("A sheet has more than {limit} rows", limit=self.row_limit))

    def check_column(self, number: int) -> None:
        if number > COLUMN_LIMIT:
            raise Unreadable(message("A sheet has more than {limit} columns", limit=COLUMN_LIMIT))

    def check_strings(self, count: int) -> None:
        if count > STRING_LIMIT:
            raise Unreadable(message("The workbook has more than {limit} texts", limit=STRING_LIMIT))

    def count_cells(self, count: int) -> None:
        self._cells += count
        if self._cells > CELL_LIMIT:
            raise Unreadable(message("The workbook has more than {limit} cells", limit=CELL_LIMIT))


class Bounded:
    """A part of a workbook that an XML parser reads. `mark` it when an element is complete and forgotten."""

    def __init__(self, part: IO[bytes], bounds: Bounds) -> None:
        self._part = part
        self._bounds = bounds
        self._since_mark = 0

    def read(self, size: int = -1) -> bytes:
        """Raises `Unreadable` when one element has no end, or the workbook costs too much time."""
        self._bounds.check_time()
        if self._since_mark > _ELEMENT_LIMIT:
            raise Unreadable(message("A row or text has more than {limit} bytes", limit=_ELEMENT_LIMIT))
        chunk = self._part.read(size)
        self._since_mark += len(chunk)
        return chunk

    def mark(self) -> None:
        self._since_mark = 0
