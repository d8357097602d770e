"""A second run over the same data: corrections, replays and other recordings."""

import json
import shutil
from pathlib import Path
from typing import Any

from tests.command_line import ROOT, lienthong
from tests.recording.conftest import Cut, assert_balanced, read_answers, read_report, run_recording

BROKEN = "000.01.38.H08-231129-00386"  # its only version has an invalid date


def test_two_recordings_in_either_order_give_the_answers_of_the_whole(cut: Cut, tmp_path: Path) -> None:
    early, late = cut("early", "2023-10-28", "2023-11-03"), cut("late", "2023-11-03", "2023-11-08")
    whole = cut("whole", "2023-10-28", "2023-11-08")
    run_recording(whole, tmp_path / "data-whole", tmp_path / "out-whole")
    expected = read_answers(tmp_path / "out-whole")
    for order in ((early, late), (late, early)):
        data, out = tmp_path / f"data-{order[0].name}", tmp_path / f"out-{order[0].name}"
        for recording in order:
            run_recording(recording, data, out)
        assert read_answers(out) == expected
        assert_balanced(data)


def test_a_corrected_version_is_delivered_after_its_broken_one_died(cut: Cut, tmp_path: Path) -> None:
    def only_broken(file: str, lines: list[Any]) -> list[Any]:
        return [line for line in lines if not file.startswith("igate") or line["body"]["code"] == BROKEN]

    def add_correction(file: str, lines: list[Any]) -> list[Any]:
        kept = only_broken(file, lines)
        if file.startswith("igate"):
            correction = json.loads(json.dumps(kept[-1]))
            correction["seen_at"] = "2023-11-30T06:00:00+07:00"
            correction["body"]["acceptedDate"] = "2023-11-29T03:29:25.000+0000"
            correction["body"]["updatedDate"] = "2023-11-29T09:00:00.000+0000"
            return [*kept, correction]
        return kept

    data, out = tmp_path / "data", tmp_path / "out"
    run_recording(cut("broken", "2023-11-29", "2023-12-05", change=only_broken), data, out)
    assert read_answers(out)["igate"]["dead"] == 1 and read_answers(out)["igate"]["delivered"] == 0
    run_recording(cut("corrected", "2023-11-29", "2023-12-05", change=add_correction), data, out)
    assert read_answers(out)["igate"]["dead"] == 1 and read_answers(out)["igate"]["delivered"] == 1
    assert read_report(out, "paper-filings-2023-11")["total"] == 0
    trail = json.loads(lienthong("trail", BROKEN, "--json", "--data", data).stdout)
    assert [line["verdict"] for line in trail] == ["received", "dead", "received", "done", "done"]


def test_a_replay_after_the_route_was_repaired_delivers_the_dead_letters(cut: Cut, tmp_path: Path) -> None:
    project = tmp_path / "project"
    for folder in ("routes", "config"):
        shutil.copytree(ROOT / folder, project / folder)
    (project / "sandbox").symlink_to(ROOT / "sandbox")
    route = project / "routes" / "igate-dossiers.yaml"
    intact = route.read_text(encoding="utf-8")
    # A condition on a key that no dossier has cannot be decided, so every dossier becomes a dead letter.
    route.write_text(intact.replace("\nwhen: ", "\nwhen: data.khongCo == 'x'  # "), encoding="utf-8")
    recording = cut("few", "2023-11-01", "2023-11-03")
    data, out = tmp_path / "data", tmp_path / "out"
    result = lienthong(
        "run", "--recording", recording, "--until-done", "--data", data, "--out", out, LIENTHONG_PROJECT=str(project)
    )
    assert result.returncode == 0, result.stderr
    dead = read_answers(out)["igate"]["dead"]
    assert dead == read_answers(out)["igate"]["received"] > 0

    route.write_text(intact, encoding="utf-8")
    replayed = lienthong("dead", "replay", "--all", "--data", data, LIENTHONG_PROJECT=str(project))
    assert replayed.returncode == 0, replayed.stdout + replayed.stderr
    account = json.loads(lienthong("balance", "--json", "--data", data).stdout)["sources"]["igate"]
    assert account["delivered"] == dead and account["dead"] == 0
    assert_balanced(data)

    run_recording(recording, tmp_path / "data-intact", tmp_path / "out-intact")
    run_recording(recording, data, out)
    assert read_answers(out) == read_answers(tmp_path / "out-intact")
