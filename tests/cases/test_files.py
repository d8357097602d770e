"""Files as people really save them: a row that is not understood costs that row, a file that is not costs that file."""

import shutil
from pathlib import Path

import pytest

from lienthong.runtime.endpoints import Endpoints
from tests.cases.province import Province, case, files_project, poll_all, result_of, settings_of

ROWS = (14, 20, 21, 22, 23, 24, 25, 26, 27, 37)
NAMED = {
    23: ("danhsach.csv.zip", "danhsach.ods", "danhsach.txt", "danhsach.xls", "danhsach.xlsm"),
    27: ("a.xlsx",),
}
"""Files that the source must name, because they cannot be read."""


@pytest.mark.parametrize("number", ROWS)
def test_what_can_be_read_is_delivered_and_the_rest_is_named(number: int, tmp_path: Path) -> None:
    found = case(number)
    drop = shutil.copytree(found.folder / "drop", tmp_path / "drop")
    settings = settings_of(files_project(tmp_path / "project", drop), {})
    endpoints = Endpoints(tmp_path / "data")
    with Province(settings, endpoints) as province:
        why = province.poll()
    assert set(why) <= {"ccvc"}
    first = result_of(endpoints.database_url())
    first.check(found.expected.get("good", ()), found.expected["dead"], found.expected.get("names", ()))
    shown = " ".join([*why.values(), *province.notices])
    assert all(name in shown for name in NAMED.get(number, ())), shown
    assert poll_all(settings, endpoints).keys() == why.keys()
    assert result_of(endpoints.database_url()) == first, "a second run of the same changes nothing"
