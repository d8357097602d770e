"""The command line in a separate process, as a person would run it."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def lienthong(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run `lienthong` with these arguments in the project's folder, with more environment variables."""
    return subprocess.run(
        [sys.executable, "-m", "lienthong.cli", *map(str, arguments)],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
