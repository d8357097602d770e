"""Charts as drawings, for the PDF and, as SVG, for the HTML page. They can be read in black and white.

A bar bears its value in Vietnamese form; lines differ by their marks, and a legend names them.
"""

import re
from decimal import Decimal
from html import unescape
from math import ceil
from typing import Any

from reportlab.graphics import renderSVG
from reportlab.graphics.charts.barcharts import HorizontalBarChart
from reportlab.graphics.charts.linecharts import HorizontalLineChart
from reportlab.graphics.shapes import STATE_DEFAULTS, Drawing, String
from reportlab.graphics.widgets.markers import makeMarker
from reportlab.lib.colors import HexColor
from reportlab.pdfbase.pdfmetrics import stringWidth

from lienthong import Chart
from reports.figures import format_number, format_percent
from reports.rendering.stationery import FONT, printable, register_fonts

_SIZE, _SCREEN = 9, 12
"""The size of letters on paper, in points, and on a screen, in its pixels."""
_FONTS = "'Times New Roman','Liberation Serif',Tinos,serif"
"""What a browser shows instead of the embedded font: their letters are as wide."""
_OF_A_FILE = re.compile(
    r"<(title|desc)>\.\.\.</\1>|<clipPath\b.*?</clipPath>"
    r"| (?:id|transform|style)=\"(?:clip|group|clip-path: url\(#clip\))?\""
    r"|<text [^>]*></text>|(?<=>)\s+(?=<)",
    re.DOTALL,
)
"""What the library writes for a picture that is a file of its own: ids that a page with several would have twice, a
title without words, empty texts, and blanks between elements."""
_INKS = tuple(map(HexColor, ("#1F4E79", "#C55A11", "#548235", "#7F6000", "#7030A0", "#404040", "#2E9CA6")))
"""Dark enough for paper without colour."""
_MARKS = (
    "FilledCircle",
    "FilledSquare",
    "FilledTriangle",
    "FilledDiamond",
    "FilledPentagon",
    "FilledStarFive",
    "FilledCross",
)
_TEXT = re.compile(r"<text (?P<rest>[^>]*)>(?P<shown>[^<]+)</text>")
_NARROW = 400
"""A narrower drawing has no room for names beside bars."""
_LONGEST_RANKING = 15
"""Bars of one chart: the table has the others."""


def draw(chart: Chart, width: float = 460, size: float = _SIZE) -> Drawing | None:
    """The drawing, `width` points wide with letters of `size`; None when there is no value but 0 to show."""
    register_fonts()
    STATE_DEFAULTS["fontName"] = FONT  # set before each drawing; Helvetica, the default, is not embedded
    if chart.is_empty:
        return None
    return _lines(chart, width, size) if chart.kind == "line" else _bars(chart, width, size)


def draw_svg(chart: Chart, width: float = 640) -> str:
    """The same as an `<svg>` element, or an empty text. Equal charts give equal texts."""
    drawing = draw(chart, width, _SCREEN)
    if drawing is None:
        return ""
    text = renderSVG.drawToString(drawing)
    element = _OF_A_FILE.sub("", text[text.index("<svg") :]).replace(FONT, _FONTS)
    fitted = _TEXT.sub(_as_wide_as_drawn, element)
    return re.sub(r"^<svg\b", '<svg aria-hidden="true" focusable="false"', fitted)


def _as_wide_as_drawn(text: re.Match[str]) -> str:
    """A text of a picture with the width it was laid out for: telephones have wider letters, which would overlap."""
    wide = stringWidth(unescape(text["shown"]), FONT, _SCREEN)
    return f'<text textLength="{wide:.1f}" lengthAdjust="spacingAndGlyphs" {text["rest"]}>{text["shown"]}</text>'


