"""The command line in two languages: help pages, usage errors, and the answer where there is no project."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.unit.cli.walk import WRONG

ROOT = Path(__file__).parents[3]
VIETNAMESE = re.compile("[ăâđêôơưĂÂĐÊÔƠƯà-ãè-êìíò-õùúýạ-ỹ]")
CODE = re.compile(r"`[^`]*`|--[\w-]+|LT\d+|[A-Z]+_[A-Z_]+")
NAMES = {
    "http",
    "url",
    "json",
    "xlsx",
    "html",
    "pdf",
    "zip",
    "xml",
    "etsi",
    "rabbitmq",
    "webhook",
    "cel",
    "amqp",
    "lienthong",
    "bash",
    "zsh",
    "fish",
    "powershell",
    "shell",
}
"""Words that are the same in both languages."""


@pytest.fixture(scope="module")
def seen() -> Mapping[str, Any]:
    return {language: walk(language) for language in ("vi", "en")}


def walk(language: str) -> Any:
    done = subprocess.run(
        [sys.executable, "-m", "tests.unit.cli.walk"],
        cwd=ROOT,
        env=os.environ | {"LIENTHONG_LANG": language},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return json.loads(done.stderr)


def words(text: str, *without: str) -> set[str]:
    """The words of three letters or more, without code and `without`."""
    return {word.lower() for word in re.findall(r"[^\W\d_]{3,}", CODE.sub(" ", text))} - NAMES - set(without)


def test_every_command_has_a_help_page_in_each_language_and_none_of_the_other(seen: Mapping[str, Any]) -> None:
    pages, english = seen["vi"]["pages"], seen["en"]["pages"]
    assert len(pages) == len(english) > 20
    names = {name for page in pages for name in re.split("[ -]", page)}
    choices = {"parked", "replayed", "discarded", "all", "running", "paused", "met", "breached"}
    choices |= {
        "period",
        "today",
        "held",
        "sending",
        "accepted",
        "delivered",
        "failed",
        "doubt",
        "expired",
        "suppressed",
        *("due", "drafted", "approved", "sent", "received"),
    }
    spoken = set[str]().union(*(words(page) for page in english.values()))
    for name, page in pages.items():
        assert VIETNAMESE.search(page) and "Cách dùng: " in page and "--help" in page
        plain = page.replace("not-sent", "")  # a choice of two words
        assert words(plain, *names, *choices) & spoken == set(), f"English in `{name} --help`"
    for name, page in english.items():
        assert not VIETNAMESE.search(page), f"Vietnamese in `{name} --help`"
        assert "Usage: " in page and "Options:" in page


def test_no_command_and_no_option_is_without_its_explanation(seen: Mapping[str, Any]) -> None:
    assert seen["en"]["unexplained"] == []


def test_a_wrong_call_is_explained_in_the_readers_language(seen: Mapping[str, Any]) -> None:
    names = {name for page in seen["vi"]["pages"] for name in re.split("[ -]", page)}
    given = {"procs", "nothing", "like", "trial", "two", "parked", "replayed", "discarded", "all"}
    spoken = {
        "the",
        "there",
        "option",
        "command",
        "argument",
        "value",
        "missing",
        "takes",
        "take",
        "see",
        "wrong",
        "write",
    }
    pairs = zip(WRONG, seen["vi"]["errors"], seen["en"]["errors"], strict=True)
    for call, (code, vietnamese), (code_too, english) in pairs:
        assert code == code_too == 2, call
        assert VIETNAMESE.search(vietnamese) and not VIETNAMESE.search(english), call
        assert (
            words(vietnamese, *names, *given) & (spoken | {"input", "should", "invalid", "got", "missing"}) == set()
        ), call
        assert words(english) & spoken, call
        assert "Error" not in english and "Input should" not in english, "nothing of Typer's own is left"
        assert vietnamese.endswith("--help`.") and english.endswith("--help`.")


def lienthong(*arguments: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "lienthong", *arguments],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize(
    "command",
    [
        ("check",),
        ("explain", "LT301"),
        ("run",),
        ("sandbox", "--recording", "x"),
        ("doctor",),
        ("dead", "list"),
        ("topology", "plan"),
    ],
    ids=" ".join,
)
def test_where_there_is_no_project_a_command_explains_what_to_do(command: tuple[str, ...], tmp_path: Path) -> None:
    done = lienthong(*command, cwd=tmp_path, LIENTHONG_LANG="en")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("This is not a Lienthong project: ") and done.stderr.count("\n") == 1
    assert "lienthong init DIR" in done.stderr and "--project DIR" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_help_version_and_completion_need_no_project(tmp_path: Path) -> None:
    detection = {"_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION": "1"}
    assert "Cách dùng" in lienthong("--help", cwd=tmp_path).stdout
    assert lienthong("--version", cwd=tmp_path).stdout == "lienthong 0.2.0\n"
    shown = lienthong("--show-completion", "bash", cwd=tmp_path, **detection)
    assert shown.returncode == 0 and "complete_bash" in shown.stdout
    installed = lienthong("--install-completion", "bash", cwd=tmp_path, HOME=str(tmp_path), **detection)
    assert installed.returncode == 0 and "Đã cài" in installed.stdout and "installed" not in installed.stdout
    assert (tmp_path / ".bash_completions" / "lienthong.sh").exists()
    typed = {"_LIENTHONG_COMPLETE": "complete_bash", "COMP_WORDS": "lienthong tr", "COMP_CWORD": "1"}
    assert lienthong(cwd=tmp_path, **typed).stdout.split() == ["trail"]


def test_the_env_file_of_the_project_chooses_the_language_of_its_help(tmp_path: Path) -> None:
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "bus.yaml").write_text("room: 10\n", encoding="utf-8")
    (tmp_path / ".env").write_text("LIENTHONG_LANG=en\n", encoding="utf-8")
    environment = {"LIENTHONG_LANG": ""}
    assert "Usage: " in lienthong("check", "--help", cwd=tmp_path, **environment).stdout
    other = lienthong("check", "--help", "--project", str(tmp_path), cwd=tmp_path.parent, **environment)
    assert "Usage: " in other.stdout
    (tmp_path / ".env").write_text("SECRET-STAYS-UNSEEN\n", encoding="utf-8")
    refused = lienthong("check", cwd=tmp_path, **environment)
    assert refused.returncode == 1 and "KEY=VALUE" in refused.stderr and "SECRET" not in refused.stderr
    assert lienthong("check", "--help", cwd=tmp_path, **environment).returncode == 0
