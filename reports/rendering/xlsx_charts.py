"""The charts of a report in its workbook: a sheet with their figures, and beside them charts that Excel draws."""

from typing import Any

from lienthong import Chart, Document
from reports.rendering.cells import clean, cut

CHARTS = "Biểu đồ"
_LONGEST_CELL = 32_767
_KINDS = {"line": "line", "bar": "bar", "share": "bar"}
_ROWS_OF_A_CHART = 18
"""A chart is about this many rows high; the next one begins below it and below its own figures."""
WIDTH_OF_CHARTS = 140
"""About how wide the sheet is, in characters."""
_FIGURES, _PICTURE = 0, 9
"""The columns in which figures and charts begin: up to seven series, and a gap."""


def write_charts(book: Any, page: Any, document: Document, font: dict[str, Any]) -> None:
    """Write the figures of each chart as a small table, and the chart beside it."""
    head = book.add_format({**font, "bold": True, "text_wrap": True, "bottom": 1})
    text, number = book.add_format({**font, "num_format": "@"}), book.add_format({**font, "num_format": "#,##0"})
    percent = book.add_format({**font, "num_format": "0.00%"})
    page.set_column(_FIGURES, _FIGURES, 36)
    row = 0
    for chart in document.charts:
        if chart.is_empty:
            continue
        shape = percent if chart.percent else number
        page.write_string(row, _FIGURES, cut(clean(chart.title), _LONGEST_CELL), head)
        for column, (name, _) in enumerate(chart.series, start=_FIGURES + 1):
            page.write_string(row, column, cut(clean(name), _LONGEST_CELL), head)
        for place, category in enumerate(chart.categories, start=row + 1):
            page.write_string(place, _FIGURES, cut(clean(category), _LONGEST_CELL), text)
        for column, (_, values) in enumerate(chart.series, start=_FIGURES + 1):
            for place, value in enumerate(values, start=row + 1):
                if value is not None:
                    page.write_number(place, column, value, shape)
        page.insert_chart(row, _PICTURE, _drawn(book, page.get_name(), chart, row))
        row += max(_ROWS_OF_A_CHART, len(chart.categories) + 2)


def _drawn(book: Any, sheet: str, chart: Chart, row: int) -> Any:
    drawn = book.add_chart({"type": _KINDS[chart.kind]})
    last = row + len(chart.categories)
    for column in range(_FIGURES + 1, _FIGURES + 1 + len(chart.series)):
        drawn.add_series(
            {
                "name": [sheet, row, column],
                "categories": [sheet, row + 1, _FIGURES, last, _FIGURES],
                "values": [sheet, row + 1, column, last, column],
                "marker": {"type": "automatic"},
                "data_labels": {"value": chart.kind != "line"},
            }
        )
    drawn.set_title({"name": [sheet, row, _FIGURES], "name_font": {"size": 12}})
    drawn.set_size({"width": 720, "height": 340})
    if chart.kind == "line":
        drawn.show_blanks_as("gap")
    else:
        drawn.set_y_axis({"reverse": True})
    drawn.set_legend({"position": "bottom"} if len(chart.series) > 1 else {"none": True})
    return drawn
