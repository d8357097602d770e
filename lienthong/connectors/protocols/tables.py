"""Rows of a table file (CSV or XLSX) as objects: the header row is searched for, and every value becomes text.

What a spreadsheet has lost stays lost: an identity number without its leading zeros is passed on without them.
"""

import csv
import io
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time
from itertools import islice
from typing import Any

from lienthong.messages import message

EXTRA = "extra_cells"
"""The key of the cells beyond the header: a row with one separator too many must not look complete."""

_HEADER_WITHIN_ROWS = 20
"""Rows searched for the header: a letterhead and a title may stand above it."""
_UNPACKED_LIMIT = 512 * 2**20
"""Bytes of a workbook after decompression."""


class Unreadable(Exception):  # noqa: N818 - the name describes the file
    """A file that cannot be read as a table. Its text is the reason, for operators."""


class Columns:
    """The known columns of a table.

    - `names`: as on the wire. A header cell is recognised whatever its case, spaces and underscores.
    - `required`: those a header row must contain.
    - `instants`: those that contain a moment, not a day.
    - `extra`: the key of the cells beyond the header.
    """

    def __init__(
        self, names: Iterable[str], *, required: Iterable[str], instants: Iterable[str], extra: str = EXTRA
    ) -> None:
        self._names = {_folded(name): name for name in names}
        self._required = {_folded(name) for name in required}
        self._instants = frozenset(instants)
        self._extra = extra

    def header(self, row: Sequence[object]) -> list[str] | None:
        """The wire names of a header row, unknown ones as written. None when the row is not a header."""
        folded = [_folded(cell) for cell in row]
        if not self._required <= set(folded):
            return None
        names = [self._names.get(name, str(cell or "").strip()) for name, cell in zip(folded, row, strict=True)]
        while names and not names[-1]:
            names.pop()
        return names

    def body(self, header: Sequence[str], row: Sequence[object]) -> Mapping[str, Any] | None:
        """A row as a wire object, with empty cells as None. None for an empty row."""
        cells = [self._text(name, value) for name, value in zip([*header, *[""] * len(row)], row, strict=False)]
        if not any(cells):
            return None
        body: dict[str, Any] = {name: cell for name, cell in zip(header, cells, strict=False) if name}
        if extra := [cell for cell in cells[len(header) :] if cell]:
            body[self._extra] = extra
        return body

    def _text(self, name: str, value: object) -> str | None:
        """A cell as text: `yyyyMMdd` for days, `yyyyMMddHHmmss` for moments, whole numbers without a point."""
        if isinstance(value, datetime | date):
            moment = value if isinstance(value, datetime) else datetime.combine(value, time())
            return f"{moment:%Y%m%d%H%M%S}" if name in self._instants or moment.time() != time() else f"{moment:%Y%m%d}"
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        return (str(value).strip() or None) if value is not None else None


def read(name: str, content: bytes, columns: Columns) -> Iterator[Mapping[str, Any]]:
    """Yield the rows of a file. Its name decides between XLSX and CSV. Raises `Unreadable`, maybe after some rows."""
    sheets = _xlsx(content) if name.casefold().endswith(".xlsx") else _csv(content, columns)
    found = False
    try:
        for sheet in sheets:
            rows = iter(sheet)
            header = next(filter(None, map(columns.header, islice(rows, _HEADER_WITHIN_ROWS))), None)
            if header:
                found = True
                yield from filter(None, (columns.body(header, row) for row in rows))
    except Unreadable:
        raise
    except Exception as error:  # noqa: BLE001 - a broken workbook makes openpyxl's parsers raise anything
        raise Unreadable(message("The content is damaged: {error}", error=type(error).__name__)) from None
    if not found:
        raise Unreadable(message("There is no row with the column names"))


def _csv(content: bytes, columns: Columns) -> Iterator[Iterable[Sequence[object]]]:
    """One sheet: the file read with the separator that makes one of its rows a header."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Unreadable(message("The text is not UTF-8")) from None
    for separator in ";,\t":
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
        if any(map(columns.header, islice(rows, _HEADER_WITHIN_ROWS))):
            yield csv.reader(io.StringIO(text, newline=""), delimiter=separator)
            return


def _xlsx(content: bytes) -> Iterator[Iterable[Sequence[object]]]:
    """Yield every sheet, as a stream of rows."""
    import openpyxl  # here, because `lienthong check` imports this module and must be quick

    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        unpacked = sum(part.file_size for part in parts.infolist())
    if unpacked > _UNPACKED_LIMIT:
        raise Unreadable(message("The workbook is too large after decompression"))
    workbook = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    try:
        for sheet in workbook.worksheets:
            # Some programs write a wrong extent into the file, and rows beyond it would be lost.
            sheet.reset_dimensions()
            yield sheet.iter_rows(values_only=True)
    finally:
        workbook.close()


def _folded(cell: object) -> str:
    """A column name without spaces, underscores and case, its accents composed (NFC)."""
    text = unicodedata.normalize("NFC", str(cell or "")).casefold()
    return "".join(text.replace("_", "").split())
