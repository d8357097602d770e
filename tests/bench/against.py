"""Measures this version beside another commit of the project, in turn, on the same servers: `make bench-against`.

    python -m tests.bench.against COMMIT [PAIRS] [EVENTS]

The other commit is checked out into a temporary folder with an environment of its own. Each pair runs two processes of
each version over the whole pipeline, one after the other; the ratio of a pair does not depend on how fast the machine
was at that hour. This version runs twice: doing the same work (it only stores the dossiers), and as the project is
shipped, where the data store also finds out what happened. Prints each pair and the median ratios.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from tests.bench.pipeline import STORED
from tests.bench.servers import SharedServers
from tests.bench.watching import ROOT

EVENTS = 80_000
PAIRS = 4
ROLES = "two"
SAME, SHIPPED = "same work", "as shipped"


def main(commit: str, pairs: int = PAIRS, events: int = EVENTS) -> None:
    """Events per second of both versions, pair by pair, and the median ratios."""
    shared = SharedServers()
    ratios: dict[str, list[float]] = {SAME: [], SHIPPED: []}
    try:
        with checked_out(commit) as other:
            sides = ((ROOT, SAME), (other, commit), (ROOT, SHIPPED))
            for number in range(1, pairs + 1):
                order = sides if number % 2 else sides[::-1]  # so that none is always the last
                rates = {side: _rate(folder, events, shared, only_stored=side == SAME) for folder, side in order}
                for side, of_side in ratios.items():
                    of_side.append(rates[side] / rates[commit])
                shown = ", ".join(f"{side} {rates[side]:.0f}/s ({of_side[-1]:.2f})" for side, of_side in ratios.items())
                sys.stdout.write(f"pair {number}: {shown} beside {rates[commit]:.0f}/s of {commit}\n")
                sys.stdout.flush()
    finally:
        shared.close()
    for side, of_side in ratios.items():
        low, high = min(of_side), max(of_side)
        sys.stdout.write(f"{side}: median of {pairs} pairs {median(of_side):.2f} ({low:.2f} to {high:.2f})\n")


@contextmanager
def checked_out(commit: str) -> Iterator[Path]:
    """A folder with the project at `commit`, ready to measure."""
    with tempfile.TemporaryDirectory(prefix="lienthong-against-") as temporary:
        folder = Path(temporary) / "project"
        git = ["git", "-C", str(ROOT), "worktree"]
        subprocess.run([*git, "add", "--quiet", "--detach", str(folder), commit], check=True)
        try:
            subprocess.run([str(folder / ".ci" / "bootstrap")], check=True)
            yield folder
        finally:
            subprocess.run([*git, "remove", "--force", str(folder)], check=True)


def _rate(folder: Path, events: int, shared: SharedServers, *, only_stored: bool) -> float:
    """Events per second of the version in `folder`, on a fresh virtual host and database."""
    work = [STORED] if only_stored else []
    command = [str(folder / ".venv" / "bin" / "python"), "-m", "tests.bench.pipeline", str(events), ROLES, *work]
    with shared.fresh() as servers:
        environment = os.environ | servers.environment()
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{folder}: {done.stderr[-4000:]}")
    return float(json.loads(done.stdout.splitlines()[-1])["per_second"])


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:]))
