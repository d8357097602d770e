"""The parts every administrative document has (Nghị định 30/2020/NĐ-CP, Appendix I): fonts, letterhead, closing.

Liberation Serif stands in for Times New Roman: it has the same widths, all Vietnamese letters, and a free licence
(`fonts/OFL.txt`), so that a page looks the same on a machine without fonts.
"""

from collections.abc import Mapping
from functools import cache
from importlib.resources import as_file, files
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib.enums import TA_CENTER, TA_JUSTIFY, TA_LEFT
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import cm, mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import Flowable, Paragraph, Spacer, Table

from lienthong import LOCAL_ZONE, Document, Signer
from reports.rendering.broken_lines import Typesetter
from reports.rendering.cells import agency_lines, clean, legal_bases, recipients

FONT = "LiberationSerif"
BOLD = f"{FONT}-Bold"
ITALIC = f"{FONT}-Italic"
BOLD_ITALIC = f"{FONT}-BoldItalic"
BLANK = "\u00a0" * 10
"""Space to write a number in. No-break spaces: a paragraph folds the others into one."""

_MOST_BESIDE = 20
"""Lines of recipients beside the place to sign: with more, the two could not stay on one page."""

_LACKING = "\u25a1"
"""A white square, for a letter that no font of a report has, such as an emoji."""

NATIONAL_NAME = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
NATIONAL_MOTTO = "Độc lập - Tự do - Hạnh phúc"


def register_fonts() -> None:
    """Register the fonts of this package with the PDF library. A second call does nothing."""
    known = pdfmetrics.getRegisteredFontNames()
    for name, file in ((FONT, f"{FONT}-Regular"), (BOLD, BOLD), (ITALIC, ITALIC), (BOLD_ITALIC, BOLD_ITALIC)):
        if name not in known:
            with as_file(files("reports.rendering") / "fonts" / f"{file}.ttf") as path:
                pdfmetrics.registerFont(TTFont(name, str(path)))


@cache
def _letters() -> frozenset[int]:
    """The code points that every one of the fonts has."""
    register_fonts()
    fonts = (pdfmetrics.getFont(name).face.charToGlyph for name in (FONT, BOLD, ITALIC, BOLD_ITALIC))
    return frozenset.intersection(*map(frozenset, fonts))


def printable(text: str) -> str:
    """A clean text with □ for each letter that the fonts lack: an archive refuses a page that shows none for it."""
    whole = clean(text)
    if whole.isascii():
        return whole
    letters = _letters()
    return "".join(letter if ord(letter) in letters or letter in "\n\t" else _LACKING for letter in whole)


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
        _style("addressee", 13, FONT, TA_CENTER, spaceBefore=4),
        _style("basis", 13, ITALIC, TA_JUSTIFY, firstLineIndent=1 * cm, spaceBefore=6),
        _style("body", 13, FONT, TA_JUSTIFY, firstLineIndent=1 * cm, spaceBefore=6),
        _style("heading", 13, BOLD, spaceBefore=10, spaceAfter=4),
        _style("note", 12, ITALIC, spaceBefore=3),
        _style("recipients", 12, BOLD_ITALIC),
        _style("recipient", 11, FONT),
        _style("signer", 13, BOLD, TA_CENTER),
        _style("empty", 12, ITALIC),
    )
}


def paragraph(text: str, style: str) -> Paragraph:
    """A paragraph of plain text: its `<` and `&` are not markup."""
    return Paragraph(escape(printable(text)).replace("\n", "<br/>"), STYLES[style])


def balanced(text: str, style: str, width: float) -> Paragraph:
    """A title whose lines are about equally long: not one word alone on the last one."""
    shape = STYLES[style]
    typesetter = Typesetter(shape.fontName, shape.fontSize)
    whole = typesetter.lines(printable(text), width)
    room = width
    while room > width / 2 and len(typesetter.lines(printable(text), room - 8)) == len(whole):
        room -= 8
    return paragraph("\n".join(typesetter.lines(printable(text), room)), style)


def number_of(document: Document, symbol: str) -> str:
    """The number and sign of a document, with space for the number that the records office writes in."""
    return clean(document.number).strip() or f"{BLANK}/{symbol}"


def bases(document: Document) -> list[Flowable]:
    """The legal bases (căn cứ), in italics, each a paragraph."""
    return [paragraph(text, "basis") for text in legal_bases(document)]


def letterhead(document: Document, symbol: str, width: float) -> list[Flowable]:
    """Issuing agency and number on the left; national name, motto, place and date on the right."""
    *parents, issuer = agency_lines(document) or [""]
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
                paragraph(f"Số: {number_of(document, symbol)}", "number"),
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
    """Recipients (Nơi nhận) on the left and the place to sign on the right, to be kept on one page.

    `signer` is the title that signs when the document names none. A long list of recipients stands below instead.
    """
    left = [paragraph("Nơi nhận:", "recipients")] if document.recipients else []
    left += [paragraph(f"- {name}", "recipient") for name in recipients(document)]
    below = left if len(left) > _MOST_BESIDE else []
    block = Table(
        [["" if below else left, _place_to_sign(document.signer or Signer(), signer)]],
        colWidths=[width * 0.52, width * 0.48],
        style=[
            ("FONTNAME", (0, 0), (-1, -1), FONT),
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LEFTPADDING", (0, 0), (-1, -1), 0),
        ],
    )
    return [Spacer(0, 8 * mm), block, *below]


def _place_to_sign(signer: Signer, title: str) -> list[Flowable]:
    """The authority, the title, room for a signature and a seal, and the name."""
    lines = [signer.authority, signer.title or title]
    name = [paragraph(signer.name, "signer")] if signer.name else []
    return [*(paragraph(line, "signer") for line in lines if line), Spacer(0, 28 * mm), *name]


class Rule(Flowable):  # type: ignore[misc]  # reportlab ships no types
    """A short centred line under a name or title. `length` is in points; without it, `share` of the width.

    `gap` is the room between it and the letters above, which may reach a little below their own line.
    """

    def __init__(self, *, length: float | None = None, share: float = 1, gap: float = 3.5) -> None:
        super().__init__()
        self._length, self._share, self._gap, self._space = length, share, gap, 0.0

    def wrap(self, width: float, _height: float) -> tuple[float, float]:
        self._space = width
        return width, self._gap + 2.5

    def draw(self) -> None:
        length = self._length or self._space * self._share
        start = (self._space - length) / 2
        self.canv.setLineWidth(0.6)
        self.canv.line(start, 2.5, start + length, 2.5)


def _motto_width() -> float:
    """The line under the motto is as long as the motto."""
    return float(pdfmetrics.stringWidth(NATIONAL_MOTTO, BOLD, STYLES["motto"].fontSize))
