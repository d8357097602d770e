"""Making a project: every template becomes a file, in the reader's language, in an empty folder only."""

import re
from pathlib import Path

import pytest

from lienthong.scaffold import SUFFIX, TEMPLATES, NotEmpty, make_project


def files_in(folder: Path) -> dict[str, str]:
    return {str(path.relative_to(folder)): path.read_text("utf-8") for path in folder.rglob("*") if path.is_file()}


def test_templates_are_data_that_no_import_and_no_linter_finds() -> None:
    assert {path.suffix for path in TEMPLATES.rglob("*") if path.is_file()} == {SUFFIX}


@pytest.mark.parametrize(("language", "first"), [("vi", "Một dòng xử lý"), ("en", "A pipeline")])
def test_a_project_has_one_readme_in_the_readers_language(
    language: str, first: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LIENTHONG_LANG", language)
    make_project(tmp_path / "shop")
    files = files_in(tmp_path / "shop")
    assert first in files["README.md"]
    assert f"language: {language}\n" in files["config/bus.yaml"]
    assert {name for name in files if "README" in name} == {"README.md"}
    assert {".gitignore", ".env.example", "routes/orders.yaml", "routes/orders.cases.yaml"} <= set(files)


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_value_is_filled_in(language: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIENTHONG_LANG", language)
    make_project(tmp_path / "shop")
    assert [name for name, text in files_in(tmp_path / "shop").items() if re.search("@[A-Z_]+@", text)] == []
    assert files_in(tmp_path / "shop")["README.md"].startswith("# shop\n")


def test_both_languages_have_the_same_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for language in ("vi", "en"):
        monkeypatch.setenv("LIENTHONG_LANG", language)
        make_project(tmp_path / language)
    assert set(files_in(tmp_path / "vi")) == set(files_in(tmp_path / "en"))


def test_an_empty_folder_may_exist_and_parents_are_created(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    make_project(tmp_path / "empty")
    make_project(tmp_path / "a" / "b")
    assert files_in(tmp_path / "empty")["routes/orders.yaml"] == files_in(tmp_path / "a" / "b")["routes/orders.yaml"]


@pytest.mark.parametrize("content", ["file", "folder"])
def test_a_folder_that_is_not_empty_is_refused_and_left_as_it_is(content: str, tmp_path: Path) -> None:
    folder = tmp_path / "shop"
    folder.mkdir()
    if content == "file":
        (folder / ".hidden").write_text("x")
    else:
        (folder / "config").mkdir()
    with pytest.raises(NotEmpty) as refused:
        make_project(folder)
    assert str(folder) in str(refused.value)
    assert len(list(folder.rglob("*"))) == 1


def test_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "shop").write_text("x")
    with pytest.raises(NotEmpty):
        make_project(tmp_path / "shop")
    assert (tmp_path / "shop").read_text() == "x"
