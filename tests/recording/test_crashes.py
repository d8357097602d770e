"""Crashes and stops at random moments: the next run finishes the work, and gives the answers of an undisturbed run."""

import json
import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.command_line import ROOT
from tests.recording.conftest import MONTH, Cut, assert_balanced, read_answers, run_recording


def run_and_kill(seconds: float, recording: Path, data: Path, out: Path) -> bool:
    """Start a run and kill it with SIGKILL after `seconds`. False when it had ended before."""
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


def test_a_rerun_after_each_of_six_crashes_gives_the_same_answers(cut: Cut, tmp_path: Path) -> None:
    recording = cut("few", "2023-11-01", "2023-11-03")
    run_recording(recording, tmp_path / "data-undisturbed", tmp_path / "out-undisturbed")
    undisturbed = read_answers(tmp_path / "out-undisturbed")
    chance = random.Random(20231101)
    crashes = 0
    for number in range(6):
        data, out = tmp_path / f"data-{number}", tmp_path / f"out-{number}"
        crashes += run_and_kill(chance.uniform(1.0, 4.5), recording, data, out)
        run_recording(recording, data, out)
        assert read_answers(out) == undisturbed
        assert_balanced(data)
    assert crashes >= 3  # otherwise the run has become so fast that other moments must be chosen above


def test_the_month_killed_three_times_gives_its_answers(tmp_path: Path) -> None:
    chance = random.Random(7)
    for _ in range(3):
        run_and_kill(chance.uniform(2.0, 9.0), MONTH, tmp_path / "data", tmp_path / "out")
    run_recording(MONTH, tmp_path / "data", tmp_path / "out")
    expected = json.loads((MONTH / "answers.json").read_text(encoding="utf-8"))
    found = read_answers(tmp_path / "out")
    assert {part: found[part] for part in ("paper_filings", "vneid_activation", "indicators")} == {
        part: expected[part] for part in ("paper_filings", "vneid_activation", "indicators")
    }
    assert found["igate"]["received"] == expected["counts"]["igate_distinct_versions"]
    assert found["igate"]["difference"] == 0
    assert_balanced(tmp_path / "data")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_stopped_run_ends_in_order_and_a_rerun_continues(number: signal.Signals, cut: Cut, tmp_path: Path) -> None:
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
    run_recording(recording, data, out)
    assert_balanced(data)
