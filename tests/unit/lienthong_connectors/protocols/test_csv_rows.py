"""Rows of CSV: what is written by the rules is read back, and what breaks them costs its own line."""

import csv
import io
import time

from hypothesis import given
from hypothesis import strategies as st

from lienthong.connectors.protocols.csv_rows import csv_rows

CELLS = st.text(st.sampled_from('ab";,\t \n\r"Đ'), max_size=6)
TABLES = st.lists(st.lists(CELLS, min_size=1, max_size=4), max_size=12)


def lines_of(text: str) -> list[str]:
    return list(io.StringIO(text, newline=""))


def written(rows: list[list[str]], separator: str) -> str:
    text = io.StringIO()
    csv.writer(text, delimiter=separator, quoting=csv.QUOTE_ALL).writerows(rows)
    return text.getvalue()


@given(rows=TABLES, separator=st.sampled_from(";,\t"))
def test_what_is_written_by_the_rules_is_read_back(rows: list[list[str]], separator: str) -> None:
    found = list(csv_rows(lines_of(written(rows, separator)), separator))
    assert [row.cells for row in found] == rows
    assert not any(row.fault for row in found)


def test_a_cell_of_many_lines_may_stand_anywhere() -> None:
    rows = [[str(number), "x\n" * (number % 7), "y"] for number in range(300)]
    found = list(csv_rows(lines_of(written(rows, ";")), ";"))
    assert [row.cells for row in found] == rows


@given(broken=st.lists(st.booleans(), min_size=1, max_size=40))
def test_every_line_is_a_row_or_a_fault_of_its_own(broken: list[bool]) -> None:
    lines = [f'{number};"open' if is_broken else f"{number};x" for number, is_broken in enumerate(broken)]
    found = list(csv_rows(lines_of("\n".join(lines) + "\n"), ";"))
    assert [bool(row.fault) for row in found] == broken
    assert [row.place["line"] for row in found] == list(range(1, len(broken) + 1))


def test_ten_thousand_open_quotation_marks_are_read_in_seconds() -> None:
    began = time.monotonic()
    found = list(csv_rows(lines_of('1;"open\n' * 10_000), ";"))
    assert sum(bool(row.fault) for row in found) == 10_000
    assert time.monotonic() - began < 20
