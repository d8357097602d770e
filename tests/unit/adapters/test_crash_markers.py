"""Crash markers as files: only a dead process leaves one behind."""

import os
import subprocess
import sys
from pathlib import Path

from lienthong.adapters.crash_markers import EXPIRES_AFTER_SECONDS, FileCrashMarkers

DIE = """
import os, sys
from pathlib import Path
from lienthong.adapters.crash_markers import FileCrashMarkers
with FileCrashMarkers(Path(sys.argv[1])).mark("key"):
    os._exit(9)
"""


def test_a_marker_of_a_living_process_is_not_counted_and_is_gone_afterwards(tmp_path: Path) -> None:
    markers = FileCrashMarkers(tmp_path)
    with markers.mark("key"):
        assert list(tmp_path.iterdir()) != []
        assert FileCrashMarkers(tmp_path).count("key") == 0
    assert list(tmp_path.iterdir()) == []


def test_a_process_that_dies_leaves_a_marker_until_it_is_cleared(tmp_path: Path) -> None:
    for _ in range(2):
        assert subprocess.run([sys.executable, "-c", DIE, str(tmp_path)], check=False).returncode == 9
    markers = FileCrashMarkers(tmp_path)
    assert (markers.count("key"), markers.count("another key")) == (2, 0)
    markers.clear("key")
    assert markers.count("key") == 0


def test_a_marker_that_is_never_cleared_expires(tmp_path: Path) -> None:
    recent, old = tmp_path / "key.1", tmp_path / "key.2"
    for marker in (recent, old):
        marker.touch()
    moment = old.stat().st_mtime - EXPIRES_AFTER_SECONDS - 1
    os.utime(old, (moment, moment))
    assert FileCrashMarkers(tmp_path).count("key") == 1
    assert not old.exists()
