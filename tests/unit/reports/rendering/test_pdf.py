"""A report as an administrative document, read back."""

import io
import re

import pytest
from pypdf import PdfReader

from lienthong.report import Chart, Column, Sheet
from reports.rendering import pdf
from tests.unit.reports.rendering.documents import COLUMNS, document, rows

NARROW = (Column("TT", "number", 5), Column("Cơ quan, đơn vị", width=40), Column("Số trường hợp", "number", 14))


def _pages(rendered: bytes) -> list[str]:
    return [
        re.sub(r"\s+", " ", page.extract_text().replace("\u00a0", " "))
        for page in PdfReader(io.BytesIO(rendered)).pages
    ]


def test_the_first_page_has_every_part_that_decree_30_requires() -> None:
    (text, *_) = _pages(pdf.render(document()))
    for part in (
        "VĂN PHÒNG UBND TỈNH",
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "/BC-VPUBND",
        "Bình Định, ngày 01 tháng 02 năm 2024",
        "BÁO CÁO Trường hợp nộp hồ sơ giấy trực tiếp",
        "Kỳ báo cáo: tháng 11 năm 2023",
        "Trong tháng 11 năm 2023, có 02 trường hợp.",
        "Căn cứ Văn bản số 758/VPUBND-KSTT ngày 08/11/2023.",
        "Nơi nhận: - Chủ tịch UBND tỉnh (báo cáo); - Lưu: VT, KSTT.",
        "CHÁNH VĂN PHÒNG",
    ):
        assert part in text


def test_a_superior_agency_is_above_the_issuing_one() -> None:
    (text, *_) = _pages(pdf.render(document(agency="UBND TỈNH BÌNH ĐỊNH\nVĂN PHÒNG")))
    assert text.index("UBND TỈNH BÌNH ĐỊNH") < text.index("VĂN PHÒNG")


def test_every_vietnamese_letter_can_be_read_back_as_text() -> None:
    letters = "ạảãàáâậầấẩẫăắằặẳẵóòọõỏôộổỗồốơờớợởỡéèẻẹẽêếềệểễúùụủũưựữửừứíìịỉĩýỳỷỵỹđ"
    letters += letters.upper()
    decomposed = "Ho\u0302\u0300 so\u031b"
    (text, *_) = _pages(pdf.render(document(summary=(letters, decomposed))))
    assert letters in text.replace(" ", "")
    assert "Hồ sơ" in text


def test_markup_in_data_is_text() -> None:
    (text, *_) = _pages(pdf.render(document(Sheet("Bảng", NARROW, [(1, "<b>A & B</i> \x00\x0b", 1)]))))
    assert "<b>A & B</i>" in text


def test_long_tables_repeat_their_headings_and_pages_are_numbered_from_the_second() -> None:
    many = [(n, f"Cơ quan số {n}", n) for n in range(1, 151)]
    pages = _pages(pdf.render(document(Sheet("Tổng hợp", NARROW, many, ("", "Tổng cộng", 11325)))))
    assert len(pages) > 3
    assert not pages[0].startswith("1 ")
    for number, text in enumerate(pages[1:], start=2):
        assert re.search(rf"(^{number} )|( {number}$)", text), text[:40]
    tables = [text for text in pages if "Cơ quan số" in text]
    assert len(tables) >= 3 and all("Cơ quan, đơn vị" in text for text in tables)
    assert "Tổng cộng 11.325" in tables[-1] and "Cơ quan số 150 150 Tổng cộng" in tables[-1]
    assert "".join(pages).count("Cơ quan số 77 ") == 1


def test_wide_tables_become_annexes_on_landscape_pages_with_whole_codes() -> None:
    rendered = pdf.render(
        document(Sheet("Tổng hợp", NARROW, [(1, "Sở Y tế", 2)]), Sheet("Danh sách", COLUMNS, rows(60)))
    )
    reader = PdfReader(io.BytesIO(rendered))
    shapes = ["landscape" if page.mediabox.width > page.mediabox.height else "portrait" for page in reader.pages]
    assert shapes == sorted(shapes, reverse=True) and {"portrait", "landscape"} == set(shapes)
    first = _pages(rendered)[shapes.index("landscape")]
    assert "Phụ lục DANH SÁCH" in first and "Kèm theo Báo cáo số" in first
    assert "000.00.31.H08-231107-00001" in first and "07/11/2023" in first and "51,07%" in first


def test_an_empty_table_has_one_row_that_states_it() -> None:
    assert "Không phát sinh" in _pages(pdf.render(document(Sheet("Rỗng", NARROW, []))))[0]


def test_fonts_are_embedded_so_that_a_page_looks_the_same_everywhere() -> None:
    chart = Chart("Theo tháng", "line", ["10/2023", "11/2023"], [("Đạt", [3, 4]), ("Nộp", [0, 1])])
    for page in PdfReader(io.BytesIO(pdf.render(document(charts=[chart])))).pages:
        used = [font.get_object() for font in page["/Resources"]["/Font"].values()]
        assert used
        assert all("/FontDescriptor" in font and "/FontFile2" in font["/FontDescriptor"] for font in used), used
        assert all("/ToUnicode" in font for font in used), used


def test_one_document_gives_the_same_bytes() -> None:
    assert pdf.render(document()) == pdf.render(document())
    assert PdfReader(io.BytesIO(pdf.render(document()))).metadata.title == "Trường hợp nộp hồ sơ giấy trực tiếp"


def test_a_chart_is_drawn_with_its_title_and_its_values() -> None:
    ranking = Chart("Cơ quan có nhiều trường hợp nhất", "bar", ["Sở Y tế", "Sở Tư pháp"], [("Trường hợp", [1200, 7])])
    trend = Chart("Theo tháng", "line", ["10/2023", "11/2023"], [("Đạt", [3, None]), ("Nộp", [0, 1])])
    shown = document(charts=[ranking, trend, Chart("Không có", "share", ["a"], [("n", [0])])])
    text = " ".join(_pages(pdf.render(shown)))
    for part in ("Cơ quan có nhiều trường hợp nhất", "Sở Tư pháp", "1.200", "Theo tháng", "11/2023", "Nộp"):
        assert part in text
    assert "Không có" not in text
    assert pdf.render(shown) == pdf.render(shown)


def test_a_notice_bears_its_own_title_and_sign() -> None:
    wide = Sheet("Danh sách", COLUMNS, rows(3))
    text = " ".join(_pages(pdf.render(document(wide, kind="notice"))))
    assert "THÔNG BÁO" in text and "/TB-VPUBND" in text and "BÁO CÁO" not in text and "BC-VPUBND" not in text


@pytest.mark.parametrize("lines", range(14, 32))
@pytest.mark.slow
def test_the_signature_is_never_alone_on_a_page(lines: int) -> None:
    table = Sheet("Bảng", NARROW, [(number, "Sở Y tế", 1) for number in range(lines)])
    pages = _pages(pdf.render(document(table, notes=("Ghi chú thứ nhất.", "Ghi chú cuối cùng."))))
    (signed,) = [page for page in pages if "CHÁNH VĂN PHÒNG" in page]
    assert "Ghi chú cuối cùng." in signed and "Nơi nhận" in signed
