"""YAML files read as values that know their position."""

from pathlib import Path

from lienthong.configuration.document import Document
from lienthong.configuration.yaml_reader import read


def document(tmp_path: Path, text: str, variables: dict[str, str] | None = None) -> Document:
    path = tmp_path / "x.yaml"
    path.write_text(text, encoding="utf-8")
    return read(path, "x.yaml", variables)


def test_values_are_plain_python_and_keep_their_places(tmp_path: Path) -> None:
    read_back = document(tmp_path, "# first\na: 1\nb:\n  - x\n  - {c: [true, null, 1.5]}\nđ: 'ê'\n")
    assert read_back.value == {"a": 1, "b": ["x", {"c": [True, None, 1.5]}], "đ": "ê"}
    assert read_back.findings == []
    positions = {path: (position.line, position.column) for path, position in read_back.values.items()}
    assert positions[("a",)] == (2, 4)
    assert positions[("b", 1, "c", 2)] == (5, 22)
    assert positions[("đ",)] == (6, 4)
    assert (read_back.keys[("b", 1, "c")].line, read_back.keys[("b", 1, "c")].column) == (5, 6)


def test_an_alias_stands_for_a_copy_of_its_anchor(tmp_path: Path) -> None:
    read_back = document(tmp_path, "a: &a {b: [1, 2]}\nc: *a\n")
    assert read_back.value == {"a": {"b": [1, 2]}, "c": {"b": [1, 2]}}
    assert read_back.position(("c", "b", 1)).line == 1


def test_what_is_not_there_is_placed_by_what_is_around_it(tmp_path: Path) -> None:
    read_back = document(tmp_path, "a: 1\nb:\n  c: 2\n")
    assert read_back.position(("b", "nothing", 5)).line == 3
    assert read_back.position(("nothing",)).line == 1


def test_a_folder_of_that_name_is_a_finding(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").mkdir()
    read_back = read(tmp_path / "x.yaml", "x.yaml", {})
    assert [finding.code for finding in read_back.findings] == ["LT115"]


def test_a_dangling_link_is_a_finding(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").symlink_to(tmp_path / "gone.yaml")
    assert [finding.code for finding in read(tmp_path / "x.yaml", "x.yaml", {}).findings] == ["LT115"]


def test_what_comes_from_the_environment_stays_text(tmp_path: Path) -> None:
    read_back = document(tmp_path, "a: ${A}\nb: ${B:-no}\n", {"A": "052099"})
    assert read_back.value == {"a": "052099", "b": "no"}


def test_without_variables_nothing_is_put_in(tmp_path: Path) -> None:
    assert document(tmp_path, "a: ${A}\n").value == {"a": "${A}"}
