"""`lienthong schema`: where it writes, and what it answers."""

import io
from pathlib import Path

import pytest
from rich.console import Console

from lienthong.cli.schemas import write
from lienthong.configuration.json_schema.write import FOLDER
from lienthong.runtime.project import Project


@pytest.mark.parametrize("named", [True, False])
def test_the_schemas_are_written_where_the_files_refer_to_or_where_it_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, named: bool
) -> None:
    monkeypatch.setenv("LIENTHONG_LANG", "en")
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "bus.yaml").write_text("room: 5\n", encoding="utf-8")
    answer = io.StringIO()
    out = tmp_path / "elsewhere" if named else None
    write(Console(file=answer, width=500), Project(tmp_path, tmp_path / "var", {}), out)
    folder = out or tmp_path / FOLDER
    assert len(list(folder.glob("*.schema.json"))) == 14
    assert answer.getvalue().startswith(f"14 schemas are in {folder}.")
