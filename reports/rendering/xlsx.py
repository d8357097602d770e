"""A report as an Excel workbook: a table with filters on each sheet, ready to print. Equal reports give equal bytes."""

import io
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from lienthong import Column, Document, Sheet, Signer
from reports.rendering.cells import (
    DRAFT,
    NO_ROWS,
    agency_lines,
    clean,
    cut,
    format_cell,
    is_right_aligned,
    legal_bases,
    local_day,
)
from reports.rendering.xlsx_charts import CHARTS, WIDTH_OF_CHARTS, write_charts
from reports.rendering.xlsx_names import headings, sheet_names
from reports.rendering.xlsx_print import set_up_print

_FONT = {"font_name": "Times New Roman", "font_size": 12}
_BORDER = {"border": 1, "border_color": "#7F7F7F"}
_NUMBER_FORMATS = {"number": "#,##0", "percent": "0.00%", "date": "dd/mm/yyyy", "text": "@"}
_LIKE_A_FORMULA = ("=", "+", "-", "@", "\t")
_LONGEST_CELL = 32_767
_LONGEST_PROPERTY = 255
_TALLEST_ROW = 409
_DIGITS = 15
"""Excel keeps no more digits of a number: a longer one is written as text."""
_FIRST_DAY = date(1900, 3, 1)
"""Excel counts a 29 February 1900, so an earlier day would be shown wrong."""


def render(document: Document) -> bytes:
    """The workbook. Text stays text: no text of a document becomes a formula, a link or a number."""
    import xlsxwriter  # here, because `lienthong check` loads this module

    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(buffer, options) as book:
        _describe(book, document)
        formats = _Formats.of(book)
        names = sheet_names([*(sheet.title for sheet in document.sheets), CHARTS, "Thuyết minh"])
        for number, (sheet, name) in enumerate(zip(document.sheets, names, strict=False), start=1):
            _write_sheet(book.add_worksheet(name), document, sheet, formats, number)
        if not all(chart.is_empty for chart in document.charts):
            page = book.add_worksheet(names[-2])
            write_charts(book, page, document, _FONT)
            set_up_print(page, document, WIDTH_OF_CHARTS)
        _write_explanation(book.add_worksheet(names[-1]), document, formats)
    return buffer.getvalue()


def _describe(book: Any, document: Document) -> None:
    book.set_size(24_000, 14_000)
    book.set_properties(
        {
            "title": cut(clean(document.title), _LONGEST_PROPERTY),
            "subject": cut(clean(document.subtitle), _LONGEST_PROPERTY),
            "author": cut(_agency(document), _LONGEST_PROPERTY),
            "company": cut(_agency(document), _LONGEST_PROPERTY),
            "keywords": document.name,
            "comments": f"Kỳ báo cáo {document.period}",
            # The day alone, as on paper: two workbooks of one day would differ by the moment.
            "created": datetime.combine(local_day(document.issued_on), time()),
        }
    )


@dataclass(frozen=True, slots=True)
class _Formats:
    """The formats of one workbook. The keys of `cells` are (kind, in the total row, with a quote prefix)."""

    agency: Any
    title: Any
    subtitle: Any
    header: Any
    body: Any
    heading: Any
    cells: Mapping[tuple[str, bool, bool], Any]

    @classmethod
    def of(cls, book: Any) -> "_Formats":
        def add(**more: Any) -> Any:
            return book.add_format({**_FONT, "valign": "vcenter", "text_wrap": True, **more})

        cells = {
            (kind, total, quoted): add(
                **_BORDER,
                num_format=shown,
                align="right" if is_right_aligned(Column("", kind)) else "center" if kind == "date" else "left",  # type: ignore[arg-type]  # keys of _NUMBER_FORMATS are the kinds
                **({"bold": True, "bg_color": "#F2F2F2"} if total else {}),
                **({"quote_prefix": True} if quoted else {}),
            )
            for kind, shown in _NUMBER_FORMATS.items()
            for total in (False, True)
            for quoted in (False, True)
        }
        return cls(
            agency=add(bold=True),
            title=add(bold=True, font_size=14, align="center"),
            subtitle=add(italic=True, align="center"),
            header=add(**_BORDER, bold=True, align="center", bg_color="#D9E2F3"),
            body=add(align="left", valign="top"),
            heading=add(bold=True),
            cells=cells,
        )


