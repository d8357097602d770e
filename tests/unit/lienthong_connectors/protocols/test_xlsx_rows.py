"""Workbooks: what a cell shows is read, what has no value is a fault, and no workbook costs more than its bounds."""

import time
from collections.abc import Callable, Mapping

import pytest

from lienthong.connectors.protocols import xlsx_bounds
from lienthong.connectors.protocols.file_notices import FileNotices
from lienthong.connectors.protocols.tables import Columns, Row, Unreadable, read_rows
from lienthong.notices import Notices
from tests.unit.lienthong_connectors.protocols.workbooks import DAY_STYLE, MAIN, cell, row, workbook

HEADER = row(1, "code", "value")


def rows_of(content: bytes, notices: Notices | None = None) -> list[Row]:
    tell = FileNotices(notices or Notices(), "a.xlsx")
    return list(read_rows(content, Columns(required=("code",)), is_xlsx=True, tell=tell))


def value_of(written: str, **settings: bool) -> object:
    """The value of one cell B2, or the fault of its row."""
    (found,) = rows_of(workbook(HEADER + row(2, "K1", written), **settings))
    return found.fault or (found.body or {})["value"]


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ('<c r="B2"><v>52085001234</v></c>', "52085001234"),
        ('<c r="B2"><v>5.2085001234E10</v></c>', "52085001234"),
        ('<c r="B2" t="s"><v>0</v></c>', "shared"),
        ('<c r="B2" t="b"><v>1</v></c>', "true"),
        (f'<c r="B2" s="{DAY_STYLE}"><v>45231</v></c>', "2023-11-01"),
        ('<c r="B2" t="str"><f>A1</f><v>text</v></c>', "text"),
        ('<c r="B2"><f>1+1</f><v>2</v></c>', "2"),
        ('<c r="B2" t="str"><f>""</f><v></v></c>', None),
        ("<c r='B2'/>", None),
        (cell("B2", "a_x000D_\nb"), "a\r\nb"),
        (cell("B2", "_x005F_x000D_"), "_x000D_"),
        (cell("B2", "_x0041_"), "A"),
    ],
)
def test_a_cell_is_what_the_spreadsheet_shows(written: str, value: object) -> None:
    assert value_of(written) == value


def test_escapes_are_decoded_in_shared_texts_and_readings_are_left_out() -> None:
    shared = (
        f'<sst xmlns="{MAIN}"><si><r><t>a_x000D_</t></r><r><t>b_x005F_</t></r><rPh sb="0"><t>no</t></rPh></si></sst>'
    )
    content = workbook(HEADER + row(2, "K1", '<c r="B2" t="s"><v>0</v></c>'), parts={"xl/sharedStrings.xml": shared})
    (found,) = rows_of(content)
    assert found.body == {"code": "K1", "value": "a\rb_"}


def test_days_count_from_1904_where_the_workbook_states_it() -> None:
    assert value_of(f'<c r="B2" s="{DAY_STYLE}"><v>43769</v></c>', date1904=True) == "2023-11-01"


ERRORS = ("#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!", "#SPILL!", "#CALC!", "Err:502", "#####")


@pytest.mark.parametrize("error", ERRORS)
@pytest.mark.parametrize("kind", ["e", "str", "text"])
def test_an_error_is_no_text(error: str, kind: str) -> None:
    written = cell("B2", f" {error}") if kind == "text" else f'<c r="B2" t="{kind}"><f>X1</f><v>{error}</v></c>'
    fault = str(value_of(written))
    assert "`value`" in fault and error in fault


def test_an_unknown_error_and_a_day_beyond_the_calendar_are_errors() -> None:
    assert "#NEW!" in str(value_of('<c r="B2" t="e"><v>#NEW!</v></c>'))
    assert "#VALUE!" in str(value_of(f'<c r="B2" s="{DAY_STYLE}"><v>99999999</v></c>'))


@pytest.mark.parametrize("stored", ["", "<v></v>", "<v/>"])
def test_a_formula_without_a_stored_value_is_a_fault_of_its_row(stored: str) -> None:
    content = workbook(HEADER + row(2, "K1", f'<c r="B2"><f>TODAY()</f>{stored}</c>') + row(3, "K2", "x"))
    bad, good = rows_of(content)
    assert "`value`" in bad.fault and "công thức" in bad.fault and bad.place == {"sheet": "Sheet1", "row": 2}
    assert good.body == {"code": "K2", "value": "x"}


