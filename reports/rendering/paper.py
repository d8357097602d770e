"""A report as a PDF: a Vietnamese administrative document (Nghị định 30/2020/NĐ-CP). Equal reports give equal bytes.

Narrow tables are part of the body; wide ones become annexes (phụ lục) on landscape pages after it.
"""

import io
from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any

from reportlab.lib.colors import HexColor, black
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.units import mm
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
from reports.rendering.archive import archived
from reports.rendering.broken_lines import Typesetter
from reports.rendering.cells import DRAFT, KINDS, NO_ROWS, agency_lines, cut, format_cell, is_right_aligned
from reports.rendering.charts import draw
from reports.rendering.column_widths import measure, share_out
from reports.rendering.ruled_table import Content, Face, RuledTable
from reports.rendering.stationery import (
    BOLD,
    FONT,
    Rule,
    bases,
    closing,
    letterhead,
    number_of,
    paragraph,
    printable,
    register_fonts,
)

LEFT, RIGHT, TOP, BOTTOM = 30 * mm, 15 * mm, 20 * mm, 20 * mm
"""The margins of Appendix I, Part I: top and bottom 20-25 mm, left 30-35 mm, right 15-20 mm."""

_WIDEST_IN_BODY = 90
"""The greatest width, in characters, of a table in the body."""

_FULL, _SMALL = 11, 10
"""The size of letters in tables, in points; the smaller one in tables that are wider than `_WIDEST_AT_FULL_SIZE`."""

_WIDEST_AT_FULL_SIZE = 130
"""In characters, as the columns ask."""

_KEPT_WITH_SIGNATURE = 70 * mm
"""Up to this height, the notes are on one page with the place to sign."""

_LONGEST_CELL = 10_000
"""Letters of a cell that are printed, about six pages of it. Workbooks hold more, and the data store everything."""

_SIGNS = {"report": "BC", "notice": "TB"}
"""How the sign of each kind of document begins (Appendix III)."""


def build(document: Document, office: str, signer: str) -> bytes:
    """The PDF; see `reports.rendering.pdf.render`."""
    register_fonts()
    buffer = io.BytesIO()
    paper = _Paper(buffer, document)
    paper.build(list(_story(document, f"{_SIGNS[document.kind]}-{office}", signer)))
    return archived(buffer.getvalue(), document)


class _Paper(BaseDocTemplate):  # type: ignore[misc]  # reportlab ships no types
    """Portrait pages for the body and landscape pages for annexes, numbered at the top from the second page on."""

    def __init__(self, buffer: io.BytesIO, document: Document) -> None:
        super().__init__(
            buffer,
            pagesize=A4,
            lang="vi-VN",
            invariant=1,  # no time of creation and no random id in the file
            initialFontName=FONT,  # or each page names Helvetica, which is not embedded
        )
        pages = (("portrait", A4), ("landscape", landscape(A4)))
        self.addPageTemplates([_page(name, size, draft=document.draft) for name, size in pages])


def _page(name: str, size: tuple[float, float], *, draft: bool) -> PageTemplate:
    frame = Frame(LEFT, BOTTOM, _inner(size), _height(size), 0, 0, 0, 0, id=name)
    return PageTemplate(id=name, frames=[frame], pagesize=size, onPage=_begin_draft if draft else _number_page)


def _inner(size: tuple[float, float]) -> float:
    return float(size[0] - LEFT - RIGHT)


def _height(size: tuple[float, float]) -> float:
    return float(size[1] - TOP - BOTTOM)


def _begin_draft(canvas: Any, paper: Any) -> None:
    """The mark of a draft, under the text and above it: in a light colour, for an archive takes nothing transparent."""
    width, height = canvas._pagesize
    canvas.saveState()
    canvas.setFillColor(HexColor("#E6E6E6"))
    canvas.translate(width / 2, height / 2)
    canvas.rotate(45)
    canvas.setFont(BOLD, 96)
    canvas.drawCentredString(0, -32, DRAFT)
    canvas.restoreState()
    canvas.setFillColor(black)
    canvas.setFont(BOLD, 13)
    canvas.drawString(LEFT, height - TOP + 7 * mm, DRAFT)
    _number_page(canvas, paper)


def _number_page(canvas: Any, _paper: Any) -> None:
    if canvas.getPageNumber() > 1:
        width, height = canvas._pagesize
        canvas.setFont(FONT, 13)
        canvas.drawCentredString(width / 2, height - TOP + 7 * mm, str(canvas.getPageNumber()))


