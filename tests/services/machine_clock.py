"""The clock of the machine on which processes of a test run, which can be set wrong: with Debian's libfaketime.

Only the time of day moves. Durations are measured with the monotonic clock, which no setting of a clock moves.
"""

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.services import packages

FOLDERS = "/usr/lib/*/faketime/libfaketimeMT.so.1"
NOTICED_AFTER_SECONDS = 1
"""How soon a process has the time to which the clock is set."""


class MachineClock:
    """Give `environment` to the processes."""

    def __init__(self, folder: Path) -> None:
        self._offset = folder / "clock"
        self.environment: Mapping[str, str] = {
            "LD_PRELOAD": str(_library()),
            "FAKETIME_TIMESTAMP_FILE": str(self._offset),
            "FAKETIME_CACHE_DURATION": str(NOTICED_AFTER_SECONDS),
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }
        self.set_right()

    def set_wrong(self, seconds: int) -> None:
        """Set it ahead, or back when `seconds` is negative."""
        new = self._offset.with_suffix(".new")
        new.write_text(f"{seconds:+d}")
        new.replace(self._offset)

    def set_right(self) -> None:
        self.set_wrong(0)


def _library() -> Path:
    """Debian's package, installed if it is missing and we are root. If that fails the test fails, with what to do."""
    if not _found():
        packages.install("libfaketime", lambda: bool(_found()))
    if not _found():
        pytest.fail("libfaketime is missing: apt-get install libfaketime")
    return _found()[0]


def _found() -> list[Path]:
    return sorted(Path("/").glob(FOLDERS.removeprefix("/")))