def _write_sheet(page: Any, document: Document, sheet: Sheet, formats: _Formats, number: int) -> None:
    last = len(sheet.columns) - 1
    width = sum(column.width for column in sheet.columns)
    for column, shape in enumerate(sheet.columns):
        page.set_column(column, column, shape.width)
    block = [
        (_agency(document), formats.agency),
        (clean(sheet.title), formats.title),
        (_subtitle(document), formats.subtitle),
    ]
    for row, (line, shape) in enumerate(block):
        page.set_row(row, _height(20, line, width))
        _write_across(page, row, last, line, shape)
    header = len(block) + 1
    rows = sheet.rows or [[NO_ROWS, *[""] * last]]
    page.add_table(
        header,
        0,
        header + len(rows),
        last,
        {
            "name": f"Bang{number}",
            "style": None,
            "columns": [{"header": title, "header_format": formats.header} for title in headings(sheet.columns)],
        },
    )
    page.set_row(header, max(_height(18, column.title, column.width) for column in sheet.columns))
    for row, values in enumerate(rows, start=header + 1):
        # Excel fits such rows when it opens the file; LibreOffice and telephones do not.
        page.set_row(row, max(map(_height_of_cell, sheet.columns, values)))
        _write_row(page, row, sheet.columns, values, formats, total=False)
    if sheet.total is not None:
        _write_row(page, header + 1 + len(rows), sheet.columns, sheet.total, formats, total=True)
        _write_sums(page, header, sheet, formats)
    page.freeze_panes(header + 1, 0)
    page.repeat_rows(header)
    page.print_area(0, 0, header + len(rows) + (sheet.total is not None), last)
    set_up_print(page, document, width)


def _write_explanation(page: Any, document: Document, formats: _Formats) -> None:
    page.set_column(0, 0, 76)
    lines: list[tuple[str, Any]] = [
        (_agency(document), formats.agency),
        (clean(document.title), formats.title),
        (_subtitle(document), formats.subtitle),
    ]
    signer = document.signer or Signer()
    for heading, paragraphs in (
        ("Kính gửi", [document.addressee] if document.addressee else []),
        ("Số và ký hiệu", [document.number] if document.number else []),
        ("Căn cứ", legal_bases(document)),
        ("Tóm tắt", document.summary),
        ("Ghi chú", document.notes),
        ("Nơi nhận", document.recipients),
        ("Người ký", [line for line in (signer.authority, signer.title, signer.name) if line]),
    ):
        if paragraphs:
            lines += [("", formats.body), (heading, formats.heading)]
            lines += [(clean(paragraph), formats.body) for paragraph in paragraphs]
    for row, (line, shape) in enumerate(lines):
        page.set_row(row, _height(18, line, 70))
        page.write_string(row, 0, cut(line, _LONGEST_CELL), shape)
    page.print_area(0, 0, len(lines) - 1, 0)
    set_up_print(page, document)


def _write_row(
    page: Any, row: int, columns: Sequence[Column], values: Sequence[Any], formats: _Formats, *, total: bool
) -> None:
    for index, (column, value) in enumerate(zip(columns, values, strict=True)):
        if value is None or value == "":
            page.write_blank(row, index, None, formats.cells[column.kind, total, False])
        elif isinstance(value, (date, datetime)) and local_day(value) >= _FIRST_DAY:
            page.write_datetime(row, index, local_day(value), formats.cells["date", total, False])
        elif _is_number(value):
            page.write_number(row, index, value, formats.cells[column.kind, total, False])
        else:
            text = cut(format_cell(value, column.kind), _LONGEST_CELL)
            # The quote prefix keeps it text even after a reader edits the cell and presses Enter.
            page.write_string(row, index, text, formats.cells["text", total, text.startswith(_LIKE_A_FORMULA)])


def _write_sums(page: Any, header: int, sheet: Sheet, formats: _Formats) -> None:
    """Make a total that is the sum of its column a formula, so that a reader sees it and can change a row."""
    from xlsxwriter.utility import xl_range

    for index, (column, total) in enumerate(zip(sheet.columns, sheet.total or (), strict=True)):
        values = [row[index] for row in sheet.rows]
        if column.kind == "number" and values and all(map(_is_whole, (*values, total))) and sum(values) == total:
            last = header + len(values)
            formula = f"=SUM({xl_range(header + 1, index, last, index)})"
            page.write_formula(last + 1, index, formula, formats.cells["number", True, False], total)


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and _is_number(value)


def _is_number(value: Any) -> bool:
    """Whether Excel can hold the number: finite, and without digits that it would lose."""
    if isinstance(value, bool) or not isinstance(value, (int, float, Decimal)):
        return False
    return abs(value) < 10**_DIGITS if isinstance(value, int) else math.isfinite(value)


def _write_across(page: Any, row: int, last: int, line: str, shape: Any) -> None:
    if last > 0:
        page.merge_range(row, 0, row, last, "", shape)
    page.write_string(row, 0, cut(line, _LONGEST_CELL), shape)


def _agency(document: Document) -> str:
    return " - ".join(agency_lines(document))


def _subtitle(document: Document) -> str:
    subtitle = clean(document.subtitle)
    return f"{DRAFT}. {subtitle}" if document.draft else subtitle


def _height_of_cell(column: Column, value: Any) -> int:
    """About how high a cell is, on the safe side: words do not fill their lines."""
    return _height(16, format_cell(value, column.kind), max(1, column.width * 9 // 10))


def _height(line_height: int, text: str, width: int) -> int:
    """About how high a row of this text is, `width` in characters. Excel does not fit merged rows by itself.

    A row is at most `_TALLEST_ROW` points high: what is beyond is read in the cell itself.
    """
    return min(line_height * max(1, -(-len(text) // max(1, width))), _TALLEST_ROW)
