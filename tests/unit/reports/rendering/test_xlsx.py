"""A report as a workbook, read back."""

import io
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from openpyxl import load_workbook

from lienthong.report import Chart, Column, Sheet
from reports.rendering import xlsx, xlsx_print
from tests.unit.reports.rendering.documents import COLUMNS, HOSTILE, document, rows

HEADER = 5
"""The row of the headings: below the title block and an empty row."""


def _read(rendered: bytes) -> Any:
    return load_workbook(io.BytesIO(rendered))


def _row(page: Any, number: int) -> list[Any]:
    return [cell.value for cell in page[number]]


def test_a_sheet_is_a_filtered_table_under_a_title_block() -> None:
    page = _read(xlsx.render(document()))["Danh sách"]
    assert [page.cell(row, 1).value for row in (1, 2, 3)] == [
        "VĂN PHÒNG UBND TỈNH",
        "Danh sách",
        "Kỳ báo cáo: tháng 11 năm 2023",
    ]
    assert _row(page, HEADER) == [column.title for column in COLUMNS]
    (table,) = page.tables.values()
    assert table.ref == table.autoFilter.ref == f"A{HEADER}:F{HEADER + 2}"
    assert page.freeze_panes == f"A{HEADER + 1}"
    assert page.column_dimensions["C"].width == pytest.approx(40, abs=1)


def test_numbers_dates_and_shares_are_values_with_formats_and_the_total_stands_below_the_table() -> None:
    page = _read(xlsx.render(document()))["Danh sách"]
    first = page[HEADER + 1]
    assert [cell.value for cell in first] == [
        1,
        "000.00.31.H08-231107-00001",
        "Đăng ký kết hôn",
        datetime(2023, 11, 7),  # noqa: DTZ001 - a spreadsheet's day has no zone
        1234,
        0.5107,
    ]
    assert [cell.number_format for cell in first[3:]] == ["dd/mm/yyyy", "#,##0", "0.00%"]
    total = page[HEADER + 3]
    assert [cell.value for cell in total][2:] == ["Tổng cộng", None, "=SUM(E6:E7)", 1]
    assert total[4].font.bold and not first[4].font.bold


@pytest.mark.parametrize("hostile", [HOSTILE, "+84961980376", "-1+1", "@SUM(A1)", "{=1+1}", "http://a.example", "0123"])
def test_text_stays_text_whatever_it_looks_like(hostile: str) -> None:
    page = _read(xlsx.render(document(Sheet("Bảng", (Column("Tên"),), [(hostile,)]))))["Bảng"]
    cell = page.cell(HEADER + 1, 1)
    assert (cell.value, cell.data_type, cell.hyperlink) == (hostile, "s", None)
    if hostile[0] in "=+-@":
        assert cell.quotePrefix or cell.style_array.quotePrefix


def test_titles_and_notes_do_not_become_formulas() -> None:
    book = _read(xlsx.render(document(Sheet("=1+1", COLUMNS, rows(1)), title="=1+1", notes=("=1+1",))))
    kinds = {cell.data_type for page in book for line in page.iter_rows() for cell in line if cell.value is not None}
    assert "f" not in kinds


def test_a_page_prints_on_landscape_a4_fitted_to_its_width_with_headings_and_page_numbers() -> None:
    page = _read(xlsx.render(document()))["Danh sách"]
    assert (page.page_setup.orientation, int(page.page_setup.paperSize)) == ("landscape", xlsx_print.A4)
    assert page.sheet_properties.pageSetUpPr.fitToPage
    assert (page.page_setup.fitToWidth or 1, page.page_setup.fitToHeight) == (1, 0)
    assert page.print_title_rows == f"${HEADER}:${HEADER}"
    assert "Trang &P/&N" in page.oddFooter.center.text


def test_a_narrow_sheet_prints_upright_and_rows_are_as_high_as_their_text() -> None:
    columns = (Column("TT", "number", 5), Column("Nội dung", width=20))
    page = _read(xlsx.render(document(Sheet("Hẹp", columns, [(1, "ngắn"), (2, "một hai ba bốn " * 8)]))))["Hẹp"]
    assert page.page_setup.orientation == "portrait"
    low, high = (page.row_dimensions[HEADER + number].height for number in (1, 2))
    assert high > 5 * low


