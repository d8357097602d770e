"""A report as a PDF: a Vietnamese administrative document (Nghị định 30/2020/NĐ-CP). Equal reports give equal bytes.

Narrow tables are part of the body; wide ones become annexes (phụ lục) on landscape pages after it.
"""

import io
from collections.abc import Iterable, Sequence
from typing import Any

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.platypus import (
    BaseDocTemplate,
    CondPageBreak,
    Flowable,
    Frame,
    KeepTogether,
    NextPageTemplate,
    PageBreak,
    PageTemplate,
    Spacer,
)

from lienthong import Column, Document, Sheet
from reports.rendering.cells import NO_ROWS, clean, cut, format_cell, is_right_aligned
from reports.rendering.charts import draw
from reports.rendering.stationery import BLANK, BOLD, FONT, STYLES, Rule, closing, letterhead, paragraph, register_fonts
from reports.rendering.tall_rows import ClosedTable, cut_tall_rows

LEFT, RIGHT, TOP, BOTTOM = 30 * mm, 15 * mm, 20 * mm, 20 * mm
"""The margins of Appendix I, Part I: top and bottom 20-25 mm, left 30-35 mm, right 15-20 mm."""

_WIDEST_IN_BODY = 90
"""The greatest width, in characters, of a table in the body."""

_LONGEST_WORD = 65 * mm
"""The greatest width that a word claims: twice a dossier code. A longer word is broken."""

_LONGEST_CELL = 10_000
"""Letters of a cell that are printed, about six pages of it. Workbooks hold more, and the data store everything."""

_PADDING = 3
"""Points between a cell's text and its border."""


_KINDS = {"report": ("Báo cáo", "BC"), "notice": ("Thông báo", "TB")}
"""The name of each kind of document, and how its sign begins (Appendix III)."""


def build(document: Document, office: str, signer: str) -> bytes:
    """The PDF; see `reports.rendering.pdf.render`."""
    register_fonts()
    buffer = io.BytesIO()
    paper = _Paper(buffer, document)
    paper.build(list(_story(document, f"{_KINDS[document.kind][1]}-{office}", signer)))
    return buffer.getvalue()


class _Paper(BaseDocTemplate):  # type: ignore[misc]  # reportlab ships no types
    """Portrait pages for the body and landscape pages for annexes, numbered at the top from the second page on."""

    def __init__(self, buffer: io.BytesIO, document: Document) -> None:
        super().__init__(
            buffer,
            pagesize=A4,
            title=clean(document.title),
            author=clean(document.agency).replace("\n", " - "),
            subject=clean(document.subtitle),
            creator="Lienthong",
            lang="vi-VN",
            invariant=1,  # no time of creation and no random id in the file
            initialFontName=FONT,  # or each page names Helvetica, which is not embedded
        )
        self.addPageTemplates([_page("portrait", A4), _page("landscape", landscape(A4))])


def _page(name: str, size: tuple[float, float]) -> PageTemplate:
    frame = Frame(LEFT, BOTTOM, _inner(size), size[1] - TOP - BOTTOM, 0, 0, 0, 0, id=name)
    return PageTemplate(id=name, frames=[frame], pagesize=size, onPage=_number_page)


def _inner(size: tuple[float, float]) -> float:
    return float(size[0] - LEFT - RIGHT)


def _number_page(canvas: Any, _paper: Any) -> None:
    if canvas.getPageNumber() > 1:
        width, height = canvas._pagesize
        canvas.setFont(FONT, 13)
        canvas.drawCentredString(width / 2, height - TOP + 7 * mm, str(canvas.getPageNumber()))


def _story(document: Document, symbol: str, signer: str) -> Iterable[Flowable]:
    width = _inner(A4)
    in_body = [sheet for sheet in document.sheets if _characters(sheet) <= _WIDEST_IN_BODY]
    annexes = [sheet for sheet in document.sheets if sheet not in in_body]
    yield from letterhead(document, symbol, width)
    yield paragraph(_KINDS[document.kind][0].upper(), "title")
    yield paragraph(document.title, "subject")
    yield Rule(share=0.25)
    yield paragraph(document.subtitle, "period")
    yield Spacer(0, 4 * mm)
    for text in document.summary:
        yield paragraph(text, "body")
    yield from _charts(document, width)
    for sheet in in_body:
        yield CondPageBreak(45 * mm)
        yield paragraph(sheet.title, "heading")
        yield _table(sheet, width)
    notes = [paragraph(f"- {text}", "note") for text in document.notes]
    if notes:
        yield CondPageBreak(25 * mm)
        yield paragraph("Ghi chú", "heading")
    yield from notes[:-1]
    # The signature is never alone on a page.
    yield KeepTogether([*notes[-1:], *closing(document, signer, width)])
    for number, sheet in enumerate(annexes, start=1):
        yield NextPageTemplate("landscape")
        yield PageBreak()
        yield from _annex(document, sheet, f"Phụ lục {_roman(number)}" if len(annexes) > 1 else "Phụ lục", symbol)


