"""Whatever stands in an event, a reason, a name or a file: no command acts on it, and no command ends by it."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from lienthong.data.harmless import harmless
from tests.unit.cli.test_command_answers import ROOT
from tests.unit.data.test_harmless import acting
from tests.unit.dead_letters.letter_bus import LetterBus

EVIL = "\\[/red][bold]\x1b]0;owned\x07\x1b[2J\x9b31m\u202edetsohg\u2066\u200b\u2028\r\nforged line"
QUOTED = json.dumps(EVIL)
FILES = {
    "config/bus.yaml": "personal: [name]\n",
    "config/sources/igate.yaml": f"use: tests.unit.dead_letters.parts.Silent\nevery: 60s\ndescription: {QUOTED}\n",
    "config/sinks/store.yaml": f"use: tests.unit.dead_letters.parts.Store\nowner: {QUOTED}\ndescription: {QUOTED}\n",
    "routes/a.yaml": f"description: {QUOTED}\nfrom: igate\nsteps: [{{apply: tests.unit.dead_letters.parts.judge}}]\n"
    f"to: [store]\nowner: {QUOTED}\n",
    "routes/a.cases.yaml": "cases:\n"
    + "".join(
        f"  - name: {QUOTED}\n    given: {{type: {QUOTED}, subject: {QUOTED}, "
        f"received_at: 2023-11-01T09:00:00+07:00, data: {{kind: {kind}}}}}\n    expect: {{verdict: {verdict}}}\n"
        for kind, verdict in (("good", "done"), ("test", "dropped"), ("bad", "dead"))
    ),
}
COMMANDS = (
    "queues",
    "sources",
    "balance",
    "doctor",
    "verify",
    "check",
    "test",
    "explain a",
    "dead groups",
    "dead list",
    "dead list --state all --limit 1",
    "dead show 1",
    "dead show 3",
    "dead replay --all --dry-run",
    "dead edit 1 --set kind=good --set 'x=EVIL' --reason 'EVIL' --as 'EVIL'",
    "dead show 1",
    "dead approve 1 --as 'EVIL'",
    "dead approve 1 --as minh",
    "dead discard 2 --reason 'EVIL'",
    "trail 'EVIL'",
    "trail 'nothing EVIL'",
    "nothing-EVIL",
    "report 'EVIL' --period 'EVIL'",
    "explain 'EVIL'",
    "dead list --since 'EVIL'",
    "dead list --group 'EVIL'",
    "run --recording 'EVIL'",
    "run --until-done",
)
AS_JSON = ("trail 'EVIL' --json", "dead list --state all --json", "dead groups --json", "dead show 1 --json")


@pytest.mark.slow
def test_hostile_text_in_every_field_is_shown_harmlessly_by_every_command(tmp_path: Path) -> None:
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (tmp_path / "var").mkdir()
    bus = LetterBus(tmp_path / "var", f"{tmp_path}")
    bus.bad |= {EVIL}
    bus.receive("bad", EVIL, EVIL + "2")
    bus.receive(EVIL, EVIL, **{EVIL: EVIL})
    bus.receive("refused", EVIL)
    bus.receive("slow", EVIL)
    bus.close()
    commands = [command.replace("EVIL", EVIL) for command in (*COMMANDS, *AS_JSON)]
    done = subprocess.run(
        [sys.executable, "-m", "tests.unit.cli.session", *commands],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT), "LIENTHONG_LANG": "en"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    answers = json.loads(done.stdout)
    for command, code, text in answers:
        assert code in (0, 1, 2) and text.strip(), (command, code, text)
        assert "Traceback" not in text and "MarkupError" not in text and "Unexpected" not in text, (command, text)
        assert acting(text, "\n") == [], command
        assert not re.search(r"^\s*forged line", text, re.MULTILINE), (command, text)
    shown = dict(zip((*COMMANDS, *AS_JSON), (text for _, _, text in answers), strict=True))
    unwrapped = {command: "".join(text.split()) for command, text in shown.items()}
    for command in ("dead list", "dead show 3", "dead groups", "trail 'EVIL'", "explain a", "test"):
        assert "".join(harmless(EVIL)[:24].split()) in unwrapped[command], (command, shown[command])
    assert {entry["subject"] for entry in json.loads(shown["trail 'EVIL' --json"])} == {EVIL}
    assert {line["subject"] for line in json.loads(shown["dead list --state all --json"])} == {EVIL, EVIL + "2"}
