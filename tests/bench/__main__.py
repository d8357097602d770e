"""`make bench`: each measurement runs in a separate process on fresh servers; then tables, last.json, the page.

`make bench QUICK=1` only shows that everything runs: it writes to out/bench/ and leaves the last full result alone.
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
from tests.bench.plan import Step, sizes_and_command, steps
from tests.bench.servers import SharedServers
from tests.bench.watching import ROOT, Figures


def main() -> None:
    quick = bool(os.environ.get("QUICK"))
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # Python keeps compiled files, as it does by default
    sizes, command = sizes_and_command(os.environ)
    console = Console(width=150)
    about = machine()
    began = time.monotonic()
    results: dict[str, list[Figures]] = defaultdict(list)
    shared = SharedServers()
    try:
        for step in steps(sizes):
            figures = measure(step, shared)
            results[step.side].append(figures)
            console.print(f"{time.monotonic() - began:5.0f} s  {step.side}: {_brief(figures)}", highlight=False)
    finally:
        shared.close()
    found, kept = ratios(results), goals(results, about["cores"])
    console.print(on_screen("Lienthong and its peers", HEAD, side_rows(results)))
    console.print(on_screen("Goals", ("goal", "wanted", "found", "", "note"), goal_rows(kept)))
    last = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "command": command,
        "machine": about,
        "ratios": found,
        "goals": {goal.what: {"wanted": goal.wanted, "found": goal.found, "met": goal.met} for goal in kept},
        "runs": results,
    }
    json_file, page_file = _output_files(quick)
    json_file.write_text(json.dumps(last, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    page_file.write_text(page(results, kept, found, last), encoding="utf-8")
    console.print(f"{found}\n{json_file.relative_to(ROOT)}, {page_file.relative_to(ROOT)}")


def measure(step: Step, shared: SharedServers) -> Figures:
    """The last line that a measurement prints. Raises SystemExit with its error: half a table is of no use."""
    if not step.on_servers:
        return _run(step, {})
    with shared.fresh() as servers:
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


def _output_files(quick: bool) -> tuple[Path, Path]:
    if not quick:
        return Path(__file__).with_name("last.json"), ROOT / "docs" / "performance.md"
    folder = ROOT / "out" / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    return folder / "last.json", folder / "performance.md"


if __name__ == "__main__":
    main()
