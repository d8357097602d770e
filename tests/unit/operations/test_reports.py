"""Reports are written whole or not at all, one file for each format."""

from pathlib import Path
from typing import Any

import pytest

from lienthong import Rejected
from lienthong.operations.reports import write_reports


class FakeReport:
    """A report whose document is its period; it knows the periods of 2023 only."""

    def build(self, period: str) -> Any:
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
        names = [path.name for path in written]
        assert names == ["a-2023-11.txt", "a-2023-12.txt", "b-2023-11.txt", "b-2023-12.txt"]
        assert sorted(path.name for path in (tmp_path / "out").iterdir()) == names, "nothing unfinished is left"
    assert written[0].read_text() == "report of 2023-11"


def test_a_period_that_a_report_does_not_know_leaves_no_folder(tmp_path: Path) -> None:
    reports: Any = {"a": FakeReport()}
    with pytest.raises(Rejected):
        write_reports(reports, FORMATS, periods=["2022-11"], folder=tmp_path / "out")
    assert not (tmp_path / "out").exists()
