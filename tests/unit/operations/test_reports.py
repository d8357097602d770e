"""Reports are written whole or not at all, one file for each format; what cannot be made costs no other file."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import lxml.html
import pytest

from lienthong import WHOLE, Column, Document, Figure, Part, Rejected, Scope, Sheet, Transient, figure_anchor
from lienthong.operations.proof_page import SHOWN_EVENTS, render_proof_page
from lienthong.operations.reports import write_reports
from tests.unit.operations.counted_report import document


class FakeReport:
    """A report whose document is its period; it knows the periods of 2023 only."""

    def build(self, period: str, *, scope: Scope = WHOLE) -> Any:
        if not period.startswith("2023-"):
            raise Rejected("no such period", field="period")
        return period


def render_text(document: Any) -> bytes:
    return f"report of {document}".encode()


FORMATS = {"txt": f"{__name__}.render_text"}


def test_each_report_is_written_for_each_period_and_a_second_time_replaced(tmp_path: Path) -> None:
    reports: Any = {"a": FakeReport(), "b": FakeReport()}
    for _ in range(2):
        written = write_reports(reports, FORMATS, periods=["2023-11", "2023-12"], folder=tmp_path / "out")
        names = [path.name for path in written.paths]
        assert written.faults == []
        assert names == ["a-2023-11.txt", "a-2023-12.txt", "b-2023-11.txt", "b-2023-12.txt"]
        assert sorted(path.name for path in (tmp_path / "out").iterdir()) == names, "nothing unfinished is left"
    assert written.paths[0].read_text() == "report of 2023-11"


def test_a_period_that_a_report_does_not_know_leaves_no_folder(tmp_path: Path) -> None:
    reports: Any = {"a": FakeReport()}
    with pytest.raises(Rejected):
        write_reports(reports, FORMATS, periods=["2022-11"], folder=tmp_path / "out")
    assert not (tmp_path / "out").exists()


class TableReport:
    """A report of one table, in which some rows may be more than `render_strict` takes."""

    def __init__(self, rows: Sequence[Sequence[Any]] = (), *, title: str = "Danh sách", total: Any = None) -> None:
        self._rows, self._title, self._total = rows, title, total

    def build(self, period: str, *, scope: Scope = WHOLE) -> Document:
        return Document(
            name=f"table-{period}",
            title=self._title,
            subtitle="",
            period=period,
            agency="UBND tỉnh",
            place="Quy Nhơn",
            issued_on=datetime(2023, 12, 1, tzinfo=UTC),
            payload={},
            sheets=[
                Sheet("Tổng hợp", (Column("TT", "number"),), [(1,)]),
                Sheet("Hồ sơ", (Column("TT", "number"), Column("Mã")), self._rows, self._total),
            ],
        )


class BrokenReport:
    """A report that cannot be built."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def build(self, _period: str, *, scope: Scope = WHOLE) -> Any:
        raise self._error


def render_strict(document: Any) -> bytes:
    """Fails at the word "bad", as a layout library does at a text that fits no page."""
    lines = [document.title, *(repr([*sheet.rows, sheet.total]) for sheet in document.sheets)]
    if any("bad" in line for line in lines):
        raise ValueError("the cell of Nguyễn Văn Mẫu, 052085001234")
    return "".join(lines).encode()


BOTH = {"strict": f"{__name__}.render_strict", "lax": f"{__name__}.render_lax"}


def render_lax(document: Any) -> bytes:
    return repr(document).encode()


def _rows(count: int, *bad: int) -> list[tuple[int, str]]:
    return [(number, f"H08.{number:05}{' bad' if number in bad else ''}") for number in range(1, count + 1)]


