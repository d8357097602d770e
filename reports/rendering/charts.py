"""Charts as drawings, for the PDF and, as SVG, for the HTML page. They can be read in black and white.

A bar bears its value in Vietnamese form; lines differ by their marks, and a legend names them.
"""

import re
from decimal import Decimal
from typing import Any

from reportlab.graphics import renderSVG
from reportlab.graphics.charts.barcharts import HorizontalBarChart
from reportlab.graphics.charts.linecharts import HorizontalLineChart
from reportlab.graphics.shapes import STATE_DEFAULTS, Drawing, String
from reportlab.graphics.widgets.markers import makeMarker
from reportlab.lib.colors import HexColor

from lienthong import Chart
from reports.figures import format_number, format_percent
from reports.rendering.cells import clean
from reports.rendering.stationery import FONT, register_fonts

_SIZE = 9
_FONTS = "'Times New Roman','Liberation Serif',Tinos,serif"
"""What a browser shows instead of the embedded font: their letters are as wide."""
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
_LONGEST_NAME = 38
_LONGEST_RANKING = 15
"""Bars of one chart: the table has the others."""


def draw(chart: Chart, width: float = 460) -> Drawing | None:
    """The drawing, `width` points wide; None when there is no value but 0 to show."""
    register_fonts()
    STATE_DEFAULTS["fontName"] = FONT  # set before each drawing; Helvetica, the default, is not embedded
    if chart.is_empty:
        return None
    return _lines(chart, width) if chart.kind == "line" else _bars(chart, width)


def draw_svg(chart: Chart, width: float = 640) -> str:
    """The same as an `<svg>` element, or an empty text. Equal charts give equal texts."""
    drawing = draw(chart, width)
    if drawing is None:
        return ""
    text = renderSVG.drawToString(drawing)
    element = text[text.index("<svg") :].replace(FONT, _FONTS)
    return re.sub(r"^<svg\b", '<svg aria-hidden="true" focusable="false"', element)


def _bars(chart: Chart, width: float) -> Drawing:
    names = [_shorten(name) for name in chart.categories[:_LONGEST_RANKING]]
    ((_, values),) = chart.series[:1]
    shown = [_number(value) for value in values[:_LONGEST_RANKING]]
    height = 18 * len(names) + 24
    drawing = Drawing(width, height)
    bars = HorizontalBarChart()
    bars.x, bars.y, bars.width, bars.height = width * 0.45, 12, width * 0.42, height - 24
    bars.data = [tuple(shown)]
    bars.categoryAxis.categoryNames = names
    bars.categoryAxis.reverseDirection = 1
    # Room for the wider letters of a machine that has none of _FONTS.
    bars.categoryAxis.labels.dx, bars.categoryAxis.visibleTicks = -16, 0
    bars.categoryAxis.labels.fontName, bars.categoryAxis.labels.fontSize = FONT, _SIZE
    bars.valueAxis.valueMin, bars.valueAxis.visible = 0, 0
    bars.valueAxis.valueMax = max([*shown, 0.0001]) * 1.02
    bars.bars[0].fillColor, bars.bars[0].strokeColor = _INKS[0], None
    bars.barLabels.fontName, bars.barLabels.fontSize = FONT, _SIZE
    bars.barLabels.boxAnchor, bars.barLabels.nudge = "w", 4
    bars.barLabels.fixedEnd = None
    bars.barLabelFormat = lambda value: _label(value, percent=chart.percent)
    drawing.add(bars)
    return drawing


def _lines(chart: Chart, width: float) -> Drawing:
    # A line without any point cannot be drawn, and a legend for it would promise one.
    series = [(name, values) for name, values in chart.series if any(value is not None for value in values)]
    legend_lines = len(series) if len(series) > 1 else 0
    height = 170 + 13 * legend_lines
    drawing = Drawing(width, height)
    lines = HorizontalLineChart()
    lines.x, lines.y, lines.width, lines.height = 46, 24 + 13 * legend_lines, width - 60, 130
    lines.data = [tuple(None if value is None else float(value) for value in values) for _, values in series]
    lines.categoryAxis.categoryNames = [clean(name) for name in chart.categories]
    for axis in (lines.categoryAxis, lines.valueAxis):
        axis.labels.fontName, axis.labels.fontSize = FONT, _SIZE
    lines.valueAxis.valueMin, lines.valueAxis.labels.dx = 0, -10
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
        mark.x, mark.y = 54, 13 * (legend_lines - number) - 5
        drawing.add(mark)
        drawing.add(String(64, mark.y - 3, clean(name), fontName=FONT, fontSize=_SIZE))
    return drawing


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


def _shorten(name: str) -> str:
    whole = clean(name)
    return whole if len(whole) <= _LONGEST_NAME else f"{whole[: _LONGEST_NAME - 1].rstrip()}…"
