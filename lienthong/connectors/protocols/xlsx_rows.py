"""Rows of the visible sheets of an XLSX workbook, within bounds that a hostile workbook cannot pass."""

import io
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from lienthong.connectors.protocols.table_rows import RawRow, Unreadable
from lienthong.connectors.protocols.xlsx_bounds import Bounds
from lienthong.messages import message, message_n

if TYPE_CHECKING:
    from lienthong.connectors.protocols.xlsx_sheets import Sheet

ROW_LIMIT = 2**20
"""Rows of a sheet: as many as Excel can have."""

_UNPACKED_LIMIT = 256 * 2**20
"""Bytes of a workbook after decompression."""

_SMALL_PART_LIMIT = 8 * 2**20
"""Bytes of a part that is read as a whole, such as the styles."""

_SMALL_FOLDERS = ("", "_rels", "xl", "xl/_rels")
_SHARED_STRINGS = "sharedstrings.xml"

Tell = Callable[[str], None]
"""Takes a sentence for operators."""


def xlsx_sheets(content: bytes, row_limit: int, tell: Tell) -> Iterator[Iterable[RawRow]]:
    """Yield every visible sheet as a stream of rows that are not empty. Raises `Unreadable`.

    Hidden sheets are not read, and the value of merged cells belongs to the first of them: `tell` is given a sentence.
    """
    from lienthong.connectors.protocols.xlsx_sheets import Workbook  # here: `lienthong check` must be quick

    _check_kind(content)
    with _damage_named(), zipfile.ZipFile(io.BytesIO(content)) as archive:
        _check_sizes(archive)
        workbook = Workbook(archive, Bounds(row_limit))
        for sheet in workbook.sheets:
            if sheet.state == "visible":
                yield _rows(sheet)
                if sheet.merged:
                    tell(_about_merged_cells(sheet.title, sheet.merged))
            else:
                tell(message("The sheet “{sheet}” is hidden and not read", sheet=sheet.title))


def _rows(sheet: "Sheet") -> Iterator[RawRow]:
    with _damage_named():
        yield from sheet.rows()


@contextmanager
def _damage_named() -> Iterator[None]:
    try:
        yield
    except Unreadable:
        raise
    except Exception as error:  # noqa: BLE001 - a broken workbook makes the parsers raise anything
        kind = type(error).__name__
        raise Unreadable(message("The content is damaged: {error}", error=kind)) from None


def _about_merged_cells(sheet: str, count: int) -> str:
    return message_n(
        "The sheet “{sheet}” has {count} group of merged cells: the value is read for the first of them, the others "
        "are empty",
        "The sheet “{sheet}” has {count} groups of merged cells: the value is read for the first of them, the others "
        "are empty",
        count=count,
        sheet=sheet,
    )


def _check_kind(content: bytes) -> None:
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        advice = message("It is an old workbook, or has a password: save it as .xlsx without a password")
        raise Unreadable(advice)


def _check_sizes(archive: zipfile.ZipFile) -> None:
    """The sizes that the directory states. No part can be longer than it states: reading ends there."""
    parts = archive.infolist()
    if sum(part.file_size for part in parts) > _UNPACKED_LIMIT:
        raise Unreadable(message("The workbook is too large after decompression"))
    for part in parts:
        folder, _, name = part.filename.rpartition("/")
        if folder in _SMALL_FOLDERS and name.casefold() != _SHARED_STRINGS and part.file_size > _SMALL_PART_LIMIT:
            raise Unreadable(message("A part of the workbook is too large: {part}", part=name))
