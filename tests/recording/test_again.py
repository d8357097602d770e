"""What happens on a second run: corrections, replays and other recordings."""

import json
import shutil
from pathlib import Path
from typing import Any

from tests.recording.conftest import ROOT, Cut, answers, balanced, lienthong, payload, play

BROKEN = "000.01.38.H08-231129-00386"  # its only version has an invalid date


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


def test_a_repaired_route_and_a_replay_deliver_the_dead_letters(cut: Cut, tmp_path: Path) -> None:
    project = tmp_path / "project"
    for room in ("routes", "config"):
        shutil.copytree(ROOT / room, project / room)
    (project / "sandbox").symlink_to(ROOT / "sandbox")
    route = project / "routes" / "igate-dossiers.yaml"
    sound = route.read_text(encoding="utf-8")
    # A condition on a key that no dossier has cannot be decided, so every dossier dies.
    route.write_text(sound.replace("\nwhen: ", "\nwhen: data.khongCo == 'x'  # "), encoding="utf-8")
    recording = cut("few", "2023-11-01", "2023-11-03")
    data, out = tmp_path / "data", tmp_path / "out"
    done = lienthong(
        "run", "--recording", recording, "--until-done", "--data", data, "--out", out, LIENTHONG_PROJECT=str(project)
    )
    assert done.returncode == 0, done.stderr
    dead = answers(out)["igate"]["dead"]
    assert dead == answers(out)["igate"]["received"] > 0

    route.write_text(sound, encoding="utf-8")
    replayed = lienthong("dead", "replay", "--all", "--data", data, LIENTHONG_PROJECT=str(project))
    assert replayed.returncode == 0, replayed.stdout + replayed.stderr
    account = json.loads(lienthong("balance", "--json", "--data", data).stdout)["sources"]["igate"]
    assert account["delivered"] == dead and account["dead"] == 0
    balanced(data)

    play(recording, tmp_path / "data-sound", tmp_path / "out-sound")
    play(recording, data, out)
    assert answers(out) == answers(tmp_path / "out-sound")
