"""Crashes and stops at any moment: the next run finishes the work, and the results are those of an undisturbed run."""

import json
import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.recording.conftest import MONTH, ROOT, Cut, answers, balanced, play


def kill_after(seconds: float, recording: Path, data: Path, out: Path) -> bool:
    """Start a run and kill it with SIGKILL after a while. False when it had already ended by itself."""
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
        crashes += kill_after(chance.uniform(1.0, 4.5), recording, data, out)
        play(recording, data, out)
        assert answers(out) == calm
        balanced(data)
    assert crashes >= 5  # else the run has become so fast that other moments must be chosen above


def test_a_month_interrupted_again_and_again_arrives_at_its_answers(tmp_path: Path) -> None:
    chance = random.Random(7)
    for _ in range(5):
        kill_after(chance.uniform(2.0, 9.0), MONTH, tmp_path / "data", tmp_path / "out")
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