@pytest.mark.parametrize(
    ("report", "place"),
    [
        (TableReport(_rows(100, 77)), "H08.00077 bad"),
        (TableReport(_rows(1, 1)), "H08.00001 bad"),
        (TableReport(_rows(9, 2, 8)), "H08.00002 bad"),
        (TableReport(_rows(3), total=("", "bad")), "Hồ sơ"),
        (TableReport(_rows(3), title="bad"), "văn bản"),
    ],
)
def test_what_cannot_be_rendered_costs_its_own_file_and_is_named(tmp_path: Path, report: Any, place: str) -> None:
    (tmp_path / "a-2023-11.strict").write_text("of an earlier run")
    reports: Any = {"a": report, "b": TableReport(_rows(2))}
    written = write_reports(reports, BOTH, periods=["2023-11"], folder=tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a-2023-11.lax", "b-2023-11.lax", "b-2023-11.strict"]
    assert [path.name for path in written.paths] == ["a-2023-11.lax", "b-2023-11.strict", "b-2023-11.lax"]
    (fault,) = written.faults
    assert "a-2023-11.strict" in fault and place in fault and "ValueError" in fault
    assert "052085001234" not in fault and "Nguyễn" not in fault, "the text of a library's error may be personal"


def test_a_named_row_shows_no_personal_number_and_no_endless_text(tmp_path: Path) -> None:
    rows = [(1, "052085001234 " + "dài " * 1000 + "bad")]
    (fault,) = write_reports({"a": TableReport(rows)}, BOTH, periods=["2023-11"], folder=tmp_path).faults
    assert "052085001234" not in fault and len(fault) < 300


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (Transient("kho dữ liệu không trả lời"), "kho dữ liệu không trả lời"),
        (Rejected("tháng 2 không có ngày 30", field="cut_off_day"), "tháng 2 không có ngày 30"),
        (ZeroDivisionError("Nguyễn Văn Mẫu"), "ZeroDivisionError"),
    ],
)
def test_a_report_that_cannot_be_built_costs_its_own_files(tmp_path: Path, error: Exception, words: str) -> None:
    reports: Any = {"a": BrokenReport(error), "b": TableReport(_rows(2))}
    written = write_reports(reports, BOTH, periods=["2023-11", "2023-12"], folder=tmp_path)
    assert len(written.paths) == 4 and len(written.faults) == 2
    assert words in written.faults[0] and "2023-11" in written.faults[0] and "Nguyễn" not in written.faults[0]


class EmptyReport:
    """A report with one note."""

    def build(self, period: str, *, scope: Scope = WHOLE) -> Document:
        at = datetime(2023, 12, 1, tzinfo=UTC)
        return Document("a", "A", "", period, "", "", at, payload={}, sheets=[], notes=["Một ghi chú."])


class FakeLedger:
    """A ledger of one chain."""

    def heads(self) -> dict[str, str]:
        return {"main": "63ffa30e"}


def render_notes(document: Document) -> bytes:
    return "\n".join(document.notes).encode()


def test_the_notes_name_the_heads_of_the_ledger_that_a_report_stands_on(tmp_path: Path) -> None:
    formats, ledger = {"txt": f"{__name__}.render_notes"}, FakeLedger()
    reports: Any = {"a": EmptyReport()}
    written = write_reports(reports, formats, periods=["2023-11"], folder=tmp_path, ledger=ledger)  # type: ignore[arg-type]  # only its heads are read
    note, heads = written.paths[0].read_text(encoding="utf-8").splitlines()
    assert note == "Một ghi chú."
    assert "main 63ffa30e" in heads


class Letters:
    """A report with a part for each of these units."""

    def __init__(self, *units: str) -> None:
        self._units = units

    def build(self, period: str, *, scope: Scope = WHOLE) -> Document:
        parts = [
            Part(unit, None, TableReport([(1, f"of {number}")]).build(period))
            for number, unit in enumerate(self._units)
        ]
        return replace(TableReport(_rows(2)).build(period), parts=parts)


