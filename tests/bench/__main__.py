"""`make bench`: every measurement in a process of its own on servers of our own; then tables, last.json and the page.

`make bench QUICK=1` only shows that everything runs: it writes to out/bench/ and leaves the last real result alone.
"""

import json
import os
import subprocess
import sys
import time
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from tests.bench.goals import goals, ratios
from tests.bench.machine import machine
from tests.bench.page import HEAD, goal_rows, on_screen, page, side_rows
from tests.bench.plan import Step, asked, steps
from tests.bench.servers import Hall
from tests.bench.watching import ROOT, Figures


def main() -> None:
    quick = bool(os.environ.get("QUICK"))
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # Python keeps what it compiled, as it does unless told not to
    sizes, command = asked(os.environ)
    console = Console(width=150)
    about = machine()
    began = time.monotonic()
    results: dict[str, list[Figures]] = defaultdict(list)
    hall = Hall()
    try:
        for step in steps(sizes):
            figures = measured(step, hall)
            results[step.side].append(figures)
            console.print(f"{time.monotonic() - began:5.0f} s  {step.side}: {_brief(figures)}", highlight=False)
    finally:
        hall.close()
    found, kept = ratios(results), goals(results, about["cores"])
    console.print(on_screen("Lienthong and the others", HEAD, side_rows(results)))
    console.print(on_screen("Goals", ("goal", "wanted", "found", "", "note"), goal_rows(kept)))
    last = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "command": command,
        "machine": about,
        "ratios": found,
        "goals": {goal.what: {"wanted": goal.wanted, "found": goal.found, "met": goal.met} for goal in kept},
        "runs": results,
    }
    json_file, page_file = _written_to(quick)
    json_file.write_text(json.dumps(last, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    page_file.write_text(page(results, kept, found, last), encoding="utf-8")
    console.print(f"{found}\n{json_file.relative_to(ROOT)}, {page_file.relative_to(ROOT)}")


def measured(step: Step, hall: Hall) -> Figures:
    """What a measurement printed last. Raises SystemExit with its words when it fails: half a table says nothing."""
    if not step.on_servers:
        return _run(step, {})
    with hall.fresh() as servers:
        return _run(step, servers.environment())


def _run(step: Step, environment: dict[str, str]) -> Figures:
    command = [sys.executable, "-m", f"tests.bench.{step.module}", *step.arguments]
    done = subprocess.run(command, cwd=ROOT, env=os.environ | environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{step.side}: {done.stderr[-6000:]}")
    figures: Figures = json.loads(done.stdout.splitlines()[-1])
    return figures


def _brief(figures: Figures) -> str:
    return ", ".join(f"{name} {value}" for name, value in figures.items() if name != "side")


def _written_to(quick: bool) -> tuple[Path, Path]:
    if not quick:
        return Path(__file__).with_name("last.json"), ROOT / "docs" / "performance.md"
    folder = ROOT / "out" / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    return folder / "last.json", folder / "performance.md"


if __name__ == "__main__":
    main()