def test_an_empty_table_has_one_row_that_states_it() -> None:
    page = _read(xlsx.render(document(Sheet("Rỗng", COLUMNS, []))))["Rỗng"]
    assert page.cell(HEADER + 1, 1).value == "Không phát sinh"
    assert len(page.tables) == 1


def test_sheet_names_are_made_valid_and_distinct() -> None:
    long = "Danh sách trường hợp nộp hồ sơ giấy trực tiếp"
    titles = [long, long.upper(), "Quý I/2023: [tất cả]?", "Thuyết minh"]
    names = _read(xlsx.render(document(*(Sheet(title, COLUMNS, rows(1)) for title in titles)))).sheetnames
    assert len({name.casefold() for name in names}) == 5
    assert all(0 < len(name) <= 31 and not set(name) & set("[]:*?/\\") for name in names)
    assert names[-1].startswith("Thuyết minh")


def test_summary_notes_and_recipients_have_a_sheet() -> None:
    page = _read(xlsx.render(document()))["Thuyết minh"]
    texts = [row[0] for row in page.iter_rows(values_only=True) if row[0]]
    assert texts[3:] == [
        "Tóm tắt",
        "Trong tháng 11 năm 2023, có 02 trường hợp.",
        "Ghi chú",
        "Căn cứ Văn bản số 758/VPUBND-KSTT ngày 08/11/2023.",
        "Nơi nhận",
        "Chủ tịch UBND tỉnh (báo cáo)",
        "Lưu: VT, KSTT",
    ]


def test_the_workbook_has_its_properties_and_one_document_gives_the_same_bytes() -> None:
    rendered = xlsx.render(document())
    properties = _read(rendered).properties
    assert (properties.title, properties.creator) == ("Trường hợp nộp hồ sơ giấy trực tiếp", "VĂN PHÒNG UBND TỈNH")
    assert rendered == xlsx.render(document())
    assert rendered != xlsx.render(document(Sheet("Danh sách", COLUMNS, rows(3), ("", "", "", None, 1, Decimal(1)))))


def test_a_total_that_is_the_sum_of_its_column_is_a_formula_and_any_other_is_its_value() -> None:
    columns = (Column("Đơn vị"), Column("Số", "number"), Column("Lũy kế", "number"))
    shown = document(Sheet("Cộng", columns, [("a", 3, 10), ("b", 4, 20)], ("Tổng cộng", 7, 20)))
    page = _read(xlsx.render(shown))["Cộng"]
    assert _row(page, HEADER + 3) == ["Tổng cộng", f"=SUM(B{HEADER + 1}:B{HEADER + 2})", 20]
    stored = load_workbook(io.BytesIO(xlsx.render(shown)), data_only=True)["Cộng"]
    assert _row(stored, HEADER + 3) == ["Tổng cộng", 7, 20], "a reader that does not calculate sees the figure, too"


def test_charts_have_a_sheet_with_their_figures_which_the_reader_draws() -> None:
    trend = Chart("Theo tháng", "line", ["10/2023", "11/2023"], [("Đạt", [Decimal("0.5"), None]), ("Nộp", [0, 1])])
    ranking = Chart(HOSTILE, "bar", ["Sở Y tế", HOSTILE], [("Trường hợp", [1200, 7])])
    book = _read(xlsx.render(document(charts=[trend, ranking])))
    assert book.sheetnames == ["Danh sách", "Biểu đồ", "Thuyết minh"]
    page = book["Biểu đồ"]
    assert [_row(page, row)[:3] for row in (1, 2, 3)] == [
        ["Theo tháng", "Đạt", "Nộp"],
        ["10/2023", 0.5, 0],
        ["11/2023", None, 1],
    ]
    assert [cell.data_type for cell in page[19][:2]] == ["s", "s"] and page["A19"].value == HOSTILE
    assert len(page._charts) == 2
    shown = document(charts=[trend, ranking])
    assert xlsx.render(shown) == xlsx.render(shown)
