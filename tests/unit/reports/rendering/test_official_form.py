"""What Nghị định 30/2020/NĐ-CP asks of a document, in each form: number, legal bases, signer; and drafts."""

import io
import re
from collections.abc import Callable
from dataclasses import replace

import openpyxl
import pytest
from lxml import html as parser
from pypdf import PdfReader

from lienthong.report import Document, Sheet, Signer
from reports.rendering import html, pdf, xlsx
from tests.unit.reports.rendering.documents import COLUMNS, document, rows

SIGNED = document(
    superior="UBND TỈNH BÌNH ĐỊNH",
    agency="VĂN PHÒNG",
    number="12/BC-VPUBND",
    legal_bases=("Căn cứ Quyết định số 235/QĐ-UBND;", "Căn cứ Văn bản số 758/VPUBND-KSTT."),
    signer=Signer("KT. CHÁNH VĂN PHÒNG", "PHÓ CHÁNH VĂN PHÒNG", "Nguyễn Thị Mai"),
)


def _pdf(shown: Document) -> list[str]:
    return [
        re.sub(r"\s+", " ", page.extract_text().replace("\u00a0", " "))
        for page in PdfReader(io.BytesIO(pdf.render(shown))).pages
    ]


def _html(shown: Document) -> list[str]:
    return [" ".join(parser.document_fromstring(html.render(shown).decode()).find("body").itertext())]


def _xlsx(shown: Document) -> list[str]:
    book = openpyxl.load_workbook(io.BytesIO(xlsx.render(shown)))
    return [
        " ".join(str(cell) for row in page.iter_rows(values_only=True) for cell in row if cell is not None)
        for page in book
    ]


FORMS = pytest.mark.parametrize("read", [_pdf, _html, _xlsx])


@FORMS
def test_number_agency_above_legal_bases_and_signer_are_in_their_order(read: Callable[[Document], list[str]]) -> None:
    text = " ".join(read(SIGNED))
    order = [text.index(part) for part in ("UBND TỈNH BÌNH ĐỊNH", "12/BC-VPUBND", "QĐ-UBND;", "VPUBND-KSTT.")]
    assert order == sorted(order)
    assert text.index("VPUBND-KSTT.") < text.index("có 02 trường hợp.") < text.index("KT. CHÁNH VĂN PHÒNG")
    assert re.search(r"KT\. CHÁNH VĂN PHÒNG\s+PHÓ CHÁNH VĂN PHÒNG\s+Nguyễn Thị Mai", text)
    assert "DỰ THẢO" not in text


@FORMS
def test_every_page_of_a_draft_bears_its_mark(read: Callable[[Document], list[str]]) -> None:
    wide = Sheet("Danh sách", COLUMNS, rows(60))
    shown = read(replace(document(wide, Sheet("Hai", COLUMNS[:2], [(1, "a")])), draft=True))
    assert shown and all("DỰ THẢO" in text for text in shown)


def test_a_draft_prints_its_mark_on_every_page_of_a_workbook() -> None:
    book = openpyxl.load_workbook(io.BytesIO(xlsx.render(document(draft=True))))
    assert all("DỰ THẢO" in str(page.oddHeader.center.text) for page in book)


def test_the_annex_names_the_number_of_its_document() -> None:
    issuer = "Văn phòng Ủy ban nhân dân tỉnh"
    pages = _pdf(replace(SIGNED, sheets=(Sheet("Danh sách", COLUMNS, rows(30)),), issuer=issuer))
    assert f"Kèm theo Báo cáo số 12/BC-VPUBND ngày 01/02/2024 của {issuer})" in pages[1]


def test_the_addressee_of_a_document_stands_below_its_title_and_period() -> None:
    pages = _pdf(replace(SIGNED, addressee="Sở Tư pháp"))
    assert f"{SIGNED.subtitle} Kính gửi: Sở Tư pháp" in pages[0]
    assert "Kính gửi" not in _pdf(SIGNED)[0]
    assert "Số: 12/BC-VPUBND" in pages[0]


def test_legal_bases_are_in_italics() -> None:
    fonts: dict[str, str] = {}

    def visit(text: str, *state: object) -> None:
        font = state[2]
        if isinstance(font, dict) and text.strip():
            fonts[text.strip()] = font["/BaseFont"]

    PdfReader(io.BytesIO(pdf.render(SIGNED))).pages[0].extract_text(visitor_text=visit)
    (of_basis,) = [font for text, font in fonts.items() if re.match("Căn cứ Văn bản", text)]
    assert of_basis.endswith("LiberationSerif-Italic")


def test_a_long_list_of_recipients_runs_over_pages() -> None:
    names = [f"Ủy ban nhân dân xã số {number}" for number in range(1, 136)]
    text = " ".join(_pdf(document(recipients=names)))
    assert all(f"- {name}{'.' if number == 135 else ';'}" in text for number, name in enumerate(names, 1))
