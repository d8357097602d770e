"""Rows of a table file (CSV or XLSX) as objects: the header row is searched for, and every value becomes text.

What a spreadsheet has lost stays lost: an identity number without its leading zeros is passed on without them.
"""

import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time
from itertools import islice
from typing import Any, NamedTuple

from lienthong.connectors.protocols.csv_rows import csv_sheets
from lienthong.connectors.protocols.table_rows import RawRow, Unreadable
from lienthong.connectors.protocols.xlsx_rows import ROW_LIMIT, xlsx_sheets
from lienthong.messages import message

__all__ = ["EXTRA", "Columns", "Row", "Unreadable", "iso_text", "read_rows"]

EXTRA = "extra_cells"
"""The key of the cells beyond the header: a row with one separator too many must not look complete."""

_HEADER_WITHIN_ROWS = 20
"""Rows searched for the header: a letterhead and a title may stand above it."""
_ERROR_CELLS = frozenset({"#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!", "#GETTING_DATA"})

CellText = Callable[[str, object], str | None]
"""(column, value of a cell) → its text, or None for an empty cell."""


class Row(NamedTuple):
    """A row that is not empty. `body` is its object, or None when `fault` is the reason why it could not be read.

    `place` is where the row is in the file, such as {"line": 3}.
    """

    body: Mapping[str, Any] | None
    place: Mapping[str, str | int]
    fault: str = ""


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
        names = [self._names.get(name, str(cell or "").strip()) for name, cell in zip(folded, cells, strict=True)]
        if doubled := [name for place, name in enumerate(names) if name and folded[place] in folded[:place]]:
            raise Unreadable(message("The column `{column}` occurs twice", column=doubled[0]))
        while names and not names[-1]:
            names.pop()
        return names

    def row(self, header: Sequence[str], raw: RawRow) -> Row | None:
        """A row with empty cells as None. None for an empty row."""
        if raw.fault:
            return Row(None, raw.place, raw.fault)
        names = [*header, *[""] * (len(raw.cells) - len(header))]
        cells = [self._cell_text(name, value) for name, value in zip(names, raw.cells, strict=False)]
        if not any(cells):
            return None
        for name, cell in zip(names, cells, strict=False):
            if cell in _ERROR_CELLS:
                why = message("The column `{column}` contains the error {error}", column=name, error=cell)
                return Row(None, raw.place, why)
        missing = [None] * (len(header) - len(cells)) if self._fills else []
        body: dict[str, Any] = {name: cell for name, cell in zip(names, [*cells, *missing], strict=False) if name}
        if extra := [cell for name, cell in zip(names, cells, strict=False) if cell and not name]:
            body[self._extra] = extra
        return Row(body, raw.place)


def read_rows(
    content: bytes,
    columns: Columns,
    *,
    is_xlsx: bool,
    separator: str | None = None,
    encoding: str = "utf-8",
    row_limit: int = ROW_LIMIT,
) -> Iterator[Row]:
    """Yield the rows of a table file: of every sheet that has a header, or of a CSV file.

    Without a `separator`, the one of `;`, `,` and tab that gives the header most cells is used. Raises `Unreadable`,
    maybe after some rows.
    """
    if is_xlsx:
        sheets: Iterable[Iterable[RawRow]] = xlsx_sheets(content, row_limit)
    else:
        sheets = csv_sheets(content, separator, encoding, lambda rows: len(_find_header(rows, columns) or ()))
    found = False
    for sheet in sheets:
        rows = iter(sheet)
        if header := _find_header(rows, columns):
            found = True
            yield from filter(None, (columns.row(header, raw) for raw in rows))
    if not found:
        raise Unreadable(message("There is no row with the column names"))


def _find_header(rows: Iterator[RawRow], columns: Columns) -> list[str] | None:
    candidates = (columns.header(raw.cells) for raw in islice(rows, _HEADER_WITHIN_ROWS) if not raw.fault)
    return next(filter(None, candidates), None)


def _folded(cell: object) -> str:
    """A column name without spaces, underscores and case, its accents composed (NFC)."""
    text = unicodedata.normalize("NFC", str("" if cell is None else cell)).casefold()
    return "".join(text.replace("_", "").split())
