"""The parts every administrative document has (Nghị định 30/2020/NĐ-CP, Appendix I): fonts, letterhead, closing.

Liberation Serif stands in for Times New Roman: it has the same widths, all Vietnamese letters, and a free licence
(`fonts/OFL.txt`), so that a page looks the same on a machine without fonts.
"""

from collections.abc import Mapping
from importlib.resources import as_file, files
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib.enums import TA_CENTER, TA_JUSTIFY, TA_LEFT, TA_RIGHT
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import cm, mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import Flowable, Paragraph, Spacer, Table

from lienthong import LOCAL_ZONE, Document
from reports.rendering.cells import clean

FONT = "LiberationSerif"
BOLD = f"{FONT}-Bold"
ITALIC = f"{FONT}-Italic"
BOLD_ITALIC = f"{FONT}-BoldItalic"
BLANK = "\u00a0" * 10
"""Space to write a number in. No-break spaces: a paragraph folds the others into one."""

NATIONAL_NAME = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
NATIONAL_MOTTO = "Độc lập - Tự do - Hạnh phúc"


def register_fonts() -> None:
    """Register the fonts of this package with the PDF library. A second call does nothing."""
    known = pdfmetrics.getRegisteredFontNames()
    for name, file in ((FONT, f"{FONT}-Regular"), (BOLD, BOLD), (ITALIC, ITALIC), (BOLD_ITALIC, BOLD_ITALIC)):
        if name not in known:
            with as_file(files("reports.rendering") / "fonts" / f"{file}.ttf") as path:
                pdfmetrics.registerFont(TTFont(name, str(path)))


def _style(name: str, size: float = 13, font: str = FONT, alignment: int = TA_LEFT, **more: Any) -> ParagraphStyle:
    return ParagraphStyle(name, fontName=font, fontSize=size, leading=size * 1.25, alignment=alignment, **more)


STYLES: Mapping[str, ParagraphStyle] = {
    style.name: style
    for style in (
        _style("issuer", 12, BOLD, TA_CENTER),
        _style("parent", 12, FONT, TA_CENTER),
        _style("nation", 12, BOLD, TA_CENTER),
        _style("motto", 13, BOLD, TA_CENTER),
        _style("number", 13, FONT, TA_CENTER),
        _style("dated", 13, ITALIC, TA_CENTER),
        _style("title", 14, BOLD, TA_CENTER),
        _style("subject", 14, BOLD, TA_CENTER),
        _style("period", 13, ITALIC, TA_CENTER, spaceBefore=4),
        _style("body", 13, FONT, TA_JUSTIFY, firstLineIndent=1 * cm, spaceBefore=6),
        _style("heading", 13, BOLD, spaceBefore=10, spaceAfter=4),
        _style("note", 12, ITALIC, spaceBefore=3),
        _style("recipients", 12, BOLD_ITALIC),
        _style("recipient", 11, FONT),
        _style("signer", 13, BOLD, TA_CENTER),
        _style("column", 11, BOLD, TA_CENTER),
        _style("cell", 11, FONT),
        _style("cell right", 11, FONT, TA_RIGHT),
        _style("cell centre", 11, FONT, TA_CENTER),
        _style("total", 11, BOLD),
        _style("total right", 11, BOLD, TA_RIGHT),
        _style("total centre", 11, BOLD, TA_CENTER),
    )
}


def paragraph(text: str, style: str) -> Paragraph:
    """A paragraph of plain text: its `<` and `&` are not markup."""
    return Paragraph(escape(clean(text)).replace("\n", "<br/>"), STYLES[style])


def number_line(symbol: str) -> str:
    """The line of a document's number, with space for the number that the records office writes in."""
    return f"Số:{BLANK}/{symbol}"


def letterhead(document: Document, symbol: str, width: float) -> list[Flowable]:
    """Issuing agency and number on the left; national name, motto, place and date on the right."""
    *parents, issuer = [line.strip() for line in clean(document.agency).splitlines() if line.strip()] or [""]
    left: list[Flowable] = [*(paragraph(line, "parent") for line in parents), paragraph(issuer, "issuer")]
    right: list[Flowable] = [paragraph(NATIONAL_NAME, "nation"), paragraph(NATIONAL_MOTTO, "motto")]
    day = document.issued_on.astimezone(LOCAL_ZONE)
    # Days below 10 and the months 1 and 2 are written with a zero, so that no digit can be added before them.
    month = f"{day.month:02}" if day.month <= 2 else str(day.month)
    split = width * 0.42
    head = Table(
        [
            [[*left, Rule(share=0.35)], [*right, Rule(length=_motto_width())]],
            [
                paragraph(number_line(symbol), "number"),
                paragraph(f"{document.place}, ngày {day.day:02} tháng {month} năm {day.year}", "dated"),
            ],
        ],
        colWidths=[split, width - split],
        style=[
            ("FONTNAME", (0, 0), (-1, -1), FONT),
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LEFTPADDING", (0, 0), (-1, -1), 0),
            ("RIGHTPADDING", (0, 0), (-1, -1), 0),
            ("TOPPADDING", (0, 0), (-1, -1), 0),
        ],
    )
    return [head, Spacer(0, 8 * mm)]


def closing(document: Document, signer: str, width: float) -> list[Flowable]:
    """Recipients (Nơi nhận) on the left and the place to sign on the right, to be kept on one page."""
    names = [clean(name).rstrip(" .;") for name in document.recipients]
    ends = [";"] * (len(names) - 1) + ["."]
    left: list[Flowable] = []
    if names:
        left.append(paragraph("Nơi nhận:", "recipients"))
        left += [paragraph(f"- {name}{end}", "recipient") for name, end in zip(names, ends, strict=True)]
    right: list[Flowable] = [paragraph(signer, "signer"), Spacer(0, 32 * mm)]
    block = Table(
        [[left, right]],
        colWidths=[width * 0.52, width * 0.48],
        style=[
            ("FONTNAME", (0, 0), (-1, -1), FONT),
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LEFTPADDING", (0, 0), (-1, -1), 0),
        ],
    )
    return [Spacer(0, 8 * mm), block]


class Rule(Flowable):  # type: ignore[misc]  # reportlab ships no types
    """A short centred line under a name or title. `length` is in points; without it, `share` of the width."""

    def __init__(self, *, length: float | None = None, share: float = 1) -> None:
        super().__init__()
        self._length, self._share, self._space = length, share, 0.0

    def wrap(self, width: float, _height: float) -> tuple[float, float]:
        self._space = width
        return width, 6

    def draw(self) -> None:
        length = self._length or self._space * self._share
        start = (self._space - length) / 2
        self.canv.setLineWidth(0.6)
        self.canv.line(start, 2.5, start + length, 2.5)


def _motto_width() -> float:
    """The line under the motto is as long as the motto."""
    return float(pdfmetrics.stringWidth(NATIONAL_MOTTO, BOLD, STYLES["motto"].fontSize))
