"""Every way to get a configuration wrong that we know of, each in a file of broken/ that states what must be found.

The head of such a file states where it is put in the sound project (`at`), what is removed (`without`), which
variable is set (`set`), and everything `check` must find: code, line and some words of the advice.
"""

import re
import shutil
from pathlib import Path

import pytest

from lienthong.configuration.check import check
from lienthong.configuration.codes import CODES, explain_code
from lienthong.errors import Finding
from lienthong.messages import Message

CODE = re.compile(r"`[^`]*`|\w+(\.\w+)+")
ENGLISH = re.compile(r"\b(the|is|are|not|this|write|mean|there|put|must|be|name|of|or|and|it|its|that)\b")
BROKEN = sorted((Path(__file__).parent / "broken").glob("*.yaml"))
HEAD = re.compile(r"^(?:\ufeff)?# (at|without|set|finds): (.*)$", re.MULTILINE)
FINDS = re.compile(r"(LT\d{3}) line (\d+)(?: in (\S+))?: (.*)")


def heads(path: Path, wanted: str) -> list[str]:
    text = path.read_bytes().decode("utf-8", errors="replace")
    return [value for key, value in HEAD.findall(text) if key == wanted]


def checked(broken: Path, project: Path) -> list[Finding]:
    """The findings of the sound project with one broken file in it."""
    (place,) = heads(broken, "at")
    (project / place).parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(broken, project / place)
    for gone in heads(broken, "without"):
        shutil.rmtree(project / gone) if (project / gone).is_dir() else (project / gone).unlink()
    return check(project, dict(pair.split("=") for pair in heads(broken, "set")))


@pytest.mark.parametrize("broken", BROKEN, ids=lambda path: path.stem)
def test_a_broken_file_is_found_with_its_line_and_an_advice(broken: Path, project: Path) -> None:
    findings = checked(broken, project)
    (place,) = heads(broken, "at")
    expected = [FINDS.fullmatch(line) for line in heads(broken, "finds")]
    assert expected
    found = "\n".join(map(str, findings))
    assert sorted((f.file, f.line, f.code) for f in findings) == sorted(
        (wanted[3] or place, int(wanted[2]), wanted[1]) for wanted in expected if wanted
    ), found
    for wanted in expected:
        assert wanted
        assert any(f.code == wanted[1] and wanted[4] in f.advice for f in findings), found
    assert all(f.level == CODES[f.code].level for f in findings)


@pytest.mark.slow
def test_no_finding_in_vietnamese_has_an_english_sentence(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Names, paths and figures are the same in both languages; every sentence around them is another one."""
    for broken in BROKEN:
        texts: dict[str, list[str]] = {}
        for language in ("en", "vi"):
            monkeypatch.setenv("LIENTHONG_LANG", language)
            copy = project.with_name(f"{broken.stem}-{language}")
            shutil.copytree(project, copy)
            findings = sorted(checked(broken, copy), key=lambda f: (f.file, f.line, f.column, f.code))
            texts[language] = [text for finding in findings for text in (finding.what, finding.advice)]
            assert all(isinstance(text, Message) for text in texts[language])
        for english, vietnamese in zip(texts["en"], texts["vi"], strict=True):
            assert english != vietnamese, (broken.name, english)
            assert not ENGLISH.search(CODE.sub("", vietnamese)), (broken.name, vietnamese)


def test_every_code_is_explained_in_both_languages(monkeypatch: pytest.MonkeyPatch) -> None:
    explanations: dict[str, list[str | None]] = {}
    for language in ("en", "vi"):
        monkeypatch.setenv("LIENTHONG_LANG", language)
        explanations[language] = [explain_code(name) for name in CODES]
    assert not set(explanations["en"]) & set(explanations["vi"])


def test_the_sound_project_has_no_finding(project: Path) -> None:
    assert check(project, {}) == []
    assert check(project, {"LIENTHONG_ENV": "production"}) == []


def test_every_code_is_shown_by_a_broken_file() -> None:
    shown = {line[:5] for broken in BROKEN for line in heads(broken, "finds")}
    elsewhere = {"LT115"}  # a file that cannot be opened: tested where files are read
    elsewhere |= {"LT615", "LT616", "LT617"}  # test_after.py
    elsewhere |= {
        "LT624",
        "LT625",
        "LT626",
        "LT627",
        "LT628",
    }  # names, several files, and the day of today: test_calendars.py
    elsewhere |= {"LT902", "LT908", "LT910", "LT911", "LT912"}  # test_requests.py
    elsewhere |= {"LT801", "LT802", "LT803", "LT804"}  # faults of a broker: tested with its adapter
    elsewhere |= {"LT805", "LT806", "LT807", "LT808", "LT809"}  # addresses: tested in test_check_addresses
    elsewhere |= {"LT629", "LT630"}  # test_own_files.py
    elsewhere |= {"LT641", "LT642", "LT643", "LT644", "LT645", "LT646"}  # test_contracts.py
    elsewhere |= {"LT810"}  # a store of files: tested with its adapter
    assert shown | elsewhere == set(CODES)


@pytest.mark.slow
def test_advice_never_holds_the_parsers_own_words(project: Path) -> None:
    words = re.compile(r"<input>|expected <|pydantic|Traceback|yaml\.org|IDENTIFIER|EOF|type=", re.IGNORECASE)
    for broken in BROKEN:
        for line in heads(broken, "finds"):
            assert not words.search(line)
        target = project / "config/sources/office.yaml"
        shutil.copy(broken, target)
        for finding in check(project, {}):
            assert not words.search(finding.what + finding.advice), str(finding)