def _charts(document: Document, width: float) -> Iterable[Flowable]:
    """Each chart under its title, on one page."""
    for chart in document.charts:
        drawing = draw(chart, width)
        if drawing is not None:
            yield KeepTogether([paragraph(chart.title, "heading"), drawing, Spacer(0, 3 * mm)])


def _annex(document: Document, sheet: Sheet, heading: str, symbol: str) -> Iterable[Flowable]:
    yield paragraph(heading, "title")
    yield paragraph(sheet.title.upper(), "subject")
    agency = " - ".join(line.strip() for line in document.agency.splitlines())
    day = format_cell(document.issued_on)
    yield paragraph(f"(Kèm theo {_KINDS[document.kind][0]} số{BLANK}/{symbol} ngày {day} của {agency})", "period")
    yield Rule(share=0.15)
    yield paragraph(document.subtitle, "period")
    yield Spacer(0, 4 * mm)
    yield _table(sheet, _inner(landscape(A4)))


def _table(sheet: Sheet, width: float) -> ClosedTable:
    """All rows, with the headings repeated on every page. Cells wrap, long words break, tall rows flow over pages."""
    widths = _widths(sheet, width)
    cells = [[paragraph(column.title, "column") for column in sheet.columns]]
    cells += [_row(sheet.columns, row, "cell") for row in sheet.rows]
    style: list[tuple[Any, ...]] = [
        ("FONTNAME", (0, 0), (-1, -1), FONT),
        ("VALIGN", (0, 0), (-1, 0), "MIDDLE"),
        ("VALIGN", (0, 1), (-1, -1), "TOP"),
        ("BACKGROUND", (0, 0), (-1, 0), HexColor("#EDEDED")),
        ("LEFTPADDING", (0, 0), (-1, -1), _PADDING),
        ("RIGHTPADDING", (0, 0), (-1, -1), _PADDING),
        ("TOPPADDING", (0, 0), (-1, -1), 2),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 4),
    ]
    if not sheet.rows:
        cells.append([paragraph(NO_ROWS, "cell centre"), *[""] * (len(sheet.columns) - 1)])
        style.append(("SPAN", (0, 1), (-1, 1)))
    if sheet.total is not None:
        cells.append(_row(sheet.columns, sheet.total, "total"))
        # The total is never alone at the top of a page.
        style.append(("NOSPLIT", (0, -2), (-1, -1)))
    rows, lines = cut_tall_rows(cells, [room - 2 * _PADDING for room in widths])
    return ClosedTable(rows, colWidths=widths, repeatRows=1, style=[*style, *lines], spaceBefore=4, spaceAfter=6)


def _widths(sheet: Sheet, width: float) -> list[float]:
    """The widths that the columns ask for, in points, but wide enough for the longest word, such as a dossier code.

    A word longer than any code claims no room: it is broken.
    """
    needed = [_longest_word(column, [row[at] for row in sheet.rows]) for at, column in enumerate(sheet.columns)]
    if sum(needed) >= width:
        return _levelled(needed, width)
    fixed: dict[int, float] = {}
    while True:
        spare = width - sum(fixed.values())
        asked = sum(column.width for at, column in enumerate(sheet.columns) if at not in fixed)
        shares = [fixed.get(at, spare * column.width / asked) for at, column in enumerate(sheet.columns)]
        narrow = {at: room for at, room in enumerate(needed) if at not in fixed and shares[at] < room}
        if not narrow:
            return shares
        fixed |= narrow


def _levelled(needed: Sequence[float], width: float) -> list[float]:
    """Widths for words that do not fit beside each other: narrow columns keep their room, wide ones share the rest."""
    rooms = dict(enumerate(needed))
    spare = width
    for left, at in zip(range(len(needed), 0, -1), sorted(rooms, key=rooms.__getitem__), strict=True):
        rooms[at] = spare / left if left == 1 else min(rooms[at], spare / left)
        spare -= rooms[at]
    return list(rooms.values())


def _longest_word(column: Column, values: Sequence[Any]) -> float:
    words = {word for value in values for word in format_cell(value, column.kind).split()}
    longest = max((stringWidth(word, FONT, STYLES["cell"].fontSize) for word in words), default=0)
    heading = max((stringWidth(word, BOLD, STYLES["column"].fontSize) for word in column.title.split()), default=0)
    return float(min(max(longest, heading), _LONGEST_WORD)) + 2 * _PADDING + 1


def _row(columns: Sequence[Column], values: Sequence[Any], style: str) -> list[Flowable]:
    return [
        paragraph(cut(format_cell(value, column.kind), _LONGEST_CELL), _cell_style(style, column))
        for column, value in zip(columns, values, strict=True)
    ]


def _cell_style(style: str, column: Column) -> str:
    if is_right_aligned(column):
        return f"{style} right"
    return f"{style} centre" if column.kind == "date" else style


def _characters(sheet: Sheet) -> int:
    return sum(column.width for column in sheet.columns)


def _roman(number: int) -> str:
    """The number of an annex in Roman figures, up to 39."""
    tens, ones = divmod(number, 10)
    return "X" * tens + ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX")[ones]
