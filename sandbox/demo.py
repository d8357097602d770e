"""Prepares `make demo`: the recorded month moved to today, with trouble planted, so that the console has something to
show.

    python -m sandbox.demo recordings/2023-11 var/demo

It writes two folders. `recording` is the recording with every date of its month moved by whole days, so that its last
moment is the latest that is past; some dossiers have a date that cannot be read, and one system ends to answer.
`project` is this project with one route whose condition fails where a dossier was refused or withdrawn: its dossiers
die there, and are accepted when they are replayed with the sound route.
"""

import argparse
import json
import re
import shutil
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

ISO = re.compile(r"\b(2023)-(\d\d)-(\d\d)(?=[T\"])")
COMPACT = re.compile(r'(?<=")(2023)(\d\d)(\d\d)(?=\d{6}")')
"""The dates of the recorded month as the systems write them. Birthdays have no time and stay."""

ROUTE = "igate-dossiers.yaml"
SOUND, FAULTY = (
    "!subject.startsWith('TEST-')",
    "!subject.startsWith('TEST-') && (data.dossierStatus.id < 6 || data.reason != '')",
)
"""The condition of the route, and the one that names a field which no dossier has."""

UNREADABLE = 9
"""Dossiers of the last day whose date cannot be read."""

SILENT_SYSTEM = "vneid"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m sandbox.demo")
    parser.add_argument("recording", type=Path, help="the recording to move")
    parser.add_argument("target", type=Path, help="the folder to write; what was there is removed")
    arguments = parser.parse_args()
    shutil.rmtree(arguments.target, ignore_errors=True)
    write_recording(arguments.recording, arguments.target / "recording", datetime.now(UTC))
    write_project(Path.cwd(), arguments.target / "project")


def write_recording(source: Path, target: Path, now: datetime) -> None:
    """Write the moved recording with its trouble."""
    last = max(_moments(source))
    days = (now - last).days
    move = _mover(days)
    shutil.copytree(source, target, ignore=shutil.ignore_patterns("answers.json"))
    for file in sorted(target.rglob("*.jsonl")):
        file.write_text(move(file.read_text("utf-8")), encoding="utf-8")
    _make_unreadable(target / "igate" / "dossiers.jsonl")
    head = json.loads((source / "recording.json").read_text("utf-8"))
    head |= {key: (date.fromisoformat(head[key]) + timedelta(days=days)).isoformat() for key in ("from", "to")}
    silent_from = (last + timedelta(days=days)).isoformat()
    head |= {
        "name": "demo",
        "faults": [{"from": silent_from, "system": SILENT_SYSTEM, "kind": "http_500", "times": 1_000_000}],
    }
    (target / "recording.json").write_text(json.dumps(head, indent=1) + "\n", encoding="utf-8")


def write_project(source: Path, target: Path) -> None:
    """The project with one faulty route; everything else are links to the project's own folders."""
    target.mkdir(parents=True)
    for folder in source.iterdir():
        if folder.is_dir() and not folder.name.startswith((".", "var", "out", "dist")) and folder.name != "routes":
            (target / folder.name).symlink_to(folder.resolve())
    shutil.copytree(source / "routes", target / "routes")
    route = target / "routes" / ROUTE
    text = route.read_text("utf-8")
    if SOUND not in text:
        raise SystemExit(f"{route}: its condition is another one than sandbox/demo.py expects")
    route.write_text(text.replace(SOUND, FAULTY), encoding="utf-8")


def _moments(folder: Path) -> list[datetime]:
    lines = (line for file in folder.rglob("*.jsonl") for line in file.read_text("utf-8").splitlines() if line.strip())
    return [datetime.fromisoformat(json.loads(line)["seen_at"]) for line in lines]


def _mover(days: int) -> Callable[[str], str]:
    def day(found: re.Match[str]) -> date:
        return date(int(found[1]), int(found[2]), int(found[3])) + timedelta(days=days)

    def move(text: str) -> str:
        return COMPACT.sub(lambda one: f"{day(one):%Y%m%d}", ISO.sub(lambda one: day(one).isoformat(), text))

    return move


def _make_unreadable(file: Path) -> None:
    """Break the date of the last dossiers that have one."""
    lines = file.read_text("utf-8").splitlines()
    dated = [number for number, line in enumerate(lines) if re.search(r'"acceptedDate":"[^"]', line)]
    for number in dated[-UNREADABLE:]:
        lines[number] = re.sub(r'"acceptedDate":"[^"]*"', '"acceptedDate":"31/13/2026 25:61"', lines[number])
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
