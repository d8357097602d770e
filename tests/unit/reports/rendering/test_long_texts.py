"""Texts of any length and of any characters: long cells flow over pages, long words break, nothing is refused."""

import io
import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from pypdf import PdfReader

from lienthong.report import Column, Sheet
from reports.rendering import pdf, xlsx
from reports.rendering.cells import clean, cut, utf16_length
from tests.unit.reports.rendering.documents import COLUMNS, document, rows

NARROW = (Column("TT", "number", 5), Column("Cơ quan, đơn vị", width=40), Column("Số trường hợp", "number", 14))
TEXTS = {
    "a word of 131 capitals": "W" * 131,
    "a name of 833 letters": ("Nguyễn Văn " * 80)[:833],
    "a name of 1,000 letters without a space": "Đ" * 1000,
    "three pages": "một hai ba " * 900,
    "lines without end": "dòng\n" * 300,
    "emoji": "😀" * 200,
    "control characters": "a\x00\x0b\x1b[31m\x85\ufffe\uffffb" * 30,
    "half a surrogate pair": "a\ud83db" * 30,
    "markup": "<para><b>&amp;</i>" * 30,
}


def _text(rendered: bytes) -> str:
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(rendered)).pages)


def _sheets(text: str) -> tuple[Sheet, Sheet]:
    """A narrow table and a wide one that becomes an annex, with the text in every place that data can reach."""
    wide: list[Sequence[Any]] = [*rows(2), (3, text, text, None, 1, 0.5), *rows(2)]
    return Sheet(text, NARROW, [(1, text, 2)], ("", text, 2)), Sheet("Danh sách", COLUMNS, wide)


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_both_formats_take_any_text(text: str) -> None:
    whole = document(*_sheets(text), summary=(text,), notes=(text,))
    printed = _text(pdf.render(whole))
    assert printed.count("000.00.31.H08-231107-00002") == 2, "the rows before and after it are there"
    book = openpyxl.load_workbook(io.BytesIO(xlsx.render(whole)))
    values = [cell for row in book.worksheets[1].iter_rows(values_only=True) for cell in row]
    assert clean(text) in [value for value in values if isinstance(value, str)]
    assert all(len(name) <= 31 for name in book.sheetnames)


@pytest.mark.parametrize("letters", [833, 1000, 3000])
def test_every_letter_of_a_long_cell_is_printed_once(letters: int) -> None:
    words = [f"t{number}" for number in range(letters // 5)]
    printed = _text(pdf.render(document(Sheet("Bảng", COLUMNS, [*rows(1), (2, "mã", " ".join(words), None, 1, 1.0)]))))
    assert re.findall(r"\bt\d+", printed) == words


def test_a_long_word_is_broken_and_takes_no_room_from_the_other_columns() -> None:
    printed = _text(
        pdf.render(document(Sheet("Bảng", COLUMNS, [(1, "W" * 131, "Đăng ký", None, 1234, 1.0), *rows(1)])))
    )
    assert printed.count("W") == 131
    assert "000.00.31.H08-231107-00001" in printed and "07/11/2023" in printed and "1.234" in printed


def test_long_words_in_every_column_share_the_page() -> None:
    columns = [Column(f"Cột {number}", width=30) for number in range(12)]
    printed = _text(pdf.render(document(Sheet("Bảng", columns, [["Ư" * 400] * 12]))))
    assert printed.count("Ư") == 12 * 400


def test_a_cell_of_a_report_has_an_end_and_states_that_it_was_cut() -> None:
    endless = "chữ " * 100_000
    whole = document(Sheet("Bảng", NARROW, [(1, endless, 2)]))
    reader = PdfReader(io.BytesIO(pdf.render(whole)))
    assert len(reader.pages) < 12
    assert "400.000 ký tự" in " ".join("".join(page.extract_text() for page in reader.pages).split())
    cell = openpyxl.load_workbook(io.BytesIO(xlsx.render(whole))).worksheets[0]["B6"].value
    assert len(cell) == 32_767 and cell.endswith("[đã cắt bớt, nguyên văn dài 400.000 ký tự]")


def test_letters_that_count_twice_are_not_cut_in_half() -> None:
    assert cut("😀" * 10, 20) == "😀" * 10
    shortened = cut("😀" * 100, 101)
    assert utf16_length(shortened) <= 101 and shortened.startswith("😀😀") and "100 ký tự" in shortened


@pytest.mark.parametrize("number", [10**400, 12345678901234567890123, float("nan"), float("inf"), Decimal("NaN")])
def test_numbers_that_excel_cannot_hold_are_written_as_text(number: Any) -> None:
    whole = document(Sheet("Bảng", NARROW, [(1, "Sở Y tế", number)]))
    cell = openpyxl.load_workbook(io.BytesIO(xlsx.render(whole))).worksheets[0]["C6"].value
    assert isinstance(cell, str) and cell
    assert pdf.render(whole).startswith(b"%PDF")


def test_days_that_excel_does_not_count_are_written_as_text() -> None:
    columns = (Column("TT", "number", 5), Column("Ngày", "date", 12))
    book = openpyxl.load_workbook(io.BytesIO(xlsx.render(document(Sheet("B", columns, [(1, date(1899, 12, 31))])))))
    assert book.worksheets[0]["B6"].value == "31/12/1899"


def test_rows_are_no_higher_than_excel_allows() -> None:
    book = openpyxl.load_workbook(io.BytesIO(xlsx.render(document(*_sheets("Đ" * 5000), agency="Đ" * 5000))))
    heights = [shape.height for page in book.worksheets for shape in page.row_dimensions.values() if shape.height]
    assert heights and max(heights) <= 409
