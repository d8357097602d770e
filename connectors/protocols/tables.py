"""Rows of a table file (CSV or XLSX) as wire objects: the header is found, and every value is text again.

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

EXTRA = "cột thừa"
"""Under this key stand the cells beyond the header: a row with one separator too many must not pass for whole."""

_HEADER_WITHIN = 20
"""Rows searched for the header: letterhead and title stand above it."""
_UNPACKED_LIMIT = 512 * 2**20


class Unreadable(Exception):  # noqa: N818 - says what the file is
    """A file that is no table we can read; the text says why, in Vietnamese."""


class Columns:
    """The columns we know by name. `names` as on the wire, `required` those a header must have, `instants` those that
    hold a moment and not a day.
    """

    def __init__(self, names: Iterable[str], *, required: Iterable[str], instants: Iterable[str]) -> None:
        self._names = {_folded(name): name for name in names}
        self._required = {_folded(name) for name in required}
        self._instants = frozenset(instants)

    def header(self, row: Sequence[object]) -> list[str] | None:
        """The wire names of a header row, unknown ones as written; None when the row is no header."""
        folded = [_folded(cell) for cell in row]
        if not self._required <= set(folded):
            return None
        names = [self._names.get(name, str(cell or "").strip()) for name, cell in zip(folded, row, strict=True)]
        while names and not names[-1]:
            names.pop()
        return names

    def body(self, header: Sequence[str], row: Sequence[object]) -> Mapping[str, Any] | None:
        """A row as a wire object, empty cells as None; None for a row with nothing in it."""
        cells = [self._text(name, value) for name, value in zip([*header, *[""] * len(row)], row, strict=False)]
        if not any(cells):
            return None
        body: dict[str, Any] = {name: cell for name, cell in zip(header, cells, strict=False) if name}
        if extra := [cell for cell in cells[len(header) :] if cell]:
            body[EXTRA] = extra
        return body

    def _text(self, name: str, value: object) -> str | None:
        """A cell as the wire writes it: `yyyyMMdd`, `yyyyMMddHHmmss` for moments, whole numbers without a point."""
        if isinstance(value, datetime | date):
            moment = value if isinstance(value, datetime) else datetime.combine(value, time())
            return f"{moment:%Y%m%d%H%M%S}" if name in self._instants or moment.time() != time() else f"{moment:%Y%m%d}"
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        return (str(value).strip() or None) if value is not None else None


def read(name: str, content: bytes, columns: Columns) -> Iterator[Mapping[str, Any]]:
    """The rows of a file, kind by the end of its name. Raises `Unreadable`, maybe after some rows."""
    sheets = _xlsx(content) if name.casefold().endswith(".xlsx") else _csv(content, columns)
    found = False
    try:
        for sheet in sheets:
            rows = iter(sheet)
            header = next(filter(None, map(columns.header, islice(rows, _HEADER_WITHIN))), None)
            if header:
                found = True
                yield from filter(None, (columns.body(header, row) for row in rows))
    except Unreadable:
        raise
    except Exception as error:  # noqa: BLE001 - a broken workbook makes openpyxl's parsers raise anything
        raise Unreadable(f"nội dung hỏng: {type(error).__name__}") from None
    if not found:
        raise Unreadable("không tìm thấy dòng tiêu đề cột")


def _csv(content: bytes, columns: Columns) -> Iterator[Iterable[Sequence[object]]]:
    """One sheet: the file read with whichever separator makes a header of one of its rows."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Unreadable("không phải bảng mã UTF-8") from None
    for separator in ";,\t":
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
        if any(map(columns.header, islice(rows, _HEADER_WITHIN))):
            yield csv.reader(io.StringIO(text, newline=""), delimiter=separator)
            return


def _xlsx(content: bytes) -> Iterator[Iterable[Sequence[object]]]:
    """Every sheet, streamed."""
    import openpyxl  # here, because whoever checks a configuration loads this module

    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        unpacked = sum(part.file_size for part in parts.infolist())
    if unpacked > _UNPACKED_LIMIT:
        raise Unreadable("bảng tính quá lớn sau khi giải nén")
    workbook = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    try:
        for sheet in workbook.worksheets:
            # Some programs write a wrong extent into the file, and rows beyond it would be lost.
            sheet.reset_dimensions()
            yield sheet.iter_rows(values_only=True)
    finally:
        workbook.close()


def _folded(cell: object) -> str:
    """A column name without spaces, underscores, case and accents' composition."""
    text = unicodedata.normalize("NFC", str(cell or "")).casefold()
    return "".join(text.replace("_", "").split())
