"""Commands that an operator waits for: their time in seconds, and their memory. Prints one JSON line.

python -m tests.bench.commands check|help
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import psutil

from tests.bench.watching import ROOT, Figures

TIMES = 5
ROUTES = 200


def timed(command: Sequence[str], environment: dict[str, str] | None = None) -> Figures:
    """One successful run. Fails with the command's output when it ends in another way."""
    began, peak = time.perf_counter(), 0
    with tempfile.TemporaryFile() as output:
        process = psutil.Popen(
            [sys.executable, *command], cwd=ROOT, env=os.environ | (environment or {}), stdout=output, stderr=output
        )
        while process.poll() is None:
            peak = max(peak, process.memory_info().rss)
            try:
                process.wait(0.02)
            except psutil.TimeoutExpired:
                continue
        seconds = time.perf_counter() - began
        output.seek(0)
        assert process.returncode == 0, output.read()[-2000:].decode(errors="replace")
    return {"seconds": round(seconds, 3), "peak_mb": round(peak / 1e6)}


def help_() -> Figures:
    """`lienthong --help`, the median of several."""
    return _median([timed(["-m", "lienthong.cli", "--help"]) for _ in range(TIMES)])


def check() -> Figures:
    """`lienthong check` over 200 routes, each with its cases."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _many_routes(folder)
        environment = {"LIENTHONG_PROJECT": name}
        return _median([timed(["-m", "lienthong.cli", "check"], environment) for _ in range(TIMES)])


def _many_routes(folder: Path) -> None:
    """The configuration of this repository, with its routes repeated until there are 200."""
    subprocess.run(["cp", "-r", str(ROOT / "config"), str(folder)], check=True)
    originals = sorted(path for path in (ROOT / "routes").glob("*.yaml") if not path.name.endswith(".cases.yaml"))
    (folder / "routes").mkdir()
    for number in range(ROUTES):
        original = originals[number % len(originals)]
        name = original.stem if number < len(originals) else f"{original.stem}-{number:03d}"
        for ending in (".yaml", ".cases.yaml"):
            text = original.with_suffix("").with_suffix(ending).read_text(encoding="utf-8")
            (folder / "routes" / f"{name}{ending}").write_text(text, encoding="utf-8")


def _median(runs: Sequence[Figures]) -> Figures:
    return {name: statistics.median(run[name] for run in runs) for name in runs[0]}


if __name__ == "__main__":
    print(json.dumps({"check": check, "help": help_}[sys.argv[1]]()))
