"""Variables from the environment, from the project's `.env`, and from files that `NAME_FILE` names."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from lienthong.runtime.environment import BadVariable, Variables, load_env_file, share_direct_variables


@pytest.fixture(autouse=True)
def environment() -> Iterator[None]:
    before = dict(os.environ)
    yield
    os.environ.clear()
    os.environ.update(before)


def write_env(folder: Path, text: str) -> None:
    (folder / ".env").write_text(text, encoding="utf-8")


def test_a_variable_may_stand_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    variables = Variables({"SECRET_FILE": str(file), "PLAIN": "x", "EMPTY": "", "EMPTY_FILE": str(file)})
    for written, value in (("bí mật\n", "bí mật"), ("two\nlines\r\n", "two\nlines"), (" kept \n\n", " kept \n")):
        file.write_bytes(written.encode())
        assert variables["SECRET"] == variables["EMPTY"] == value, "one line break at the end is not part of it"
    assert variables["PLAIN"] == "x" and "MISSING" not in variables and variables.get("MISSING") is None
    assert set(variables) == {"SECRET", "SECRET_FILE", "PLAIN", "EMPTY", "EMPTY_FILE"}
    assert len(variables) == 5


def test_a_variable_given_twice_is_refused_and_both_names_are_named(tmp_path: Path) -> None:
    variables = Variables({"SECRET": "a", "SECRET_FILE": str(tmp_path / "secret")})
    with pytest.raises(BadVariable, match=r"SECRET .* SECRET_FILE"):
        variables["SECRET"]


def test_a_file_that_cannot_be_read_is_refused_with_variable_and_file(tmp_path: Path) -> None:
    missing, binary = tmp_path / "missing", tmp_path / "binary"
    binary.write_bytes(b"\xff\xfe")
    for file in (missing, binary, tmp_path):
        with pytest.raises(BadVariable) as refused:
            Variables({"SECRET_FILE": str(file)}).get("SECRET")
        assert "SECRET_FILE" in str(refused.value) and str(file) in str(refused.value)


def test_the_env_file_fills_what_the_environment_leaves_open(tmp_path: Path) -> None:
    write_env(
        tmp_path,
        "# a comment\n\nexport TEST_A=from the file\nTEST_B='quoted # text'\nTEST_C=$TEST_A\n"
        "TEST_D=x\nTEST_E_FILE=/y\n",
    )
    os.environ |= {"TEST_A": "real", "TEST_D_FILE": "/real", "TEST_E": "real"}
    load_env_file(tmp_path)
    load_env_file(tmp_path)
    assert os.environ["TEST_A"] == "real"
    assert os.environ["TEST_B"] == "quoted # text"
    assert os.environ["TEST_C"] == "$TEST_A", "nothing is put in: a password may contain a dollar"
    assert "TEST_D" not in os.environ and "TEST_E_FILE" not in os.environ, "else a variable would be given twice"


@pytest.mark.parametrize(("text", "line"), [("A=1\n\nonly a sentence\n", 3), ("SECRET\n", 1), ("A='open\n", 1)])
def test_a_line_of_another_kind_is_refused_by_number_and_never_shown(tmp_path: Path, text: str, line: int) -> None:
    write_env(tmp_path, text)
    with pytest.raises(BadVariable) as refused:
        load_env_file(tmp_path)
    shown = str(refused.value)
    assert str(tmp_path / ".env") in shown and f" {line}:" in shown
    shown = shown.replace(str(tmp_path), "")
    assert "sentence" not in shown and "open" not in shown and "SECRET" not in shown


def test_a_folder_called_env_is_no_env_file(tmp_path: Path) -> None:
    (tmp_path / ".env").mkdir()
    load_env_file(tmp_path)


def test_what_other_rooms_read_from_the_environment_is_put_there(tmp_path: Path) -> None:
    (tmp_path / "ca").write_text("/etc/ca.pem\n", encoding="utf-8")
    os.environ.pop("LIENTHONG_BROKER_CA", None)
    share_direct_variables(Variables({"LIENTHONG_BROKER_CA_FILE": str(tmp_path / "ca")}))
    assert os.environ["LIENTHONG_BROKER_CA"] == "/etc/ca.pem"
