"""A report as a PDF: a Vietnamese administrative document (Nghị định 30/2020/NĐ-CP). Equal reports give equal bytes.

Narrow tables are part of the body; wide ones become annexes (phụ lục) on landscape pages after it.
"""

import io
from collections.abc import Iterable, Sequence
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

from lienthong import Document, Sheet
from reports.rendering.archive import archived
from reports.rendering.cells import DRAFT, KINDS, NO_ROWS, format_cell, issuer
from reports.rendering.charts import draw
from reports.rendering.printed_tables import is_annex, is_sentence, printed_table
from reports.rendering.ruled_table import RuledTable
from reports.rendering.stationery import (
    BOLD,
    FONT,
    Rule,
    balanced,
    bases,
    closing,
    letterhead,
    number_of,
    paragraph,
    register_fonts,
)

LEFT, RIGHT, TOP, BOTTOM = 30 * mm, 15 * mm, 20 * mm, 20 * mm
"""The margins of Appendix I, Part I: top and bottom 20-25 mm, left 30-35 mm, right 15-20 mm."""

_ALL_NOTES, _LAST_NOTES = 45 * mm, 30 * mm
"""Up to the first height, all notes are on the page of the signature; otherwise the last ones up to the second."""

_TALLEST_TAIL = 80 * mm
"""The greatest height that a table leaves room for below its last rows."""

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
    frame = Frame(LEFT, BOTTOM, *_room(size), 0, 0, 0, 0, id=name)
    return PageTemplate(id=name, frames=[frame], pagesize=size, onPage=_begin_draft if draft else _number_page)


def _room(size: tuple[float, float]) -> tuple[float, float]:
    """The width and height between the margins of a page."""
    return size[0] - LEFT - RIGHT, size[1] - TOP - BOTTOM


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
    annexes = [is_annex(sheet, _room(A4)[0]) for sheet in document.sheets]
    yield from letterhead(document, symbol, _room(A4)[0])
    yield paragraph(KINDS[document.kind].upper(), "title")
    yield balanced(document.title, "subject", _room(A4)[0])
    yield Rule(share=0.25)
    yield paragraph(document.subtitle, "period")
    if document.addressee.strip():
        yield Spacer(0, 2 * mm)
        yield paragraph(f"Kính gửi: {document.addressee}", "addressee")
    yield Spacer(0, 4 * mm)
    yield from _body(
        document, [sheet for sheet, apart in zip(document.sheets, annexes, strict=True) if not apart], signer
    )
    apart = [sheet for sheet, apart in zip(document.sheets, annexes, strict=True) if apart]
    for number, sheet in enumerate(apart, start=1):
        yield NextPageTemplate("landscape")
        yield PageBreak()
        yield from _annex(document, sheet, f"Phụ lục {_roman(number)}" if len(apart) > 1 else "Phụ lục", symbol)


def _body(document: Document, sheets: Sequence[Sheet], signer: str) -> Iterable[Flowable]:
    """What stands between the title and the annexes. The place to sign is never alone on a page."""
    width = _room(A4)[0]
    signature = closing(document, signer, width)
    notes = [paragraph(f"- {text}", "note") for text in document.notes]
    parts = [*bases(document), *(paragraph(text, "body") for text in document.summary), *_charts(document, width)]
    for number, sheet in enumerate(sheets, 1):
        is_last = number == len(sheets) and not notes
        tail = min(_heights(signature, width), _TALLEST_TAIL) if is_last else 0
        parts += _in_body(sheet, tail)
    if notes:
        yield from parts
        yield from _notes(notes, signature, width)
    elif parts and not isinstance(parts[-1], RuledTable):
        yield from parts[:-1]
        yield KeepTogether([parts[-1], *signature])
    else:
        yield from parts
        yield KeepTogether(signature)


def _heights(parts: Sequence[Flowable], width: float) -> float:
    return float(sum(part.wrap(width, 0)[1] for part in parts))


def _in_body(sheet: Sheet, tail: float) -> Iterable[Flowable]:
    """A table under its title."""
    if is_sentence(sheet):
        yield KeepTogether([paragraph(sheet.title, "heading"), paragraph(f"{NO_ROWS}.", "empty")])
        return
    yield CondPageBreak(45 * mm)
    yield paragraph(sheet.title, "heading")
    yield printed_table(sheet, _room(A4), tail)


def _notes(notes: Sequence[Flowable], signature: Sequence[Flowable], width: float) -> Iterable[Flowable]:
    """The notes, the last ones on one page with the place to sign."""
    heading = paragraph("Ghi chú", "heading")
    if _heights(notes, width) <= _ALL_NOTES:
        yield KeepTogether([heading, *notes, *signature])
        return
    kept = 1
    while kept < len(notes) and _heights(notes[-kept - 1 :], width) <= _LAST_NOTES:
        kept += 1
    yield CondPageBreak(25 * mm)
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
    yield balanced(sheet.title.upper(), "subject", _room(landscape(A4))[0])
    day = format_cell(document.issued_on)
    yield paragraph(
        f"(Kèm theo {KINDS[document.kind]} số {number_of(document, symbol)} ngày {day} của {issuer(document)})",
        "period",
    )
    yield Rule(share=0.15)
    yield paragraph(document.subtitle, "period")
    yield Spacer(0, 4 * mm)
    yield printed_table(sheet, _room(landscape(A4)))


def _roman(number: int) -> str:
    """The number of an annex in Roman figures, up to 39."""
    tens, ones = divmod(number, 10)
    return "X" * tens + ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX")[ones]