def _bars(chart: Chart, width: float, size: float) -> Drawing:
    """Bars with their values, each beside its name; on a narrow drawing, below it."""
    is_narrow = width < _NARROW
    names = [_shorten(name, width * (1 if is_narrow else 0.43), size) for name in chart.categories]
    names = names[:_LONGEST_RANKING]
    ((_, values),) = chart.series[:1]
    shown = [_number(value) for value in values[:_LONGEST_RANKING]]
    slot = 3 * size if is_narrow else 2 * size
    drawing = Drawing(width, slot * len(names) + 24)
    bars = HorizontalBarChart()
    bars.x, bars.y, bars.height = 1 if is_narrow else width * 0.45, 12, drawing.height - 24
    # Room beside the bars for their values, as wide as `12.345` or `100,00%`.
    bars.width = width - bars.x - 4.5 * size
    bars.data = [tuple(shown)]
    bars.categoryAxis.categoryNames = [""] * len(names) if is_narrow else names
    bars.categoryAxis.reverseDirection = 1
    bars.categoryAxis.labels.dx, bars.categoryAxis.visibleTicks = -0.02 * width, 0
    bars.categoryAxis.labels.fontName, bars.categoryAxis.labels.fontSize = FONT, size
    bars.valueAxis.valueMin, bars.valueAxis.visible = 0, 0
    bars.valueAxis.valueMax = max([*shown, 0.0001]) * 1.02
    bars.bars[0].fillColor, bars.bars[0].strokeColor = _INKS[0], None
    bars.barLabels.fontName, bars.barLabels.fontSize = FONT, size
    bars.barLabels.boxAnchor, bars.barLabels.nudge = "w", 4
    bars.barLabels.fixedEnd = None
    bars.barLabelFormat = lambda value: _label(value, percent=chart.percent)
    drawing.add(bars)
    if is_narrow:
        bars.barWidth, bars.groupSpacing = 1, 2  # the bar is the middle third of its slot, the name the upper one
        tops = (bars.y + bars.height - number * slot for number in range(len(names)))
        for name, top in zip(names, tops, strict=True):
            drawing.add(String(bars.x + 3, top - 0.65 * size, name, fontName=FONT, fontSize=size))
    return drawing


def _lines(chart: Chart, width: float, size: float) -> Drawing:
    # A line without any point cannot be drawn, and a legend for it would promise one.
    series = [(name, values) for name, values in chart.series if any(value is not None for value in values)]
    legend_lines = len(series) if len(series) > 1 else 0
    leading = 1.45 * size
    drawing = Drawing(width, 146 + 2.7 * size + leading * legend_lines)
    lines = HorizontalLineChart()
    lines.x, lines.y = 5 * size, 2.7 * size + leading * legend_lines
    lines.width, lines.height = width - 7 * size, 130
    lines.data = [tuple(None if value is None else float(value) for value in values) for _, values in series]
    lines.categoryAxis.categoryNames = _spaced([printable(name) for name in chart.categories], lines.width, size)
    for axis in (lines.categoryAxis, lines.valueAxis):
        axis.labels.fontName, axis.labels.fontSize = FONT, size
    lines.valueAxis.valueMin, lines.valueAxis.labels.dx = 0, -size
    highest = max(value for values in lines.data for value in values if value is not None)
    lines.valueAxis.valueMax = 1 if chart.percent else max(highest * 1.1, 5)
    lines.valueAxis.labelTextFormat = lambda value: f"{value:.0%}" if chart.percent else _label(value, percent=False)
    lines.valueAxis.visibleGrid, lines.valueAxis.gridStrokeColor = 1, HexColor("#D0D0D0")
    for number in range(len(series)):
        ink = _INKS[number % len(_INKS)]
        lines.lines[number].strokeColor, lines.lines[number].strokeWidth = ink, 1.5
        lines.lines[number].symbol = _mark(number)
    drawing.add(lines)
    for number, (name, _) in enumerate(series[:legend_lines]):
        mark = _mark(number)
        mark.x, mark.y = size, leading * (legend_lines - number) - size / 2
        drawing.add(mark)
        shown = _shorten(name, (width - 3 * size), size)
        drawing.add(String(2 * size, mark.y - size / 3, shown, fontName=FONT, fontSize=size))
    return drawing


def _spaced(names: list[str], width: float, size: float) -> list[str]:
    """The names below an axis: the last one, and before it every second, third … where all of them would touch."""
    widest = max((stringWidth(name, FONT, size) for name in names), default=0) + size / 2
    step = max(1, ceil(widest * len(names) / width))
    return [name if (len(names) - 1 - at) % step == 0 else "" for at, name in enumerate(names)]


def _mark(number: int) -> Any:
    mark = makeMarker(_MARKS[number % len(_MARKS)])
    mark.size = 6
    mark.strokeColor = _INKS[number % len(_INKS)]
    mark.fillColor = mark.strokeColor
    return mark


def _number(value: int | Decimal | None) -> float:
    return 0.0 if value is None else float(value)


def _label(value: float, *, percent: bool) -> str:
    if percent:
        return format_percent(Decimal(str(value)))
    return format_number(round(value)) if float(value).is_integer() else format_number(Decimal(str(round(value, 2))))


def _shorten(name: str, room: float, size: float) -> str:
    """A name that is no wider than the room; a longer one ends with …"""
    whole = printable(name)
    shown = whole
    while len(shown) > 1 and stringWidth(shown, FONT, size) > room:
        whole = whole[:-1].rstrip()
        shown = f"{whole}…"
    return shown
