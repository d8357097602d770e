"""CSV with faults: each costs its own line, is named by it, and every line of the file is accounted for."""

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from lienthong.connectors.protocols.file_notices import FileNotices
from lienthong.connectors.protocols.records import kept_of
from lienthong.connectors.protocols.tables import Columns, Row, Unreadable, read_rows
from lienthong.notices import Notices

HEADER = "code;name;agency;day"
ENDS = ["\n", "\r\n"]


def rows_of(text: str | bytes, **settings: str) -> list[Row]:
    content = text.encode() if isinstance(text, str) else text
    tell = FileNotices(Notices(), "a.csv")
    return list(read_rows(content, Columns(required=("code",)), is_xlsx=False, tell=tell, **settings))  # type: ignore[arg-type]  # texts only


def outcome(lines: list[str], end: str = "\n") -> tuple[list[str], list[int]]:
    """The codes that were read, and the lines that are faults."""
    found = rows_of(end.join([HEADER, *lines]) + end)
    return [row.body["code"] for row in found if row.body], [int(row.place["line"]) for row in found if not row.body]


def line(number: int, name: str = "Sở Y tế") -> str:
    return f"K{number};{name};H08.{number};20231101"


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("count", [3, 250, 1200])
@pytest.mark.parametrize("cell", ['"Sở Y tế', 'Sở "Y tế', 'Sở Y tế"', '"Sở" Y tế', '"'])
@pytest.mark.parametrize("place", ["first", "middle", "last"])
def test_a_stray_quotation_mark_costs_its_own_line(end: str, count: int, cell: str, place: str) -> None:
    bad = {"first": 0, "middle": count // 2, "last": count - 1}[place]
    lines = [line(number, cell if number == bad else "Sở Y tế") for number in range(count)]
    codes, faults = outcome(lines, end)
    assert faults == [bad + 2]
    assert codes == [f"K{number}" for number in range(count) if number != bad]


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("distance", [1, 2, 5, 300])
@pytest.mark.parametrize("cells", [('"a', '"b'), ('"a', 'b"'), ('a"', '"b'), ('"a', '"b"c')])
def test_two_stray_quotation_marks_cost_their_own_lines(end: str, distance: int, cells: tuple[str, str]) -> None:
    lines = [line(number) for number in range(distance + 3)]
    lines[1], lines[1 + distance] = line(1, cells[0]), line(1 + distance, cells[1])
    codes, faults = outcome(lines, end)
    assert faults == [3, 3 + distance]
    assert codes == [f"K{number}" for number in range(distance + 3) if number not in (1, 1 + distance)]


@given(st.lists(st.sampled_from(["good", "open", "closed", "inner", "lines", "pair"]), min_size=1, max_size=30))
def test_every_line_is_accounted_for_whatever_stands_beside_it(kinds: list[str]) -> None:
    cells = {"good": "x", "open": '"x', "closed": 'x"', "inner": 'x"y', "lines": '"x\ny"', "pair": 'x "y" z'}
    lines = [line(number, cells[kind]) for number, kind in enumerate(kinds)]
    codes, _ = outcome(lines)
    wanted = [f"K{number}" for number, kind in enumerate(kinds) if kind in ("good", "pair")]
    assert [code for code in codes if code in wanted] == wanted
    with structlog.testing.capture_logs() as logs:
        text = "\n".join([HEADER, *lines]) + "\n"
        found = rows_of(text)
    (read,) = [entry for entry in logs if entry["event"] == "file read"]
    assert read["lines"] == text.count("\n")
    assert read["rows"] + read["unreadable"] == len(found)


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("lines_of_cell", [2, 5, 400])
def test_a_quoted_cell_may_have_many_lines_at_any_place(end: str, lines_of_cell: int) -> None:
    long = end.join(f"Sở {n}; phòng" for n in range(lines_of_cell))
    quoted = f'"{long}"'
    rows = [f"K1;{quoted};H08.1;20231101", line(2), f"{quoted};x;H08.3;20231101", f"K4;x;H08.4;{quoted}"]
    found = rows_of(end.join([HEADER, *rows]))
    assert [row.fault for row in found] == [""] * 4
    assert [row.place["line"] for row in found] == [2, 2 + lines_of_cell, 3 + lines_of_cell, 3 + 2 * lines_of_cell]
    assert found[0].body == {"code": "K1", "name": long, "agency": "H08.1", "day": "20231101"}


def test_marks_within_a_text_stay() -> None:
    (row,) = rows_of(f'{HEADER}\nK1;Trường "Nguyễn Du";"a ""b"" c";\n')
    assert row.body == {"code": "K1", "name": 'Trường "Nguyễn Du"', "agency": 'a "b" c', "day": None}


@pytest.mark.parametrize("cell", ['="052"', '"=""052"""'])
def test_a_formula_around_a_text_is_no_part_of_it(cell: str) -> None:
    (row,) = rows_of(f"{HEADER}\nK1;{cell};;\n")
    assert (row.body or {})["name"] == "052"


@pytest.mark.parametrize("bad", ["K2;x;H08", "K2", "K2;x;y;z;more", "K2;x;y;z;;;more", 'K2;"x;y";z'])
def test_a_row_that_does_not_fit_the_header_is_a_fault(bad: str) -> None:
    codes, faults = outcome([line(1), bad, line(3)])
    assert (codes, faults) == (["K1", "K3"], [3])


def test_empty_cells_and_lines_at_the_end_do_not_matter() -> None:
    assert outcome(["K1;x;y;z;;;", "", ";;;", "K2;x;;"]) == (["K1", "K2"], [])
    assert [row.body for row in rows_of("code;name;;\nK1;x;;\n")] == [{"code": "K1", "name": "x"}]


def test_a_mark_in_the_header_is_named_as_the_fault_of_the_header() -> None:
    with pytest.raises(Unreadable, match="dòng 2 sai quy tắc"):
        rows_of(f'Danh sách\ncode;"name;agency;day\n{line(1)}\n')


@pytest.mark.parametrize(
    "header", ["code;name;CODE", "code;ma_don_vi;maDonVi", "code;Mã đơn vị;mã  ĐƠN VỊ", "code;a;a\u200b"]
)
def test_a_column_that_occurs_twice_is_refused_by_name(header: str) -> None:
    with pytest.raises(Unreadable, match="hai lần"):
        rows_of(f"{header}\n1;2;3\n")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("code;tên\nK1;Đỗ\n".encode("utf-16"), "UTF-16"),
        ("code;tên\nK1;Đỗ\n".encode("utf-16-le"), "UTF-16"),
        ("code;tên\nK1;Sở Đỗ\n".encode("cp1258", "replace"), "Windows-1258"),
        (b"PK\x03\x04" + b"\0" * 100, ".xlsx"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 100, ".xlsx"),
        (b"", "tiêu đề cột"),
        (b"a;b\n1;2\n", "tiêu đề cột"),
    ],
)
def test_a_file_that_is_no_utf_8_is_refused_in_words(content: bytes, words: str) -> None:
    with pytest.raises(Unreadable) as refused:
        rows_of(content)
    assert words in str(refused.value)


