"""Table rows that are too tall for a page, as several rows without a line between them: a page may end at each."""

from collections.abc import Sequence
from typing import Any

from reportlab.lib.colors import black
from reportlab.lib.units import mm
from reportlab.platypus import LongTable, Paragraph

Cell = Any  # a Flowable or str; reportlab ships no types
"""A paragraph, or "" for nothing."""

_TALLEST = 60 * mm
"""Rows up to this height stay whole: two of them and the headings fit on a landscape page."""

_PIECE = 40 * mm
"""The height of one piece of a taller row."""

_LINE = (0.5, black)


class ClosedTable(LongTable):  # type: ignore[misc]  # reportlab ships no types
    """A table that ends with a line on every page, also where the page ends among the pieces of one row."""

    def onSplit(self, part: LongTable, byRow: int = 1) -> None:  # noqa: ARG002, N802, N803 - reportlab calls it by these names
        """Close a part of this table; reportlab calls this for the part of a page and for the rest."""
        part._addCommand(("LINEBELOW", (0, part._nrows - 1), (-1, part._nrows - 1), *_LINE))


def cut_tall_rows(
    rows: Sequence[Sequence[Cell]], widths: Sequence[float]
) -> tuple[list[Sequence[Cell]], list[tuple[Any, ...]]]:
    """The rows of a table with tall ones cut into pieces, and the style commands that draw the lines between rows.

    `widths` are those of the columns without their padding, in points.
    """
    cut: list[Sequence[Cell]] = []
    lines: list[tuple[Any, ...]] = []
    whole_since = 0
    for row in rows:
        pieces = _pieces(row, widths)
        if len(pieces) > 1:
            first, last = len(cut), len(cut) + len(pieces) - 1
            lines += [*_grid(whole_since, first - 1), *_frame(first, last)]
            whole_since = last + 1
        cut += pieces
    return cut, [*lines, *_grid(whole_since, len(cut) - 1)]


def _pieces(row: Sequence[Cell], widths: Sequence[float]) -> list[Sequence[Cell]]:
    if not any(_is_tall(cell, width) for cell, width in zip(row, widths, strict=True)):
        return [row]
    columns = [_split(cell, width) for cell, width in zip(row, widths, strict=True)]
    height = max(map(len, columns))
    return list(zip(*([*column, *[""] * (height - len(column))] for column in columns), strict=True))


def _is_tall(cell: Cell, width: float) -> bool:
    """Whether a cell is taller than `_TALLEST`. To measure it takes as long as to draw it: short text is not."""
    if not isinstance(cell, Paragraph):
        return False
    size, leading = cell.style.fontSize, cell.style.leading
    text = [fragment.text for fragment in cell.frags]
    lines = sum(len(part.split()) + 1 + len(part) * size / width for part in text)
    return lines * leading > _TALLEST and bool(cell.wrap(width, _TALLEST)[1] > _TALLEST)


def _split(cell: Cell, width: float) -> list[Cell]:
    """A paragraph as paragraphs of at most `_PIECE`; one that cannot be split stays as it is.

    It is halved again and again: to take one piece after another off its top would lay out the rest each time.
    """
    height = cell.wrap(width, _PIECE)[1] if isinstance(cell, Paragraph) else 0
    if height <= _PIECE:
        return [cell]
    parts = cell.split(width, _PIECE * max(1, height // _PIECE // 2))
    return [piece for part in parts for piece in _split(part, width)] if len(parts) > 1 else [cell]


def _grid(first: int, last: int) -> list[tuple[Any, ...]]:
    return [("GRID", (0, first), (-1, last), *_LINE)] if first <= last else []


def _frame(first: int, last: int) -> list[tuple[Any, ...]]:
    """Lines around the pieces of one row and between its columns, and no room between the pieces."""
    return [
        ("LINEABOVE", (0, first), (-1, first), *_LINE),
        ("LINEBELOW", (0, last), (-1, last), *_LINE),
        ("LINEBEFORE", (0, first), (-1, last), *_LINE),
        ("LINEAFTER", (-1, first), (-1, last), *_LINE),
        ("BOTTOMPADDING", (0, first), (-1, last - 1), 0),
        ("TOPPADDING", (0, first + 1), (-1, last), 0),
    ]
