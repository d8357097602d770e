"""What commands answer, in each language: the words are the reader's, and only what the project wrote is not."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.unit.cli.test_command_languages import ROOT, VIETNAMESE
from tests.unit.dead_letters.letter_bus import LetterBus

FILES = {
    "config/bus.yaml": "language: LANGUAGE\npersonal: [name]\ntypes: {paper.v1: tests.unit.dead_letters.parts.Paper}\n",
    "config/sources/igate.yaml": "use: tests.unit.dead_letters.parts.Silent\nevery: 60s\n",
    "config/sinks/store.yaml": "use: tests.unit.dead_letters.parts.Store\nreplay: ask\nowner: Office\n",
    "routes/a.yaml": "description: Papers.\nfrom: igate\nsteps: [{apply: tests.unit.dead_letters.parts.judge}]\n"
    "to: [store]\nowner: Office\n",
    "routes/a.cases.yaml": "cases:\n"
    + "".join(
        f"  - name: {kind}\n    given: {{type: paper.seen, subject: x, received_at: 2023-11-01T09:00:00+07:00, "
        f"data: {{kind: {kind}}}}}\n    expect: {{verdict: {verdict}}}\n"
        for kind, verdict in (("good", "done"), ("test", "dropped"), ("bad", "dead"))
    ),
}
PROJECT_TEXTS = re.compile(r"loại “[^”]*” không có trong danh mục|đích không nhận|loại “…” không có trong danh mục")
"""Reasons that the project's step and sink give: data, in whatever language they are written."""
COMMANDS = (
    "trail a",
    "balance",
    "queues",
    "verify",
    "doctor",
    "dead groups",
    "dead list",
    "dead show 1",
    "dead edit 1 --set kind=bad --reason typo",
    "dead edit 1 --set kind=good --reason typo --as lan",
    "dead edit 1 --reason typo",
    "dead approve 2",
    "dead approve 1 --as lan",
    "dead approve 1 --as minh",
    "dead show 1",
    "dead refuse 1 --reason typo",
    "dead replay --all --dry-run",
    "dead replay 1 2 77 --as lan",
    "dead replay 2 --expect 12345678",
    "dead replay 2 --expect 1234",
    "dead replay 2 --rate fast",
    "dead discard 2 99 --reason double",
    "dead discard 2 --reason double",
    "dead show 99",
    "trail x9",
    "check",
    "test",
    "explain a",
    "explain x9",
    "report x9 --period 2023-11",
    "run --recording nowhere",
    "run --recording .",
    "run --recording . --only intake",
    "run --processes 2",
    "run --until-done",
    "topology plan",
    "sandbox --recording nowhere",
    "migrate",
)
ENGLISH = re.compile(
    r"\b(the|there|this|that|is|are|was|were|not|and|with|which|letters?|events?|run|sent|stage|route|source|sink|"
    r"received|delivered|dropped|dead|waiting|nothing|error|errors)\b"
)
CODE = re.compile(
    r"`[^`]*`|\b[\w-]+\.[\w.-]+\b|\b\w+:\w+|'[^']*'|\b[A-Z]+_[A-Z_]+|\"[^\"]*\"|\w+/[\w/-]+", re.MULTILINE
)
"""Names of files, stages, options and the like, and JSON."""


def make_project(folder: Path, language: str) -> Path:
    """A project in `language`, with one delivered event and three dead letters."""
    for name, text in FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.replace("LANGUAGE", language), encoding="utf-8")
    (folder / "var").mkdir()
    bus = LetterBus(folder / "var", f"{folder}")
    bus.receive("bad", "a", "b")
    bus.receive("refused", "c")
    bus.receive("good", "d")
    bus.close()
    return folder


def answers(project: Path, language: str, commands: Sequence[str] = COMMANDS) -> list[tuple[str, str]]:
    """Every command with its answer, without what the project itself wrote. One process runs all of them."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.unit.cli.session", *commands],
        cwd=project,
        env={**os.environ, "PYTHONPATH": str(ROOT), "LIENTHONG_LANG": language},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    for command, code, text in found:
        assert code in (0, 1, 2) and text.strip() and "Traceback" not in text, (command, code, text)
    return [(command, PROJECT_TEXTS.sub("", text.replace(str(project), ""))) for command, _, text in found]


def test_answers_in_english_hold_no_vietnamese(tmp_path: Path) -> None:
    found = answers(make_project(tmp_path, "en"), "en")
    assert [(command, text) for command, text in found if VIETNAMESE.search(text)] == []


def test_answers_in_vietnamese_hold_no_english(tmp_path: Path) -> None:
    found = [(command, CODE.sub("", text)) for command, text in answers(make_project(tmp_path, "vi"), "vi")]
    assert [(command, ENGLISH.findall(text), text) for command, text in found if ENGLISH.search(text)] == []


def test_the_ledger_is_written_in_the_language_of_the_project_not_of_the_reader(tmp_path: Path) -> None:
    acts = (
        "dead edit 1 --set kind=good --reason typo --as lan",
        "dead refuse 1 --reason typo --as minh",
        "dead edit 1 --set kind=good --reason typo --as lan",
        "dead approve 1 --as minh",
        "dead replay 1 --as lan",
        "trail a --json",
    )
    *_, (_, trail) = answers(make_project(tmp_path, "en"), "vi", acts)
    reasons = [entry["reason"] for entry in json.loads(trail) if entry["who"]]
    assert len(reasons) == 5 and not VIETNAMESE.search(" ".join(reasons)), reasons
