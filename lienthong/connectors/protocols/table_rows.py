"""What the readers of files have in common."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple


class Unreadable(Exception):  # noqa: N818 - the name describes the file
    """A file that cannot be read. Its text is the reason, for operators; it contains nothing of the content."""


class Element(NamedTuple):
    """One record of a file, or what is left of it with the reason why it could not be read."""

    value: Any
    place: Mapping[str, str | int]
    fault: str = ""


class ErrorCell(str):
    """A cell of which the spreadsheet shows an error such as #N/A instead of a value; it is that text."""

    __slots__ = ()


class FormulaCell:
    """A cell with a formula of which no value was stored, as programs write it that cannot calculate."""


class RawRow(NamedTuple):
    """The cells of a row, where it is, and how many lines it has.

    With a `fault` they are what is left of it: the cells, or one text of all that stands there (`is_text`).
    """

    cells: Sequence[object]
    place: Mapping[str, str | int]
    fault: str = ""
    lines: int = 1
    is_text: bool = False


@dataclass
class Tally:
    """What became of the lines (CSV) or rows (XLSX) of a file. Cells of several lines have more lines than rows.

    `above` are the rows of the header and above it.
    """

    lines: int = 0
    above: int = 0
    rows: int = 0
    unreadable: int = 0
    empty: int = 0

    def add_lines(self, row: RawRow) -> RawRow:
        """Count the lines of a row, which is returned."""
        self.lines += row.lines
        return row
