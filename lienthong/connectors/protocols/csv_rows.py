"""Rows of a CSV file. A row that breaks the rules of quotation marks costs its own line, not those behind it."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from itertools import islice

from lienthong.connectors.protocols.table_rows import RawRow, Unreadable
from lienthong.messages import message

SEPARATORS = (";", ",", "\t")

_LINES_OF_A_ROW = 200
"""A quoted cell may contain line ends. A row of more lines is taken for a quotation mark that nothing closes."""


def csv_sheets(
    content: bytes, separator: str | None, encoding: str, width: Callable[[Iterator[RawRow]], int]
) -> Iterator[Iterable[RawRow]]:
    """Yield the one sheet of a CSV file, read with `separator` or else the one that gives the header the most cells.

    `width` counts the cells of the header; 0 means that there is none, and then nothing is yielded.
    """
    try:
        # A byte order mark is no part of the first column's name.
        text = content.decode(encoding).removeprefix("\ufeff")
    except UnicodeDecodeError:
        raise Unreadable(message("The text is not {encoding}", encoding=encoding.upper())) from None
    lines = list(io.StringIO(text, newline=""))
    candidates = SEPARATORS if separator is None else (separator,)
    best = max(candidates, key=lambda candidate: width(csv_rows(lines, candidate)))
    if width(csv_rows(lines, best)):
        yield csv_rows(lines, best)


def csv_rows(lines: list[str], separator: str) -> Iterator[RawRow]:
    """Yield the rows of lines that keep their line ends. `place` is the number of a row's first line, from 1."""
    start = 0
    while start < len(lines):
        reader = csv.reader(islice(lines, start, start + _LINES_OF_A_ROW), delimiter=separator, strict=True)
        used = 0
        try:
            for cells in reader:
                yield RawRow(cells, {"line": start + used + 1})
                used = reader.line_num
        except csv.Error:
            # A row that is not the first of these lines may only go on behind them: it is read again as the first one.
            if not used:
                why = message("Line {line} breaks the rules of quotation marks, or has an endless cell", line=start + 1)
                yield RawRow((), {"line": start + 1}, why)
                used = 1
        start += used
