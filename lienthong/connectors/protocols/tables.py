"""Rows of a table file (CSV or XLSX) as objects: the header row is searched for, and every value becomes text.

What a spreadsheet has lost stays lost: an identity number without its leading zeros is passed on without them.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time
from itertools import islice
from typing import Any, NamedTuple

from lienthong.connectors.protocols.csv_rows import csv_sheets
from lienthong.connectors.protocols.file_notices import FileNotices
from lienthong.connectors.protocols.table_rows import ErrorCell, FormulaCell, RawRow, Tally, Unreadable
from lienthong.connectors.protocols.xlsx_rows import ROW_LIMIT, xlsx_sheets
from lienthong.data.text import drop_invisible, fold
from lienthong.messages import message

__all__ = ["EXTRA", "Columns", "Row", "Unreadable", "iso_text", "read_rows"]

EXTRA = "extra_cells"
"""The key of the cells beyond the header: a row with one separator too many must not look complete."""

_HEADER_WITHIN_ROWS = 20
"""Rows searched for the header: a letterhead and a title may stand above it."""
_ERROR_TEXT = re.compile(
    r"#(?:N/A|REF!|VALUE!|NAME\?|DIV/0!|NULL!|NUM!|GETTING_DATA|SPILL!|CALC!|FIELD!|BLOCKED!|CONNECT!|BUSY!|UNKNOWN!"
    r"|EXTERNAL!|PYTHON!|#{2,})|Err:5\d\d"
)
"""Errors that were saved as text, by Excel and LibreOffice; `####` is a value whose column was too narrow."""

CellText = Callable[[str, object], str | None]
"""(column, value of a cell) → its text, or None for an empty cell."""


class Row(NamedTuple):
    """A row that is not empty. `body` is its object, or None when `fault` is the reason why it could not be read.

    `place` is where the row is in the file, such as {"line": 3}. `kept` is what is left of a row that could not be
    read: its cells by their columns, or the text of its line.
    """

    body: Mapping[str, Any] | None
    place: Mapping[str, str | int]
    fault: str = ""
    kept: Any = None


def iso_text(_column: str, value: object) -> str | None:
    """A cell as text: ISO 8601 for days and moments, whole numbers without a point, `true` and `false`."""
    if value is None:
        return None
    if isinstance(value, datetime):
        return (value.date() if value.time() == time() else value).isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).strip() or None


class Columns:
    """The known columns of a table.

    - `names`: as on the wire. A header cell is recognised whatever its case, spaces and underscores.
    - `required`: those a header row must contain; without any, the first row that is not empty is the header.
    - `cell_text`: how cells become text.
    - `extra`: the key of cells that have no column.
    - `fills`: a row shorter than the header gets null for the cells it lacks.
    """

    def __init__(
        self,
        names: Iterable[str] = (),
        *,
        required: Iterable[str] = (),
        cell_text: CellText = iso_text,
        extra: str = EXTRA,
        fills: bool = True,
    ) -> None:
        self._names = {_folded(name): name for name in names}
        self._required = {_folded(name) for name in required}
        self._cell_text = cell_text
        self._extra = extra
        self._fills = fills

    def header(self, cells: Sequence[object]) -> list[str] | None:
        """The names of a header row, unknown ones as written. None when the row is not a header.

        Raises `Unreadable` when two columns have the same name: which of them is meant would be a guess.
        """
        folded = [_folded(cell) for cell in cells]
        if not any(folded) or not self._required <= set(folded):
            return None
        written = [drop_invisible(str("" if cell is None else cell)).strip() for cell in cells]
        names = [self._names.get(name, cell) for name, cell in zip(folded, written, strict=True)]
        if doubled := [name for place, name in enumerate(names) if name and folded[place] in folded[:place]]:
            raise Unreadable(message("The column `{column}` occurs twice", column=doubled[0]))
        while names and not names[-1]:
            names.pop()
        return names

    def row(self, header: Sequence[str], raw: RawRow, width: int = 0) -> Row | None:
        """A row with empty cells as None. None for an empty row.

        With a `width`, a row with more or fewer cells is a fault: a separator too few or too many moves the values
        behind it into other columns. Empty cells at the end do not count.
        """
        if raw.is_text:
            return Row(None, raw.place, raw.fault, raw.cells[0])
        cells = raw.cells
        names = [*header, *[""] * (len(cells) - len(header))]
        if fault := raw.fault or self._fault(names, cells):
            cells = [None if isinstance(cell, FormulaCell) else cell for cell in cells]
        texts = [self._cell_text(name, value) for name, value in zip(names, cells, strict=False)]
        if not fault and not any(texts):
            return None
        if not fault and width and not len(header) <= _count(texts, len(header)) <= width:
            fault = _misfit(len(texts), width)
        missing = [None] * (len(header) - len(texts)) if self._fills else []
        body: dict[str, Any] = {name: text for name, text in zip(names, [*texts, *missing], strict=False) if name}
        if extra := [text for name, text in zip(names, texts, strict=False) if text and not name]:
            body[self._extra] = extra
        return Row(None, raw.place, fault, body) if fault else Row(body, raw.place)

    def _fault(self, names: Sequence[str], cells: Sequence[object]) -> str:
        """Why a cell has no value that could be read; "" when all have."""
        for number, (name, cell) in enumerate(zip(names, cells, strict=False), 1):
            if isinstance(cell, FormulaCell):
                return message(
                    "The column `{column}` contains a formula without a stored value: open the file in a spreadsheet "
                    "and save it again",
                    column=name or number,
                )
            if isinstance(cell, str) and (isinstance(cell, ErrorCell) or _is_error(cell)):
                error = cell.strip()
                return message("The column `{column}` contains the error {error}", column=name or number, error=error)
        return ""


def read_rows(
    content: bytes,
    columns: Columns,
    *,
    is_xlsx: bool,
    tell: FileNotices,
    separator: str | None = None,
    encoding: str = "utf-8",
    row_limit: int = ROW_LIMIT,
) -> Iterator[Row]:
    """Yield the rows of a table file: of every visible sheet that has a header, or of a CSV file.

    Without a `separator`, the one of `;`, `,` and tab that gives the header most cells is used. `tell` gets what is
    left out, and at the end what became of each line. Raises `Unreadable`, maybe after some rows.
    """
    if is_xlsx:
        sheets: Iterable[Iterable[RawRow]] = xlsx_sheets(content, row_limit, tell)
    else:
        sheets = csv_sheets(content, separator, encoding, lambda rows: _find_header(rows, columns).width)
    tally = Tally()
    found, fault = False, ""
    for sheet in sheets:
        rows = map(tally.add_lines, sheet)
        header = _find_header(rows, columns)
        tally.above += header.above
        if header.names:
            found = True
            yield from _rows_below(rows, columns, header, tally, exact=not is_xlsx)
        elif header.sheet:
            tell(message("The sheet “{sheet}” has no row with the column names and is not read", sheet=header.sheet))
        fault = fault or header.fault
    if not found:
        why = message("There is no row with the column names")
        raise Unreadable(message("{why}; {fault}", why=why, fault=fault) if fault else why)
    tell.count(tally)


class _Header(NamedTuple):
    """The header of a sheet, or no names. `width` counts its cells, `above` the rows up to it.

    `fault` is that of the first row that cannot be read: without names, it may be the header itself.
    """

    names: list[str]
    width: int
    above: int
    sheet: str
    fault: str


def _rows_below(
    rows: Iterable[RawRow], columns: Columns, header: _Header, tally: Tally, *, exact: bool
) -> Iterator[Row]:
    for raw in rows:
        row = columns.row(header.names, raw, header.width if exact else 0)
        if row is None:
            tally.empty += 1
            continue
        if row.body is None:
            tally.unreadable += 1
        else:
            tally.rows += 1
        yield row


def _find_header(rows: Iterator[RawRow], columns: Columns) -> _Header:
    """The first of `_HEADER_WITHIN_ROWS` rows that is a header. Raises `Unreadable` for one that has a column twice."""
    above, sheet, fault = 0, "", ""
    for raw in islice(rows, _HEADER_WITHIN_ROWS):
        above += 1
        sheet = str(raw.place.get("sheet", ""))
        fault = fault or raw.fault
        if not raw.fault and (names := columns.header(raw.cells)):
            return _Header(names, len(raw.cells), above, sheet, fault)
    return _Header([], 0, above, sheet, fault)


def _is_error(text: str) -> bool:
    return ("#" in text or "Err" in text) and _ERROR_TEXT.fullmatch(text.strip()) is not None


def _count(texts: Sequence[str | None], least: int) -> int:
    """The cells of a row without the empty ones at its end beyond `least`."""
    count = len(texts)
    while count > least and not texts[count - 1]:
        count -= 1
    return count


def _misfit(count: int, width: int) -> str:
    return message("The row has {count} cells, the header has {width}", count=count, width=width)


def _folded(cell: object) -> str:
    """A column name without spaces, underscores, invisible characters and case, its accents composed (NFC)."""
    text = fold(str("" if cell is None else cell))
    return text.replace("_", "").replace(" ", "")