def test_a_stray_byte_or_a_zero_costs_its_own_line() -> None:
    good = [line(number, "Sở Y tế").encode() for number in range(6)]
    good[2] = good[2].replace("ế".encode(), b"\xea")
    good[4] = good[4].replace(b"K4", b"K4\0")
    found = rows_of(b"\n".join([HEADER.encode(), *good]))
    assert [row.body["code"] for row in found if row.body] == ["K0", "K1", "K3", "K5"]
    faults = [row for row in found if not row.body]
    assert [row.place["line"] for row in faults] == [4, 6]
    assert "0xEA" in faults[0].fault and "NUL" in faults[1].fault


def test_one_stray_byte_in_a_file_without_accents_costs_its_own_line_and_keeps_its_cells() -> None:
    found = rows_of(b"code;name\nK1;a\nK2;Nguy\xean\nK3;b\n")
    assert [row.body and row.body["code"] for row in found] == ["K1", None, "K3"]
    assert kept_of(found[1].kept) == {"code": "K2", "name": "Nguy\ufffdn"}


def test_a_byte_that_the_named_encoding_does_not_have_costs_its_own_line() -> None:
    found = rows_of("code;tên\nK1;Đê\nK2;x\nK3;Đê\n".encode("cp1258").replace(b"x", b"\x8d"), encoding="cp1258")
    assert [row.place["line"] for row in found if row.fault] == [3]
    assert "0x8D" in found[1].fault and "CP1258" in found[1].fault


@pytest.mark.parametrize("encoding", ["ascii", "utf-16", "cp1258"])
def test_a_file_of_another_encoding_than_the_named_one_is_refused_with_what_to_do(encoding: str) -> None:
    content = b"code;t\x8dn\n" + b"K1;\x8d\n" * 8
    with pytest.raises(Unreadable) as refused:
        rows_of(content, encoding=encoding)
    assert encoding.upper() in str(refused.value) and "`encoding`" in str(refused.value)


@pytest.mark.parametrize(
    ("bad", "kept"),
    [
        ('K2;"x;y;z', {"value": 'K2;"x;y;z'}),
        ("K2;x;y", {"code": "K2", "name": "x", "agency": "y", "day": None}),
        ("K2;x;y;z;more", {"code": "K2", "name": "x", "agency": "y", "day": "z", "extra_cells": ["more"]}),
        ("K2;#N/A;y;z", {"code": "K2", "name": "#N/A", "agency": "y", "day": "z"}),
    ],
)
def test_a_row_that_cannot_be_read_keeps_what_stands_there(bad: str, kept: dict[str, object]) -> None:
    found = rows_of(f"{HEADER}\n{line(1)}\n{bad}\n{line(3)}\n")
    assert [bool(row.fault) for row in found] == [False, True, False]
    assert kept_of(found[1].kept) == kept


def test_another_encoding_may_be_named() -> None:
    (row,) = rows_of("code;tên\nK1;Đỗ\n".encode("utf-16"), encoding="utf-16")
    assert row.body == {"code": "K1", "tên": "Đỗ"}


def test_invisible_characters_in_the_header_do_not_matter() -> None:
    (row,) = rows_of("\ufeff\u200bco\u00adde\ufeff;na\u200bme\nK1;x\n")
    assert row.body == {"code": "K1", "name": "x"}
