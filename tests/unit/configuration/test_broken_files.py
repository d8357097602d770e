"""Every way to get a configuration wrong that we know of, each in a file of broken/ that says what must be found.

The head of such a file tells where it is put in the sound project (`at`), what is taken away (`without`), which
variable is set (`set`), and everything `check` must find: code, line and some words of the advice.
"""

import re
import shutil
from pathlib import Path

import pytest

from lienthong.configuration.check import check
from lienthong.configuration.codes import CODES

BROKEN = sorted((Path(__file__).parent / "broken").glob("*.yaml"))
HEAD = re.compile(r"^(?:\ufeff)?# (at|without|set|finds): (.*)$", re.MULTILINE)
FINDS = re.compile(r"(LT\d{3}) line (\d+)(?: in (\S+))?: (.*)")


def heads(path: Path, wanted: str) -> list[str]:
    text = path.read_bytes().decode("utf-8", errors="replace")
    return [said for key, said in HEAD.findall(text) if key == wanted]


@pytest.mark.parametrize("broken", BROKEN, ids=lambda path: path.stem)
def test_a_broken_file_is_found_with_its_line_and_an_advice(broken: Path, project: Path) -> None:
    (place,) = heads(broken, "at")
    (project / place).parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(broken, project / place)
    for gone in heads(broken, "without"):
        shutil.rmtree(project / gone) if (project / gone).is_dir() else (project / gone).unlink()
    variables = dict(said.split("=") for said in heads(broken, "set"))

    findings = check(project, variables)

    expected = [FINDS.fullmatch(said) for said in heads(broken, "finds")]
    assert expected
    told = "\n".join(map(str, findings))
    assert sorted((f.file, f.line, f.code) for f in findings) == sorted(
        (wanted[3] or place, int(wanted[2]), wanted[1]) for wanted in expected if wanted
    ), told
    for wanted in expected:
        assert wanted
        assert any(f.code == wanted[1] and wanted[4] in f.advice for f in findings), told
    assert all(f.level == CODES[f.code].level for f in findings)


def test_the_sound_project_has_no_finding(project: Path) -> None:
    assert check(project, {}) == []
    assert check(project, {"LIENTHONG_ENV": "production"}) == []


def test_every_code_is_shown_by_a_broken_file() -> None:
    shown = {said[:5] for broken in BROKEN for said in heads(broken, "finds")}
    elsewhere = {"LT115"}  # a file that cannot be opened: tested where files are read
    elsewhere |= {"LT801", "LT802", "LT803", "LT804"}  # what a broker says of its queues: tested with the broker
    assert shown | elsewhere == set(CODES)


def test_advice_never_holds_the_parsers_own_words(project: Path) -> None:
    words = re.compile(r"<input>|expected <|pydantic|Traceback|yaml\.org|IDENTIFIER|EOF|type=", re.IGNORECASE)
    for broken in BROKEN:
        for said in heads(broken, "finds"):
            assert not words.search(said)
        target = project / "config/sources/office.yaml"
        shutil.copy(broken, target)
        for finding in check(project, {}):
            assert not words.search(finding.what + finding.advice), str(finding)
