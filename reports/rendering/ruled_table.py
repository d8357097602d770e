"""A table that is drawn row by row, for reports of thousands of rows: each row is laid out once and then forgotten.

A table of the PDF library holds every cell as an object and styles as a list: 7,000 rows took half a minute.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from reportlab.lib.colors import HexColor, black
from reportlab.lib.units import mm
from reportlab.platypus import Flowable

from reports.rendering.broken_lines import Typesetter

_TALLEST = 60 * mm
"""Rows up to this height stay whole: two of them and the headings fit on a landscape page."""

_FEWEST_LINES = 3
"""Lines of a taller row that are worth to begin it at the foot of a page."""

_TALLEST_HEADING = 8
"""Lines of a heading that are printed: it comes again on every page."""

_ABOVE, _BELOW = 2.0, 4.0
"""Points between the lines of a cell and its border."""

BESIDE = 3.0
"""Points between a cell's text and the border beside it."""

_ASCENT = 0.9
"""How far the top of a line is above its base line, by its size."""


@dataclass(frozen=True, slots=True)
class Face:
    """How the cells of a table are set: what breaks plain and bold text, and from one line to the next in points."""

    plain: Typesetter
    bold: Typesetter
    leading: float


@dataclass(slots=True)
class Content:
    """What a table shows: `row(n)` gives the texts of row n of `count`, the last one the total with `has_total`.

    `alignments` are `left`, `right` or `centre` by column, `widths` are in points. `empty` stands in the one row of a
    table without rows.
    """

    headings: Sequence[str]
    alignments: Sequence[str]
    widths: Sequence[float]
    face: Face
    count: int
    row: Callable[[int], Sequence[str]]
    has_total: bool = False
    empty: str = ""
    _laid: dict[int, list[list[str]]] = field(default_factory=dict)

    def is_total(self, number: int) -> bool:
        """Whether this row is the total."""
        return self.has_total and number == self.count - 1

    def lines(self, number: int) -> list[list[str]]:
        """The lines of each cell of a row. They are kept until the row is drawn."""
        found = self._laid.get(number)
        if found is None:
            face = self.face.bold if self.is_total(number) else self.face.plain
            found = self._laid[number] = self._broken(self.row(number), face)
        return found

    def drawn(self, number: int) -> None:
        """Forget the lines of a row."""
        self._laid.pop(number, None)

    def heading_lines(self) -> list[list[str]]:
        """The lines of each heading; a very long one ends with …"""
        broken = self._broken(self.headings, self.face.bold)
        return [
            lines if len(lines) <= _TALLEST_HEADING else [*lines[: _TALLEST_HEADING - 1], f"{lines[_TALLEST_HEADING]}…"]
            for lines in broken
        ]

    def _broken(self, texts: Sequence[str], face: Typesetter) -> list[list[str]]:
        return [face.lines(text, width - 2 * BESIDE) for text, width in zip(texts, self.widths, strict=True)]


class _Piece(NamedTuple):
    """Lines `first` to `last` of a row, on one page."""

    row: int
    first: int
    last: int