def test_each_part_has_files_of_its_own_and_those_of_earlier_parts_are_removed(tmp_path: Path) -> None:
    letters = tmp_path / "a-2023-11"
    formats = {"lax": f"{__name__}.render_lax"}
    for units in (("H08.02", "H08.31.01"), ("H08.31.01", "../out", ".hidden")):
        reports: Any = {"a": Letters(*units)}
        written = write_reports(reports, formats, periods=["2023-11"], folder=tmp_path, with_parts=True)
        assert written.faults == []
        if units[0] == "H08.02":
            (letters / "kept.by-hand").write_text("not ours")
    named = {path.name for path in letters.iterdir()}
    assert {"H08.31.01.lax", "kept.by-hand"} < named and "H08.02.lax" not in named
    assert len(named) == 4, "a code that is no name of a file stands under a digest"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a-2023-11", "a-2023-11.lax"]
    assert "of 0" in (letters / "H08.31.01.lax").read_text() and "of 1" not in (letters / "H08.31.01.lax").read_text()


def test_parts_are_written_only_where_they_are_asked_for(tmp_path: Path) -> None:
    reports: Any = {"a": Letters("H08.02")}
    write_reports(reports, {"lax": f"{__name__}.render_lax"}, periods=["2023-11"], folder=tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["a-2023-11.lax"]


@pytest.mark.parametrize("report", [BrokenReport(Transient("kho không trả lời")), TableReport(_rows(2))])
def test_no_part_of_an_earlier_run_is_left_beside_a_report_that_has_none(tmp_path: Path, report: Any) -> None:
    formats = {"lax": f"{__name__}.render_lax"}
    for with_parts in (True, False):
        reports: Any = {"a": Letters("H08.02")}
        write_reports(reports, formats, periods=["2023-11"], folder=tmp_path, with_parts=True)
        assert (tmp_path / "a-2023-11" / "H08.02.lax").exists()
        write_reports({"a": report}, formats, periods=["2023-11"], folder=tmp_path, with_parts=with_parts)
        assert list((tmp_path / "a-2023-11").iterdir()) == []


def test_the_proof_of_a_report_states_each_figure_and_an_earlier_one_never_stays(tmp_path: Path) -> None:
    class Counted:
        def build(self, period: str, *, scope: Scope = WHOLE) -> Document:
            return document({"total": Figure("all", ["b", "a"]), "letters.H08": Figure("some", ["a"], ["b", "a"])})

    formats = {"txt": "tests.unit.operations.test_reports.render_text"}
    reports = {"papers": Counted()}
    written = write_reports(reports, formats, periods=["2023-11"], folder=tmp_path, with_proof=True)
    names = ["papers-2023-11.txt", "papers-2023-11.proof.json", "papers-2023-11.proof.html"]
    assert [path.name for path in written.paths] == names
    assert "proof='papers-2023-11.proof.html'" in written.paths[0].read_text()
    found = json.loads(written.paths[1].read_bytes())
    both = {"count": 2, "digest": hashlib.sha256(b"a\nb\n").hexdigest()}
    assert (found["report"], found["period"], found["unit"], found["tree"]) == ("papers", "2023-11", None, "period")
    assert found["figures"]["total"] == {"value": 4, "formula": "all", "numerator": both, "denominator": None}
    assert found["figures"]["letters.H08"]["denominator"] == both
    first = written.paths[1].read_bytes()
    write_reports(reports, formats, periods=["2023-11"], folder=tmp_path, with_proof=True)
    assert written.paths[1].read_bytes() == first
    write_reports(reports, formats, periods=["2023-11"], folder=tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["papers-2023-11.txt"]


def test_the_page_of_proofs_has_each_figure_where_a_link_leads_and_text_stays_text() -> None:
    events = [f"event-{number:03}" for number in range(60)]
    figures = {"total": Figure("<all>", events), "letters.H08": Figure("some", ["a"], ["b", "a"])}
    page = lxml.html.document_fromstring(render_proof_page(document(figures), report="papers"))
    whole, part = (page.get_element_by_id(figure_anchor(path)) for path in ("total", "letters.H08"))
    assert whole.findtext("h2") == "total: 4" and whole.findtext("p") == "<all>"
    assert len(whole.findall(".//li")) == SHOWN_EVENTS
    assert [item.text_content() for item in part.findall(".//li")] == [
        f"lienthong trail {one}" for one in ("a", "a", "b")
    ]
    assert "--period 2023-11 --explain letters.H08" in part.text_content()
    assert not page.xpath("//script | //@href | //@src")
