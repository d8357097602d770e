"""YAML files read with their places; variables; durations; folding."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lienthong.configuration import duration
from lienthong.configuration.document import Document
from lienthong.configuration.nodes import read
from lienthong.configuration.text import substitute
from lienthong.settings import fold


def document(tmp_path: Path, text: str, variables: dict[str, str] | None = None) -> Document:
    path = tmp_path / "x.yaml"
    path.write_text(text, encoding="utf-8")
    return read(path, "x.yaml", variables)


def test_values_are_plain_python_and_keep_their_places(tmp_path: Path) -> None:
    told = document(tmp_path, "# first\na: 1\nb:\n  - x\n  - {c: [true, null, 1.5]}\nđ: 'ê'\n")
    assert told.value == {"a": 1, "b": ["x", {"c": [True, None, 1.5]}], "đ": "ê"}
    assert told.findings == []
    spots = {path: (spot.line, spot.column) for path, spot in told.values.items()}
    assert spots[("a",)] == (2, 4)
    assert spots[("b", 1, "c", 2)] == (5, 22)
    assert spots[("đ",)] == (6, 4)
    assert (told.keys[("b", 1, "c")].line, told.keys[("b", 1, "c")].column) == (5, 6)


def test_an_alias_stands_for_a_copy_of_its_anchor(tmp_path: Path) -> None:
    told = document(tmp_path, "a: &a {b: [1, 2]}\nc: *a\n")
    assert told.value == {"a": {"b": [1, 2]}, "c": {"b": [1, 2]}}
    assert told.spot(("c", "b", 1)).line == 1


def test_what_is_not_there_is_placed_by_what_is_around_it(tmp_path: Path) -> None:
    told = document(tmp_path, "a: 1\nb:\n  c: 2\n")
    assert told.spot(("b", "nothing", 5)).line == 3
    assert told.spot(("nothing",)).line == 1


def test_a_folder_of_that_name_is_a_finding(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").mkdir()
    told = read(tmp_path / "x.yaml", "x.yaml", {})
    assert [finding.code for finding in told.findings] == ["LT115"]


def test_a_dangling_link_is_a_finding(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").symlink_to(tmp_path / "gone.yaml")
    assert [finding.code for finding in read(tmp_path / "x.yaml", "x.yaml", {}).findings] == ["LT115"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("${A}", "1"),
        ("a${A}b${B}", "a1b"),
        ("${C:-x}", "x"),
        ("${C:-}", ""),
        ("${B:-empty}", "empty"),
        ("${A:-x}", "1"),
        ("$${A}", "${A}"),
        ("$A and $", "$A and $"),
        ("${C:-http://x:1/a?b=c}", "http://x:1/a?b=c"),
        ("${D}", "${A}"),
    ],
)
def test_variables_are_put_in_once(text: str, value: str) -> None:
    assert substitute(text, {"A": "1", "B": "", "D": "${A}"}) == (value, [])


@pytest.mark.parametrize(
    ("text", "code"), [("${C}", "LT108"), ("${}", "LT114"), ("${A", "LT114"), ("${1A}", "LT114"), ("${A:x}", "LT114")]
)
def test_a_variable_that_cannot_be_put_in_is_told(text: str, code: str) -> None:
    assert [found[0] for found in substitute(text, {"A": "1"})[1]] == [code]


def test_what_comes_from_the_environment_stays_text(tmp_path: Path) -> None:
    told = document(tmp_path, "a: ${A}\nb: ${B:-no}\n", {"A": "052099"})
    assert told.value == {"a": "052099", "b": "no"}


def test_without_variables_nothing_is_put_in(tmp_path: Path) -> None:
    assert document(tmp_path, "a: ${A}\n").value == {"a": "${A}"}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("500ms", timedelta(milliseconds=500)),
        ("5s", timedelta(seconds=5)),
        ("2m", timedelta(minutes=2)),
        ("1h", timedelta(hours=1)),
        ("10d", timedelta(days=10)),
        ("0s", timedelta(0)),
    ],
)
def test_a_duration_is_a_number_and_a_unit(text: str, value: timedelta) -> None:
    assert duration.parse(text) == value


@pytest.mark.parametrize(
    "text", ["5", 5, "5 s", "s", "-5s", "5S", "1.5h", "1h30m", "٥s", None, "9999999999d", "999999999d "]
)
def test_anything_else_is_no_duration(text: Any) -> None:
    with pytest.raises(ValueError, match="write a number and a unit"):
        duration.parse(text)


@given(st.integers(1, 999), st.sampled_from(["ms", "s", "m", "h", "d"]))
def test_what_is_shown_of_a_duration_is_what_was_written_or_larger_units(count: int, unit: str) -> None:
    wait = duration.parse(f"{count}{unit}")
    shown = duration.show(wait)
    assert shown
    if count < 24:
        assert shown == f"{count}{unit}"


@given(st.text())
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


def test_composed_and_decomposed_letters_fold_alike() -> None:
    assert fold("Tr\u01b0\u0323c  tiê\u0301p ") == fold("TRỰC TIẾP") == "trực tiếp"