def _story(document: Document, symbol: str, signer: str) -> Iterable[Flowable]:
    width = _inner(A4)
    annexes = [sheet for sheet in document.sheets if sheet.rows and _characters(sheet) > _WIDEST_IN_BODY]
    in_body = [sheet for sheet in document.sheets if sheet not in annexes]
    notes = [paragraph(f"- {text}", "note") for text in document.notes]
    signature = closing(document, signer, width)
    yield from letterhead(document, symbol, width)
    yield paragraph(KINDS[document.kind].upper(), "title")
    yield paragraph(document.title, "subject")
    yield Rule(share=0.25)
    yield paragraph(document.subtitle, "period")
    yield Spacer(0, 4 * mm)
    text = [*bases(document), *(paragraph(text, "body") for text in document.summary)]
    drawings = list(_charts(document, width))
    if not (notes or in_body or drawings):
        text[-1:] = [KeepTogether([*text[-1:], *signature])]
    yield from text
    yield from drawings
    for number, sheet in enumerate(in_body, 1):
        tail = sum(part.wrap(width, 0)[1] for part in signature) if number == len(in_body) and not notes else 0
        yield from _in_body(sheet, tail)
    yield from _notes(notes, signature, width)
    if not notes and (in_body or drawings):
        yield KeepTogether(signature)
    for number, sheet in enumerate(annexes, start=1):
        yield NextPageTemplate("landscape")
        yield PageBreak()
        yield from _annex(document, sheet, f"Phụ lục {_roman(number)}" if len(annexes) > 1 else "Phụ lục", symbol)


def _in_body(sheet: Sheet, tail: float) -> Iterable[Flowable]:
    """A table under its title. A wide one without rows is a sentence: its columns would not fit."""
    if not sheet.rows and _characters(sheet) > _WIDEST_IN_BODY:
        yield KeepTogether([paragraph(sheet.title, "heading"), paragraph(f"{NO_ROWS}.", "empty")])
        return
    yield CondPageBreak(45 * mm)
    yield paragraph(sheet.title, "heading")
    yield _table(sheet, A4, tail)


def _notes(notes: Sequence[Flowable], signature: Sequence[Flowable], width: float) -> Iterable[Flowable]:
    """The notes, the last ones on one page with the place to sign: it must not be alone, nor with a single line."""
    if not notes:
        return
    kept = len(notes)
    while kept > 1 and sum(note.wrap(width, 0)[1] for note in notes[-kept:]) > _KEPT_WITH_SIGNATURE:
        kept -= 1
    yield CondPageBreak(25 * mm)
    heading = paragraph("Ghi chú", "heading")
    if kept == len(notes):
        yield KeepTogether([heading, *notes, *signature])
        return
    yield heading
    yield from notes[:-kept]
    yield KeepTogether([*notes[-kept:], *signature])


def _charts(document: Document, width: float) -> Iterable[Flowable]:
    """Each chart under its title, on one page."""
    for chart in document.charts:
        drawing = draw(chart, width)
        if drawing is not None:
            yield KeepTogether([paragraph(chart.title, "heading"), drawing, Spacer(0, 3 * mm)])


def _annex(document: Document, sheet: Sheet, heading: str, symbol: str) -> Iterable[Flowable]:
    yield paragraph(heading, "title")
    yield paragraph(sheet.title.upper(), "subject")
    agency = " - ".join(agency_lines(document))
    day = format_cell(document.issued_on)
    yield paragraph(
        f"(Kèm theo {KINDS[document.kind]} số {number_of(document, symbol)} ngày {day} của {agency})", "period"
    )
    yield Rule(share=0.15)
    yield paragraph(document.subtitle, "period")
    yield Spacer(0, 4 * mm)
    yield _table(sheet, landscape(A4))


def _table(sheet: Sheet, size: tuple[float, float], tail: float = 0) -> Flowable:
    """All rows, with the headings repeated on every page. Cells wrap, long words break, tall rows flow over pages."""
    width = _inner(size)
    points = _SMALL if _characters(sheet) > _WIDEST_AT_FULL_SIZE else _FULL
    face = Face(Typesetter(FONT, points), Typesetter(BOLD, points), points * 1.25)
    total = [] if sheet.total is None else _texts(sheet.columns, sheet.total)
    needs = measure(sheet.columns, map(partial(_texts, sheet.columns), sheet.rows), total, face)
    content = Content(
        headings=[printable(column.title) for column in sheet.columns],
        alignments=[_alignment(column) for column in sheet.columns],
        widths=share_out(needs, width),
        face=face,
        count=len(sheet.rows) + bool(total),
        row=lambda number: _texts(sheet.columns, sheet.rows[number]) if number < len(sheet.rows) else total,
        has_total=bool(total),
        empty=NO_ROWS,
    )
    return RuledTable(content, page=_height(size), tail=tail)


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


def _roman(number: int) -> str:
    """The number of an annex in Roman figures, up to 39."""
    tens, ones = divmod(number, 10)
    return "X" * tens + ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX")[ones]