class RuledTable(Flowable):  # type: ignore[misc]  # reportlab ships no types
    """Rows `start` and on, from line `line` of the first one, up to `stop`, under the headings.

    `tail` is the height of what must not be without at least two rows on its page, such as the place to sign.
    `page` is the height of a whole page. The total is never alone at the top of a page.
    """

    def __init__(
        self,
        content: Content,
        *,
        page: float,
        tail: float = 0,
        start: tuple[int, int] = (0, 0),
        stop: tuple[int, int] | None = None,
    ) -> None:
        super().__init__()
        self._content, self._page, self._tail = content, page, tail
        self._start, self._stop = start, stop or (content.count, 0)
        self._headings = content.heading_lines()
        self._head = max(map(len, self._headings)) * content.face.leading + _ABOVE + _BELOW
        self._closes = stop is None
        self.spaceBefore, self.spaceAfter = 4, 6

    def wrap(self, _width: float, room: float) -> tuple[float, float]:
        """How high it is; more than `room` when it must be split. Called by the PDF library."""
        self.width = sum(self._content.widths)
        pieces, end = self._fit(room)
        self.height = self._height(pieces)
        if end != self._stop:
            return self.width, room + 1
        last_rows_alone = self._stop[0] - self._start[0] <= self._kept() and self._begins_page(room)
        if self._closes and self._tail and self.height + self.spaceAfter + self._tail > room and not last_rows_alone:
            return self.width, room + 1
        return self.width, self.height

    def split(self, _width: float, room: float) -> list[Flowable]:
        """The part for this page and the rest; nothing when the page has no room. Called by the PDF library."""
        pieces, end = self._fit(room)
        last = self._content.count - self._kept()
        if self._closes and self._kept() > 1 and self._start >= (last, 0) and not self._begins_page(room):
            return []
        if self._closes and end > (last, 0) and self._start < (last, 0):
            pieces, end = [piece for piece in pieces if piece.row < last], (last, 0)
        if not pieces or end in (self._stop, self._start):
            return []
        first = RuledTable(self._content, page=self._page, start=self._start, stop=end)
        rest = RuledTable(self._content, page=self._page, tail=self._tail, start=end)
        return [first, rest]

    def _begins_page(self, room: float) -> bool:
        return room > self._page - 1

    def _kept(self) -> int:
        """How many of the last rows stay together."""
        return 2 if self._content.has_total or self._tail else 1

    def _fit(self, room: float) -> tuple[list[_Piece], tuple[int, int]]:
        """What fits into `room` below the headings, and where the rest begins."""
        leading = self._content.face.leading
        left = room - self._head - (self._row_height(1) if not self._content.count else 0)
        pieces: list[_Piece] = []
        row, line = self._start
        while (row, line) < self._stop:
            lines = max(map(len, self._content.lines(row)))
            last = self._stop[1] if row == self._stop[0] else lines
            height = self._row_height(last - line)
            if height > left + 0.01:
                fitting = int((left - _ABOVE - _BELOW) / leading)
                if height > _TALLEST and fitting >= _FEWEST_LINES:
                    pieces.append(_Piece(row, line, line + fitting))
                    line += fitting
                break
            pieces.append(_Piece(row, line, last))
            left -= height
            row, line = (row, last) if last < lines else (row + 1, 0)
        return pieces, (row, line)

    def _row_height(self, lines: int) -> float:
        return lines * self._content.face.leading + _ABOVE + _BELOW

    def _height(self, pieces: Sequence[_Piece]) -> float:
        rows = sum(self._row_height(piece.last - piece.first) for piece in pieces)
        return self._head + (rows if self._content.count else self._row_height(1))

    def draw(self) -> None:
        """Draw the headings, the rows and the lines between them. Called by the PDF library."""
        content, canvas = self._content, self.canv
        canvas.saveState()
        pieces, _ = self._fit(self.height)
        below = self.height - self._head
        canvas.setFillColor(HexColor("#EDEDED"))
        canvas.rect(0, below, self.width, self._head, stroke=0, fill=1)
        canvas.setFillColor(black)
        lines = [(0, self.height, self.width, self.height), (0, below, self.width, below)]
        text = canvas.beginText()
        text.setFont(content.face.bold.font, content.face.bold.size)
        deepest = max(map(len, self._headings))
        for at, cell in enumerate(self._headings):
            lower = (deepest - len(cell)) / 2 * content.face.leading
            self._write(text, _Cell(at, cell, content.face.bold, "centre"), self.height - lower)
        text.setFont(content.face.plain.font, content.face.plain.size)
        foot = below
        for piece in pieces:
            face = content.face.bold if content.is_total(piece.row) else content.face.plain
            if face is content.face.bold:
                text.setFont(face.font, face.size)
            for at, cell in enumerate(content.lines(piece.row)):
                self._write(text, _Cell(at, cell[piece.first : piece.last], face, content.alignments[at]), foot)
            foot -= self._row_height(piece.last - piece.first)
            lines.append((0, foot, self.width, foot))
            if piece.last == max(map(len, content.lines(piece.row))):
                content.drawn(piece.row)
        if not content.count:
            wide = content.face.plain.width(content.empty)
            text.setTextOrigin((self.width - wide) / 2, foot - _ABOVE - _ASCENT * content.face.plain.size)
            text.textOut(content.empty)
            lines.append((0, 0, self.width, 0))
        canvas.drawText(text)
        canvas.setLineWidth(0.5)
        canvas.lines([*lines, *self._columns(below)])
        canvas.restoreState()

    def _columns(self, below: float) -> list[tuple[float, float, float, float]]:
        """The lines between columns. The one row of an empty table is not divided."""
        edges = [sum(self._content.widths[:number]) for number in range(len(self._content.widths) + 1)]
        inner = 0 if self._content.count else below
        return [(x, 0 if x in (edges[0], edges[-1]) else inner, x, self.height) for x in edges]

    def _write(self, text: Any, cell: "_Cell", top: float) -> None:
        left, width = sum(self._content.widths[: cell.column]), self._content.widths[cell.column]
        base = top - _ABOVE - _ASCENT * cell.face.size
        for line in cell.lines:
            if line:
                text.setTextOrigin(left + cell.indent(line, width), base)
                text.textOut(line)
            base -= self._content.face.leading


class _Cell(NamedTuple):
    """Lines of a cell, as they are set."""

    column: int
    lines: Sequence[str]
    face: Typesetter
    alignment: str

    def indent(self, line: str, width: float) -> float:
        """Where a line begins in a column of this width."""
        if self.alignment == "left":
            return BESIDE
        spare = width - self.face.width(line)
        return spare - BESIDE if self.alignment == "right" else spare / 2
