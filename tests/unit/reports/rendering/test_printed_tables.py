"""Tables on paper: what stands where, read back from the PDF."""

import io
import re
from typing import Any

import pytest
from pypdf import PdfReader

from lienthong.report import Column, Sheet
from reports.rendering import pdf
from reports.rendering.broken_lines import Typesetter
from reports.rendering.column_widths import Need, share_out
from reports.rendering.stationery import FONT, register_fonts
from tests.unit.reports.rendering.documents import COLUMNS, document, rows

NARROW = (Column("TT", "number", 5), Column("Cơ quan, đơn vị", width=40), Column("Số trường hợp", "number", 14))
A4 = (595.3, 841.9)


def _pages(rendered: bytes) -> list[str]:
    return [re.sub(r"\s+", " ", page.extract_text()) for page in PdfReader(io.BytesIO(rendered)).pages]


def test_every_row_is_printed_once_in_its_order_with_the_figures_of_the_report() -> None:
    many = [(n, f"000.00.31.H08-231107-{n:05}", "Đăng ký kết hôn", None, 1234 * n, 0.5107) for n in range(1, 401)]
    printed = " ".join(_pages(pdf.render(document(Sheet("Danh sách", COLUMNS, many)))))
    assert re.findall(r"H08-231107-(\d{5})", printed) == [f"{n:05}" for n in range(1, 401)]
    figures = re.findall(r"kết hôn ([\d.]+) 51,07%", printed)
    assert figures == [f"{1234 * n:,}".replace(",", ".") for n in range(1, 401)]


@pytest.mark.parametrize("count", range(20, 34))
def test_a_total_is_never_alone_at_the_top_of_a_page(count: int) -> None:
    table = [(n, f"Cơ quan {n:03}", 1) for n in range(1, count)]
    pages = _pages(pdf.render(document(Sheet("Bảng", NARROW, table, ("", "Tổng cộng", count - 1)))))
    (last,) = [page for page in pages if "Tổng cộng" in page]
    assert f"Cơ quan {count - 1:03}" in last


@pytest.mark.parametrize("lines", range(14, 32))
def test_without_notes_the_place_to_sign_has_rows_of_the_last_table_on_its_page(lines: int) -> None:
    table = Sheet("Bảng", NARROW, [(n, f"Cơ quan {n:03}", 1) for n in range(1, lines + 1)])
    pages = _pages(pdf.render(document(table, notes=())))
    (signed,) = [page for page in pages if "CHÁNH VĂN PHÒNG" in page]
    assert f"Cơ quan {lines - 1:03}" in signed and f"Cơ quan {lines:03}" in signed


@pytest.mark.parametrize("sheets", [(), (Sheet("Rỗng", COLUMNS, []),), (Sheet("Danh sách", COLUMNS, rows(40)),)])
@pytest.mark.slow
def test_without_notes_and_rows_the_place_to_sign_has_text_on_its_page(sheets: tuple[Sheet, ...]) -> None:
    for sentences in range(20, 30):
        shown = document(*sheets, notes=(), summary=[f"Câu {number}." for number in range(sentences)])
        pages = _pages(pdf.render(shown if sheets else document(notes=(), sheets=(), summary=shown.summary)))
        (signed,) = [page for page in pages if "CHÁNH VĂN PHÒNG" in page]
        assert "Câu" in signed or "Không phát sinh" in signed


def test_a_wide_table_without_rows_takes_no_page_of_its_own() -> None:
    reader = PdfReader(io.BytesIO(pdf.render(document(Sheet("Trống", COLUMNS, [])))))
    (page,) = reader.pages
    assert page.mediabox.width < page.mediabox.height
    assert "Không phát sinh." in page.extract_text() and "Mã hồ sơ" not in page.extract_text()


def test_a_few_short_rows_stay_in_the_body_and_more_become_an_annex() -> None:
    few, many = (len(_pages(pdf.render(document(Sheet("Bảng", COLUMNS, rows(count)))))) for count in (8, 9))
    assert (few, many) == (1, 2)


def test_no_page_is_larger_than_a4() -> None:
    wild: list[tuple[Any, ...]] = [(1, "W" * 500, "chữ " * 2000, None, 1, 1.0)]
    for page in PdfReader(io.BytesIO(pdf.render(document(Sheet("Bảng", COLUMNS, [*rows(40), *wild]))))).pages:
        assert sorted((float(page.mediabox.width), float(page.mediabox.height))) <= sorted(A4)


def test_headings_of_any_length_leave_room_for_rows() -> None:
    columns = (Column("Tên cột rất dài " * 300), Column("Ư" * 5000))
    printed = " ".join(_pages(pdf.render(document(Sheet("Bảng", columns, [("dòng một", "hai")])))))
    assert "dòng một" in printed and "…" in printed


def test_lines_are_no_wider_than_their_room_and_lose_nothing() -> None:
    register_fonts()
    typesetter = Typesetter(FONT, 11)
    text = "Chứng thực bản sao từ bản chính 000.00.31.H08-231107-00001 " + "Ư" * 90 + "\nhai"
    for room in (5.0, 30.0, 77.5, 200.0, 1000.0):
        lines = typesetter.lines(text, room)
        assert all(typesetter.width(line) <= room or len(line) == 1 for line in lines)
        assert "".join(lines).replace(" ", "") == re.sub(r"\s", "", text)


@pytest.mark.parametrize("words", [(20, 20), (300, 20), (400, 400), (20, 200)])
@pytest.mark.parametrize("texts", [1, 2, 40])
def test_columns_fill_the_width_and_hold_their_words_where_they_can(words: tuple[int, int], texts: int) -> None:
    needs = [Need(30, word, word * texts, word * texts / 2) for word in words]
    shares = share_out(needs, 468)
    assert sum(shares) == pytest.approx(468) and all(share > 0 for share in shares)
    if sum(need.room for need in needs) <= 468:
        assert all(share >= need.room - 0.01 for share, need in zip(shares, needs, strict=True))
