"""What happens on a second run: corrections, replays, other recordings, and crashes in between."""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.recording.conftest import MONTH, ROOT, Cut, answers, balanced, lienthong, payload, play

BROKEN = "000.01.38.H08-231129-00386"  # its only version has a date that is none


def test_two_recordings_after_one_another_add_up_in_either_order(cut: Cut, tmp_path: Path) -> None:
    early, late = cut("early", "2023-10-20", "2023-11-05"), cut("late", "2023-11-05", "2023-11-12")
    whole = cut("whole", "2023-10-20", "2023-11-12")
    play(whole, tmp_path / "data-whole", tmp_path / "out-whole")
    expected = answers(tmp_path / "out-whole")
    for order in ((early, late), (late, early)):
        data, out = tmp_path / f"data-{order[0].name}", tmp_path / f"out-{order[0].name}"
        for recording in order:
            play(recording, data, out)
        assert answers(out) == expected
        balanced(data)


def test_the_corrected_version_of_a_dead_one_brings_the_answers(cut: Cut, tmp_path: Path) -> None:
    def only_broken(file: str, lines: list[Any]) -> list[Any]:
        return [line for line in lines if not file.startswith("igate") or line["body"]["code"] == BROKEN]

    def corrected(file: str, lines: list[Any]) -> list[Any]:
        kept = only_broken(file, lines)
        if file.startswith("igate"):
            better = json.loads(json.dumps(kept[-1]))
            better["seen_at"] = "2023-11-30T06:00:00+07:00"
            better["body"]["acceptedDate"] = "2023-11-29T03:29:25.000+0000"
            better["body"]["updatedDate"] = "2023-11-29T09:00:00.000+0000"
            return [*kept, better]
        return kept

    data, out = tmp_path / "data", tmp_path / "out"
    play(cut("broken", "2023-11-29", "2023-12-05", change=only_broken), data, out)
    assert answers(out)["igate"]["dead"] == 1 and answers(out)["igate"]["delivered"] == 0
    play(cut("corrected", "2023-11-29", "2023-12-05", change=corrected), data, out)
    assert answers(out)["igate"]["dead"] == 1 and answers(out)["igate"]["delivered"] == 1
    assert payload(out, "paper-filings-2023-11")["total"] == 0
    trail = json.loads(lienthong("trail", BROKEN, "--json", "--data", data).stdout)
    assert [line["verdict"] for line in trail] == ["received", "dead", "received", "done", "done"]


def test_a_repaired_route_and_a_replay_bring_the_dead_to_life(cut: Cut, tmp_path: Path) -> None:
    house = tmp_path / "house"
    for room in ("routes", "config"):
        shutil.copytree(ROOT / room, house / room)
    route = house / "routes" / "igate-dossiers.yaml"
    sound = route.read_text(encoding="utf-8")
    # A condition that asks for a key no dossier has cannot be decided, so every dossier dies.
    route.write_text(sound.replace("\nwhen: ", "\nwhen: data.khongCo == 'x'  # "), encoding="utf-8")
    recording = cut("few", "2023-11-01", "2023-11-03")
    data, out = tmp_path / "data", tmp_path / "out"
    done = lienthong(
        "run", "--recording", recording, "--until-done", "--data", data, "--out", out, LIENTHONG_ROOT=str(house)
    )
    assert done.returncode == 0, done.stderr
    dead = answers(out)["igate"]["dead"]
    assert dead == answers(out)["igate"]["received"] > 0

    route.write_text(sound, encoding="utf-8")
    replayed = lienthong("dead", "replay", "--all", "--data", data, LIENTHONG_ROOT=str(house))
    assert replayed.returncode == 0, replayed.stdout + replayed.stderr
    account = json.loads(lienthong("balance", "--json", "--data", data).stdout)["sources"]["igate"]
    assert account["delivered"] == dead and account["dead"] == 0
    balanced(data)

    play(recording, tmp_path / "data-sound", tmp_path / "out-sound")
    play(recording, data, out)
    assert answers(out) == answers(tmp_path / "out-sound")


def killed_after(seconds: float, recording: Path, data: Path, out: Path) -> bool:
    """Start a run and kill it, hard, after a while. False when it had already ended by itself."""
    command = ["run", "--recording", recording, "--until-done", "--data", data, "--out", out]
    process = subprocess.Popen(
        [sys.executable, "-m", "lienthong.cli", *map(str, command)],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        process.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        return True
    return False


def test_ten_crashes_each_followed_by_a_rerun_end_in_the_same_answers(cut: Cut, tmp_path: Path) -> None:
    recording = cut("few", "2023-11-01", "2023-11-03")
    play(recording, tmp_path / "data-calm", tmp_path / "out-calm")
    calm = answers(tmp_path / "out-calm")
    chance = random.Random(20231101)
    crashes = 0
    for number in range(10):
        data, out = tmp_path / f"data-{number}", tmp_path / f"out-{number}"
        crashes += killed_after(chance.uniform(1.0, 4.5), recording, data, out)
        play(recording, data, out)
        assert answers(out) == calm
        balanced(data)
    assert crashes >= 5  # else the run became so fast that the moments above must be chosen anew


def test_a_month_interrupted_again_and_again_arrives_at_its_answers(tmp_path: Path) -> None:
    chance = random.Random(7)
    for _ in range(5):
        killed_after(chance.uniform(2.0, 9.0), MONTH, tmp_path / "data", tmp_path / "out")
    play(MONTH, tmp_path / "data", tmp_path / "out")
    expected = json.loads((MONTH / "answers.json").read_text(encoding="utf-8"))
    found = answers(tmp_path / "out")
    assert {part: found[part] for part in ("paper_filings", "vneid_activation", "indicators")} == {
        part: expected[part] for part in ("paper_filings", "vneid_activation", "indicators")
    }
    assert found["igate"]["received"] == expected["counts"]["igate_distinct_versions"]
    assert found["igate"]["difference"] == 0
    balanced(tmp_path / "data")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_ends_in_order_and_a_rerun_goes_on(number: signal.Signals, cut: Cut, tmp_path: Path) -> None:
    recording = cut("few", "2023-11-01", "2023-11-06")
    data, out = tmp_path / "data", tmp_path / "out"
    command = ["run", "--recording", recording, "--until-done", "--data", data, "--out", out]
    process = subprocess.Popen(
        [sys.executable, "-m", "lienthong.cli", *map(str, command)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    with process:
        assert process.stdout is not None
        while not (data / "lienthong.db").exists():
            assert process.poll() is None, "it ended before it began"
        process.send_signal(number)
        process.communicate(timeout=30)
    assert process.returncode == 0
    play(recording, data, out)
    balanced(data)