def test_hidden_sheets_are_named_and_not_read() -> None:
    sheets = [HEADER + row(2, f"K{number}", "x") for number in range(3)]
    notices = Notices()
    found = rows_of(workbook(*sheets, states=["visible", "hidden", "veryHidden"]), notices)
    assert [found_row.body for found_row in found] == [{"code": "K0", "value": "x"}]
    texts = " ".join(notices.take())
    assert "Sheet2" in texts and "Sheet3" in texts and "Sheet1" not in texts


def test_two_sheets_are_read_and_one_without_a_header_is_named() -> None:
    notices = Notices()
    content = workbook(HEADER + row(2, "K1", "x"), row(1, "Ghi chú"), HEADER + row(7, "K2", "y"))
    assert [found.place for found in rows_of(content, notices)] == [
        {"sheet": "Sheet1", "row": 2},
        {"sheet": "Sheet3", "row": 7},
    ]
    assert "Sheet2" in " ".join(notices.take())


def test_the_value_of_merged_cells_belongs_to_the_first_and_that_is_noticed() -> None:
    notices = Notices()
    merged = '<mergeCells count="1"><mergeCell ref="B2:B3"/></mergeCells>'
    content = workbook(HEADER + row(2, "K1", "x") + row(3, "K2", "<c r='B3'/>"), behind=merged)
    assert [(found.body or {})["value"] for found in rows_of(content, notices)] == ["x", None]
    (texts,) = notices.take()
    assert "Sheet1" in texts and "gộp" in texts


HOSTILE: Mapping[str, Callable[[], bytes]] = {
    "a row number of a billion": lambda: workbook(HEADER + row(10**9, "K9", "x")),
    "a row number beyond any": lambda: workbook(HEADER + row(10**40, "K9", "x")),
    "a column number beyond those of Excel": lambda: workbook(HEADER + '<row r="2"><c r="XFE2"><v>1</v></c></row>'),
    "a column of many letters": lambda: workbook(HEADER + '<row r="2"><c r="ZZZZZZZ2"><v>1</v></c></row>'),
    "cells without end": lambda: workbook(HEADER + '<row r="2">' + "<c/>" * 3_000_000 + "</row>"),
    "an element without end": lambda: workbook(HEADER + '<row r="2"><c><v>' + "<v/>" * 3_000_000 + "</v></c></row>"),
    "one text of 20 MB": lambda: workbook(HEADER + row(2, "K1", "x" * 20_000_000)),
    "nesting": lambda: workbook(HEADER + "<row><c>" + "<v>" * 100_000 + "</v>" * 100_000 + "</c></row>"),
    "a bomb": lambda: workbook(HEADER, parts={"xl/media/image.png": b"\0" * (300 * 2**20)}),
    "styles without end": lambda: workbook(HEADER, parts={"xl/styles.xml": "<x/>" * 3_000_000}),
    "entities": lambda: workbook(
        HEADER,
        parts={
            "xl/worksheets/sheet1.xml": f'<!DOCTYPE x [<!ENTITY a "{"a" * 1000}">]><worksheet xmlns="{MAIN}">'
            f"<sheetData>{HEADER}{row(2, 'K1', cell('B2', '&a;').replace('&amp;', '&') * 1000)}</sheetData></worksheet>"
        },
    ),
    "a password or an old workbook": lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
    "a page of a browser": lambda: b"<html><table><tr><td>code</td></tr></table></html>",
    "a text that is not there": lambda: workbook(HEADER + row(2, "K1", '<c r="B2" t="s"><v>7</v></c>')),
    "a negative row": lambda: workbook(row(-5, "code", "value")),
}


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.slow
def test_a_hostile_workbook_is_refused_within_seconds(name: str) -> None:
    content = HOSTILE[name]()  # made here: each process of a run collects the names, and 300 MB take seconds
    began = time.thread_time()
    with pytest.raises(Unreadable) as refused:
        rows_of(content)
    assert str(refused.value)
    assert time.thread_time() - began < 20


def test_the_time_and_the_numbers_of_a_workbook_have_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = "".join(row(number, f"K{number}", "x") for number in range(2, 500))
    shared = f'<sst xmlns="{MAIN}">' + "<si><t>a</t></si>" * 300 + "</sst>"
    content = workbook(HEADER + rows, parts={"xl/sharedStrings.xml": shared})
    tell = FileNotices(Notices(), "a.xlsx")
    with pytest.raises(Unreadable, match="400"):
        list(read_rows(content, Columns(), is_xlsx=True, tell=tell, row_limit=400))
    for name, bound in (("CELL_LIMIT", 500), ("STRING_LIMIT", 299), ("SECONDS_LIMIT", -1)):
        monkeypatch.setattr(xlsx_bounds, name, bound)
        with pytest.raises(Unreadable, match=str(bound)):
            rows_of(content)
