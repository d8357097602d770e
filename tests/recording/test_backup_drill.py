"""The drill of docs/operators.md: back up a bus that runs, lose everything, restore, and go on."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

from tests.command_line import ROOT, lienthong
from tests.recording.conftest import Cut, assert_balanced, read_answers, run_recording


def received(data: Path) -> int:
    shown = json.loads(lienthong("balance", "--json", "--data", data).stdout)
    return sum(account["received"] for account in shown["sources"].values())


def test_a_backup_of_a_running_bus_is_restored_and_the_bus_goes_on_from_it(cut: Cut, tmp_path: Path) -> None:
    recording = cut("half", "2023-11-01", "2023-11-12")
    run_recording(recording, tmp_path / "whole", tmp_path / "expected")

    data, file = tmp_path / "data", tmp_path / "backup.tar"
    command = ["run", "--recording", recording, "--until-done", "--data", data, "--out", tmp_path / "lost"]
    words = [sys.executable, "-m", "lienthong.cli", *map(str, command)]
    with subprocess.Popen(words, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as running:
        while not file.exists():
            assert running.poll() is None, "the bus ended before a backup was there"
            backup = lienthong("backup", file, "--data", data)
        assert backup.returncode == 0, backup.stderr
        assert running.wait(timeout=300) == 0
    shutil.rmtree(data)

    restored = lienthong("restore", file, "--data", data)
    assert restored.returncode == 0, restored.stderr
    assert lienthong("verify", "--data", data).returncode == 0
    assert received(data) <= received(tmp_path / "whole")
    assert [line.strip() for line in backup.stdout.splitlines()[2:]] == [
        line.strip() for line in restored.stdout.splitlines()[2:]
    ], "both name the same heads"

    run_recording(recording, data, tmp_path / "out")
    assert read_answers(tmp_path / "out") == read_answers(tmp_path / "expected"), "nothing is missing and none doubled"
    assert received(data) == received(tmp_path / "whole")
    assert_balanced(data)
    health = lienthong("doctor", "--data", data)
    assert health.returncode == 0, health.stdout


def test_what_cannot_be_backed_up_or_restored_is_named(tmp_path: Path) -> None:
    english = {"LIENTHONG_LANG": "en"}
    nothing = lienthong("backup", tmp_path / "one.tar", "--data", tmp_path / "none", **english)
    assert nothing.returncode == 1 and "no ledger yet" in nothing.stderr
    adopted = lienthong("adopt", "--data", tmp_path / "none", **english)
    assert adopted.returncode == 1 and "no ledger yet" in adopted.stderr, "adopting makes no ledger"
    unknown = lienthong("resume", "sink.nope", "--data", tmp_path / "none", **english)
    assert unknown.returncode == 1 and "There is no stage sink.nope; there are route." in unknown.stderr
    (tmp_path / "stray.tar").write_text("x", encoding="utf-8")
    stray = lienthong("restore", tmp_path / "stray.tar", "--data", tmp_path / "none", **english)
    assert stray.returncode == 2 and "is not a whole backup" in stray.stderr
    missing = lienthong("restore", tmp_path / "missing.tar", "--data", tmp_path / "none", **english)
    assert missing.returncode == 1 and "missing.tar" in missing.stderr
    assert not (tmp_path / "none" / "lienthong.db").exists()
