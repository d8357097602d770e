"""Rows of a CSV file by RFC 4180. A row that breaks the rules of quotation marks costs its own line alone.

A quotation mark that is opened by mistake is closed by the next one, often in another row, and all rows between them
look like one cell. So a quoted cell may contain line breaks, but a line within it that is a whole row by itself ends
the belief that it is one: the line with the first mark is then the fault.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType

from lienthong.connectors.protocols.csv_text import Text, lines_of
from lienthong.connectors.protocols.table_rows import RawRow
from lienthong.messages import message

SEPARATORS = (";", ",", "\t")

_LINES_OF_A_ROW = 1000
"""Lines that one row may have. More are taken for a quotation mark that nothing closes."""

_TELLING_WIDTH = 3
"""From so many cells on, a line within a quoted cell that has as many as the header is a row, not part of a text."""

_TEXT_KEPT = 2**16
"""Characters of a broken line that are kept."""

_LINE_END = re.compile(r"\r\n|\n|\r")
_TEXT_FORMULA = re.compile(r'="([^"]*)"')
_INSIDE_QUOTES = re.compile(r'(?:[^"]++|"")*+')

Width = Callable[[Iterator[RawRow]], int]
"""Counts the cells of the header in rows; 0 means that there is none."""


def csv_sheets(content: bytes, separator: str | None, encoding: str, width: Width) -> Iterator[Iterable[RawRow]]:
    """Yield the one sheet of a CSV file, read with `separator` or else the one that gives the header the most cells.

    Raises `Unreadable` for content that is no text.
    """
    text = lines_of(content, encoding)
    candidates = SEPARATORS if separator is None else (separator,)
    widths = {candidate: width(csv_rows(text.lines, candidate, faults=text.faults)) for candidate in candidates}
    best = max(candidates, key=widths.__getitem__)
    yield csv_rows(text.lines, best, widths[best], faults=text.faults)


def csv_rows(
    lines: list[str], separator: str, width: int = 0, *, faults: Mapping[int, str] = MappingProxyType({})
) -> Iterator[RawRow]:
    """Yield the rows of lines that keep their ends. The place of a row is its first line, from 1.

    `width` is the number of cells of the header, if it is known. `faults` are reasons why lines cannot be read.
    """
    text = Text(lines, faults)
    at = 0
    while at < len(lines):
        row = _row(text, at, separator, width)
        yield row
        at += row.lines


def _row(text: Text, at: int, separator: str, width: int) -> RawRow:
    line = text.lines[at]
    place = {"line": at + 1}
    fault = text.faults.get(at, "")
    if '"' not in line:
        return RawRow(line.rstrip("\r\n").split(separator), place, fault)
    if fault:
        return _spoilt(line, place, fault)
    cells, used = _quoted_row(text.lines, at, separator)
    if cells is None or _swallows(text.lines[at : at + used], cells, separator, width):
        why = message("Line {line} breaks the rules of quotation marks: one is opened or closed in error", line=at + 1)
        return _spoilt(line, place, why)
    if any(later in text.faults for later in range(at + 1, at + used)):
        return _spoilt(line, place, message("Line {line} goes on in a line that cannot be read", line=at + 1))
    return RawRow(cells, place, lines=used)


def _spoilt(line: str, place: Mapping[str, str | int], fault: str) -> RawRow:
    """A line of which it is not certain where its cells begin and end."""
    return RawRow((line.rstrip("\r\n")[:_TEXT_KEPT],), place, fault, is_text=True)


def _quoted_row(lines: Sequence[str], first: int, separator: str) -> tuple[list[str] | None, int]:
    """The cells of the row that begins at line `first`, and the number of its lines. None when it breaks the rules."""
    row, used = lines[first], 1
    stop = len(row.rstrip("\r\n"))
    cells: list[str] = []
    at = 0
    while True:
        if row.startswith('"', at):
            end = _INSIDE_QUOTES.match(row, at + 1).end()  # type: ignore[union-attr]  # it matches "" too
            while end == len(row):
                more = _next_quote(lines, first + used, first + _LINES_OF_A_ROW)
                if more is None:
                    return None, 1
                row += "".join(lines[first + used : more])
                used = more - first
                stop = len(row.rstrip("\r\n"))
                end = _INSIDE_QUOTES.match(row, end).end()  # type: ignore[union-attr]  # see above
            cells.append(_plain(row[at + 1 : end].replace('""', '"')))
            at = end + 1
        else:
            end = row.find(separator, at, stop)
            end = stop if end < 0 else end
            cells.append(_plain(row[at:end]))
            if row.count('"', at, end) % 2:  # text with a pair of marks is no fault; one alone is
                return None, 1
            at = end
        if not row.startswith(separator, at):
            break
        at += len(separator)
    return (cells, used) if at >= stop else (None, 1)


def _plain(cell: str) -> str:
    """A cell without the formula around a text, as in ="052…": exporters write it so that zeros are not lost."""
    match = _TEXT_FORMULA.fullmatch(cell) if cell.startswith("=") else None
    return match[1] if match else cell


def _next_quote(lines: Sequence[str], start: int, stop: int) -> int | None:
    """The line after the next one that has a quotation mark; None when there is none before line `stop`."""
    return next((at + 1 for at in range(start, min(stop, len(lines))) if '"' in lines[at]), None)


def _swallows(lines: Sequence[str], cells: Sequence[str], separator: str, width: int) -> bool:
    """Whether a row of several lines holds a line that is a row by itself, or has more or fewer cells than the header.

    A line break and separators may both stand in a text. That a line within it, or both the first and the last, have
    exactly as many as a row is no chance: two marks were opened or closed in error.
    """
    if len(lines) == 1 or not width:
        return False
    if len(cells) < width or any(cells[width:]):
        return True
    if width < _TELLING_WIDTH:
        return False
    first, *inner, last = (line.count(separator) == width - 1 for line in lines)
    return any(inner) or (first and last and _is_divided(cells, separator))


def _is_divided(cells: Sequence[str], separator: str) -> bool:
    """Whether a cell of several lines contains separators."""
    return any(separator in cell and _LINE_END.search(cell) for cell in cells)
