"""The tables of a report as they are printed: which belong to the body, and how their cells are set."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from reportlab.platypus import Flowable

from lienthong import Column, Sheet
from reports.rendering.broken_lines import Typesetter
from reports.rendering.cells import NO_ROWS, cut, format_cell, is_right_aligned
from reports.rendering.column_widths import measure, share_out
from reports.rendering.ruled_table import Content, Face, RuledTable
from reports.rendering.stationery import BOLD, FONT, printable

_WIDEST_IN_BODY = 90
"""The greatest width, in characters, of a table in the body."""

_FEW_ROWS, _SHORT_ROW = 8, 3
"""A wider table with no more rows stays in the body, if its words fit and a row takes about three lines at most."""

_FULL, _SMALL = 11, 10
"""The size of letters in tables, in points; the smaller one in tables that are wider than `_WIDEST_AT_FULL_SIZE`."""

_WIDEST_AT_FULL_SIZE = 130
"""In characters, as the columns ask."""

_LONGEST_CELL = 10_000
"""Letters of a cell that are printed, about six pages of it. Workbooks hold more, and the data store everything."""


def is_annex(sheet: Sheet, width: float) -> bool:
    """Whether a table is too wide for the body, which is `width` points wide. One without rows never is."""
    if not sheet.rows or _characters(sheet) <= _WIDEST_IN_BODY:
        return False
    if len(sheet.rows) > _FEW_ROWS:
        return True
    total = [] if sheet.total is None else _texts(sheet.columns, sheet.total)
    needs = measure(sheet.columns, [_texts(sheet.columns, row) for row in sheet.rows], total, _face(_FULL))
    return sum(need.room for need in needs) > width or sum(need.line for need in needs) > _SHORT_ROW * width


def is_sentence(sheet: Sheet) -> bool:
    """Whether a table is shown as the sentence that it has no rows: it has so many columns that they would not fit."""
    return not sheet.rows and _characters(sheet) > _WIDEST_IN_BODY


def printed_table(sheet: Sheet, size: tuple[float, float], tail: float = 0) -> Flowable:
    """All rows, with the headings repeated on every page. Cells wrap, long words break, tall rows flow over pages.

    `size` is the width and height of the room on a page; `tail` the height of what must not be on a page without rows.
    """
    face = _face(_SMALL if _characters(sheet) > _WIDEST_AT_FULL_SIZE else _FULL)
    total = [] if sheet.total is None else _texts(sheet.columns, sheet.total)
    needs = measure(sheet.columns, map(partial(_texts, sheet.columns), sheet.rows), total, face)
    content = Content(
        headings=[printable(column.title) for column in sheet.columns],
        alignments=[_alignment(column) for column in sheet.columns],
        widths=share_out(needs, size[0]),
        face=face,
        count=len(sheet.rows) + bool(total),
        row=lambda number: _texts(sheet.columns, sheet.rows[number]) if number < len(sheet.rows) else total,
        has_total=bool(total),
        empty=NO_ROWS,
    )
    return RuledTable(content, page=size[1], tail=tail)


def _face(points: float) -> Face:
    return Face(Typesetter(FONT, points), Typesetter(BOLD, points), points * 1.25)


def _texts(columns: Sequence[Column], row: Sequence[Any]) -> list[str]:
    """The cells of a row as they are printed."""
    return [
        printable(cut(format_cell(value, column.kind), _LONGEST_CELL))
        for value, column in zip(row, columns, strict=True)
    ]


def _alignment(column: Column) -> str:
    if is_right_aligned(column):
        return "right"
    return "centre" if column.kind == "date" else "left"


def _characters(sheet: Sheet) -> int:
    return sum(column.width for column in sheet.columns)
