"""A report as a page, read back."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from lxml import html as parser

from lienthong.report import Chart, Column, Figure, Sheet, figure_anchor
from reports.rendering import html
from reports.rendering.cells import NO_ROWS, format_cell
from tests.unit.reports.rendering.documents import COLUMNS, document, rows

TREND = Chart(
    "Theo tháng", "line", ["10/2023", "11/2023"], [("Đạt", [Decimal("0.5"), None]), ("Nộp", [0, 1])], percent=True
)
RANKING = Chart("Cơ quan", "bar", ["Sở Y tế", "<b>Sở Tư pháp</b>"], [("Trường hợp", [1200, 7])])


def _page(rendered: bytes) -> Any:
    return parser.document_fromstring(rendered.decode("utf-8"))


def _texts(cells: Any) -> list[str]:
    return [cell.text_content() for cell in cells]


def test_every_cell_stands_in_its_table_as_readers_write_it() -> None:
    shown = document()
    (sheet,) = shown.sheets
    (table,) = _page(html.render(shown)).findall(".//table")
    assert _texts(table.findall("./thead//th[@scope='col']")) == [column.title for column in sheet.columns]
    for lines, found in ((sheet.rows, "./tbody/tr"), ([sheet.total], "./tfoot/tr")):
        assert [_texts(line.findall("td")) for line in table.findall(found)] == [
            [format_cell(value, column.kind) for value, column in zip(row or (), sheet.columns, strict=True)]
            for row in lines
        ]


def test_the_page_has_the_head_the_sentences_and_the_recipients_of_the_report() -> None:
    page = _page(html.render(document()))
    text = page.find("body").text_content()
    for part in (
        *("VĂN PHÒNG UBND TỈNH", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Bình Định, ngày 01/02/2024"),
        *("Kỳ báo cáo: tháng 11 năm 2023", "có 02 trường hợp.", "Căn cứ Văn bản số 758", "Lưu: VT, KSTT"),
    ):
        assert part in text
    assert page.get("lang") == "vi" and len(page.findall(".//h1")) == 1


def test_a_page_loads_nothing_runs_nothing_and_text_stays_text() -> None:
    hostile = "<script>alert(1)</script><img src=x onerror=alert(1)>{{ 7*7 }}"
    sheet = Sheet(hostile, (Column(hostile),), [(hostile,)], (hostile,))
    more: dict[str, Any] = dict.fromkeys(("title", "subtitle", "agency", "place"), hostile)
    more |= dict.fromkeys(("summary", "notes", "recipients"), (hostile,))
    chart = Chart(hostile, "bar", [hostile], [(hostile, [1])])
    page = _page(html.render(document(sheet, charts=[chart], **more)))
    assert not page.xpath("//script | //img | //link | //iframe | //object | //@src | //@onerror")
    assert all(target.startswith("#") for target in page.xpath("//@href"))
    assert "url(" not in page.findtext(".//style") and "@import" not in page.findtext(".//style")
    assert page.findtext(".//h1") == hostile
    policy = page.find(".//meta[@http-equiv='Content-Security-Policy']").get("content")
    assert policy.startswith("default-src 'none'")


def test_each_figure_leads_to_its_proof_where_that_is_beside_the_page() -> None:
    figures = {"total": Figure("tất cả", ["a"]), "by_unit.H08": Figure("của đơn vị", ["a"])}
    proven = _page(html.render(document(figures=figures, proof="số 1.proof.html")))
    links = proven.find_class("proofs")[0].findall(".//a")
    assert [link.text for link in links] == ["by_unit.H08", "total"]
    assert links[1].get("href") == f"s%E1%BB%91%201.proof.html#{figure_anchor('total')}"
    assert not _page(html.render(document(figures=figures))).find_class("proofs")


def test_a_table_without_rows_states_it_and_several_tables_have_a_list_of_them() -> None:
    page = _page(html.render(document(Sheet("Trống", COLUMNS, []), Sheet("Có", COLUMNS, rows(3)))))
    assert page.findtext(".//td[@class='empty']") == NO_ROWS
    targets = [link.get("href").removeprefix("#") for link in page.findall(".//nav//a")]
    assert [page.get_element_by_id(target).text for target in targets] == ["Trống", "Có"]


def test_charts_are_pictures_with_a_name_and_values_in_vietnamese_form() -> None:
    page = _page(html.render(document(charts=[TREND, RANKING])))
    assert _texts(page.findall(".//figcaption")) == ["Theo tháng", "Cơ quan"]
    assert all(chart.get("role") == "img" and chart.get("aria-label") for chart in page.find_class("chart"))
    line, bars = (chart.text_content() for chart in page.find_class("chart"))
    assert "Đạt" in line and "11/2023" in line and "100%" in line
    assert "1.200" in bars and "<b>Sở Tư pháp</b>" in bars


@pytest.mark.parametrize("values", [[], [None, None], [0, 0]])
def test_a_chart_with_nothing_to_show_is_left_out(values: list[int | None]) -> None:
    chart = Chart("Không có", "bar", ["a", "b"][: len(values)], [("n", values)])
    assert not _page(html.render(document(charts=[chart]))).findall(".//figure")


def test_equal_reports_give_equal_bytes() -> None:
    shown = document(Sheet("A", (Column("Ngày", "date"),), [(date(2023, 11, 2),)]), charts=[TREND, RANKING])
    assert html.render(shown) == html.render(shown)
