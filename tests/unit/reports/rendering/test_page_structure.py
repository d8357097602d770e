"""What a page needs for screen readers, telephones and printers. axe finds more; see docs/adr/0037."""

import re
from itertools import pairwise
from typing import Any

import pytest
from lxml import html as parser
from reportlab.pdfbase.pdfmetrics import stringWidth

from lienthong.report import Chart, Column, Sheet
from reports.rendering import html
from reports.rendering.charts import draw_svg
from reports.rendering.stationery import FONT, register_fonts
from tests.unit.reports.rendering.documents import COLUMNS, document, rows

NARROW = (Column("TT", "number", 5), Column("Cơ quan"))
TREND = Chart("Theo tháng", "line", [f"{n:02}/2023" for n in range(1, 13)], [("Nộp", list(range(12)))])


def _page(**more: Any) -> Any:
    sheets = (Sheet("Danh sách", COLUMNS, rows(2)), Sheet("Tổng hợp", NARROW, [(1, "Sở Y tế")]))
    return parser.document_fromstring(html.render(document(*sheets, charts=[TREND], **more)).decode())


def test_landmarks_captions_and_headings_are_there_and_every_label_has_its_target() -> None:
    page = _page()
    assert [len(page.findall(f"./body/{name}")) for name in ("header", "main", "footer")] == [1, 1, 1]
    assert [caption.text for caption in page.findall(".//table/caption")] == ["Danh sách", "Tổng hợp"]
    ids = [element.get("id") for element in page.xpath("//*[@id]")]
    assert len(ids) == len(set(ids))
    assert {label for element in page.xpath("//*[@aria-labelledby]") for label in [element.get("aria-labelledby")]} <= {
        *ids
    }
    levels = [int(element.tag[1]) for element in page.xpath("//h1|//h2|//h3")]
    assert levels[0] == 1 and all(after - before <= 1 for before, after in pairwise(levels))


def test_what_scrolls_can_be_reached_by_key() -> None:
    assert all(part.get("tabindex") == "0" for part in _page().xpath("//*[contains(@class, 'wide')]"))


def test_on_a_telephone_the_cells_of_many_columns_are_named_by_rules_of_style() -> None:
    page = _page()
    first, second = page.xpath("//div[table]")
    assert "cards" in first.get("class") and "cards" not in second.get("class")
    style = page.findtext(".//style")
    assert f'#{first.get("id")} td:nth-child(4):not(.empty)::before{{content:"Ngày\\20 tiếp\\20 nhận"}}' in style
    assert f"#{second.get('id')} " not in style


@pytest.mark.parametrize("title", ['"}body{display:none}', "</style><script>alert(1)</script>", "a\\\nb", "*/ @import"])
def test_no_title_of_a_column_becomes_a_rule_of_style(title: str) -> None:
    columns = [Column(title)] * 5
    page = parser.document_fromstring(html.render(document(Sheet("Bảng", columns, [[title] * 5]))).decode())
    (style,) = page.findall(".//style")
    assert not page.findall(".//script")
    strings = re.findall(r"::before\{content:\"(.*?)\"\}", style.text)
    assert len(strings) == 5 and not re.search(r"[\"<>{}\n*;]", "".join(strings))


def test_a_chart_is_there_for_broad_and_for_narrow_screens_and_its_names_do_not_touch() -> None:
    page = _page()
    broad, narrow = (page.xpath(f"//div[@class='{name}']//*[local-name()='text']") for name in ("broad", "narrow"))
    months = [[text.text for text in texts if "/2023" in (text.text or "")] for texts in (broad, narrow)]
    assert len(months[0]) > len(months[1]) >= 2
    assert months[0][-1].strip() == months[1][-1].strip() == "12/2023", "the newest month is always named"


def test_names_of_a_chart_are_as_wide_as_laid_out_whatever_letters_a_telephone_has() -> None:
    register_fonts()
    ranking = Chart("Cơ quan", "bar", ["Sở Y tế & <Dân số>", "Sở Tư pháp"], [("Trường hợp", [1200, 7])])
    for width in (640, 270):
        texts = parser.fromstring(draw_svg(ranking, width)).xpath("//*[local-name()='text']")
        shown = {text.text: float(text.get("textlength")) for text in texts}
        assert shown.keys() == {"Sở Y tế & <Dân số>", "Sở Tư pháp", "1.200", "7"}
        assert all(wide == pytest.approx(stringWidth(name, FONT, 12), abs=0.1) for name, wide in shown.items())
