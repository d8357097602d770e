"""Rows of the visible sheets of an XLSX workbook, within bounds that a hostile workbook cannot pass."""

import io
import zipfile
from collections.abc import Iterable, Iterator
from typing import Any

import structlog

from lienthong.connectors.protocols.table_rows import RawRow, Unreadable
from lienthong.messages import message

ROW_LIMIT = 2**20
"""Rows of a sheet: as many as Excel can have. A row number beyond it would be waited for, row by empty row."""

_UNPACKED_LIMIT = 512 * 2**20
"""Bytes of a workbook after decompression."""

log = structlog.get_logger(__name__)


def xlsx_sheets(content: bytes, row_limit: int) -> Iterator[Iterable[RawRow]]:
    """Yield every visible sheet as a stream of rows. A hidden sheet is not read. Raises `Unreadable`."""
    import openpyxl  # here, because `lienthong check` imports this module and must be quick

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            unpacked = sum(part.file_size for part in parts.infolist())
        if unpacked > _UNPACKED_LIMIT:
            raise Unreadable(message("The workbook is too large after decompression"))
        workbook = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    except Unreadable:
        raise
    except Exception as error:  # noqa: BLE001 - a broken workbook makes openpyxl's parsers raise anything
        raise _damaged(error) from None
    try:
        for sheet in workbook.worksheets:
            if sheet.sheet_state == "visible":
                yield _rows(sheet, row_limit)
            else:
                log.warning("a hidden sheet is not read", sheet=sheet.title)
    finally:
        workbook.close()


def _rows(sheet: Any, row_limit: int) -> Iterator[RawRow]:
    try:
        # Some programs write a wrong extent into the file, and rows beyond it would be lost.
        sheet.reset_dimensions()
        for number, cells in enumerate(sheet.iter_rows(values_only=True), 1):
            if number > row_limit:
                raise Unreadable(message("A sheet has more than {limit} rows", limit=row_limit))
            yield RawRow(cells, {"sheet": sheet.title, "row": number})
    except Unreadable:
        raise
    except Exception as error:  # noqa: BLE001 - see above
        raise _damaged(error) from None


def _damaged(error: Exception) -> Unreadable:
    return Unreadable(message("The content is damaged: {error}", error=type(error).__name__))
