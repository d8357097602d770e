"""The mark of a conversion, drawn with fonts that are in the file, and the code that a telephone reads."""

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from xml.sax.saxutils import escape

from reportlab.graphics import renderPDF
from reportlab.graphics.barcode.qr import QrCodeWidget
from reportlab.graphics.shapes import Drawing
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import KeepInFrame, Paragraph

from reports.conversions.sheets import MARK
from reports.rendering.cells import clean
from reports.rendering.stationery import BOLD, FONT, ITALIC, register_fonts

_CODE, _SEAL, _GAP = 74.0, 96.0, 5.0
_COMMON = "mark"
_LABEL = 11.0
"""The height of the line with the number of the page."""


@dataclass(frozen=True, slots=True)
class Mark:
    """What a mark states: its title, its lines (a label and a text), where to sign, and the address in the code."""

    title: str
    lines: Sequence[tuple[str, str]]
    seal: str
    address: str


def draw_marks(mark: Mark, labels: Sequence[str]) -> bytes:
    """A PDF with one page of the size of a mark for each label. The same marks are the same bytes."""
    register_fonts()
    out = BytesIO()
    canvas = Canvas(out, pagesize=MARK, invariant=1, pageCompression=1, initialFontName=FONT)
    canvas.beginForm(_COMMON, 0, 0, *MARK)
    _draw(canvas, mark)
    canvas.endForm()
    for label in labels:
        canvas.doForm(_COMMON)
        canvas.setFont(BOLD, 7.5)
        canvas.drawString(_CODE + 2 * _GAP, _GAP, label)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def _draw(canvas: Canvas, mark: Mark) -> None:
    width, height = MARK
    canvas.setLineWidth(0.7)
    canvas.rect(0.5, 0.5, width - 1, height - 1)
    left, text_width = _CODE + 2 * _GAP, width - _CODE - _SEAL - 4 * _GAP
    canvas.line(left + text_width + _GAP, 0.5, left + text_width + _GAP, height - 0.5)
    _draw_code(canvas, mark.address, at=_GAP, size=_CODE)
    _draw_text(canvas, mark, frame=(left, _GAP + _LABEL, text_width, height - 2 * _GAP - _LABEL + 2))
    canvas.setFont(ITALIC, 6.5)
    for place, line in enumerate(mark.seal.split("\n")):
        canvas.drawCentredString(width - _GAP - _SEAL / 2, height - 9 - 8 * place, clean(line))


def _draw_code(canvas: Canvas, address: str, *, at: float, size: float) -> None:
    code = QrCodeWidget(address, barLevel="M", barBorder=2)
    left, bottom, right, top = code.getBounds()
    across = max(right - left, top - bottom)
    drawing = Drawing(size, size, transform=[size / across, 0, 0, size / across, 0, 0])
    drawing.add(code)
    renderPDF.draw(drawing, canvas, at, at)


def _draw_text(canvas: Canvas, mark: Mark, *, frame: tuple[float, float, float, float]) -> None:
    """Title and lines, in letters as small as it takes to have all of them in the frame."""
    left, bottom, width, height = frame
    content: list[Any] = [Paragraph(escape(clean(mark.title)), _style(BOLD, 8.5))]
    for label, text in mark.lines:
        written = f'<font name="{BOLD}">{escape(clean(label))}</font> {escape(clean(text))}'
        content.append(Paragraph(written, _style(FONT, 7.2)))
    shrunk = KeepInFrame(width, height, content, mode="shrink")
    _, used = shrunk.wrapOn(canvas, width, height)
    shrunk.drawOn(canvas, left, bottom + height - min(used, height))


def _style(font: str, size: float) -> ParagraphStyle:
    return ParagraphStyle(f"{font} {size}", fontName=font, fontSize=size, leading=size * 1.14, splitLongWords=1)
