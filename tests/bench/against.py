"""Measures this version beside another commit of the project, in turn, on the same servers: `make bench-against`.

    python -m tests.bench.against COMMIT [PAIRS] [EVENTS]

The other commit is checked out into a temporary folder with an environment of its own. Each pair runs two processes of
each version over the whole pipeline, one after the other; the ratio of a pair does not depend on how fast the machine
was at that hour. Prints each pair and the median ratio.
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

from tests.bench.servers import SharedServers
from tests.bench.watching import ROOT

EVENTS = 80_000
PAIRS = 4
ROLES = "two"


def main(commit: str, pairs: int = PAIRS, events: int = EVENTS) -> None:
    """Events per second of both versions, pair by pair, and the median ratio."""
    shared = SharedServers()
    ratios = []
    try:
        with checked_out(commit) as other:
            for number in range(1, pairs + 1):
                order = (other, ROOT) if number % 2 else (ROOT, other)  # so that neither is always the second
                rates = {folder: _rate(folder, events, shared) for folder in order}
                before, now = rates[other], rates[ROOT]
                ratios.append(now / before)
                sys.stdout.write(f"pair {number}: {now:.0f}/s beside {before:.0f}/s of {commit}: {ratios[-1]:.2f}\n")
                sys.stdout.flush()
    finally:
        shared.close()
    sys.stdout.write(f"median of {pairs} pairs: {median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})\n")


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


def _rate(folder: Path, events: int, shared: SharedServers) -> float:
    """Events per second of the version in `folder`, on a fresh virtual host and database."""
    command = [str(folder / ".venv" / "bin" / "python"), "-m", "tests.bench.pipeline", str(events), ROLES]
    with shared.fresh() as servers:
        environment = os.environ | servers.environment()
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{folder}: {done.stderr[-4000:]}")
    return float(json.loads(done.stdout.splitlines()[-1])["per_second"])


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:]))
