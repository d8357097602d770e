"""The log as a file of the data directory: any number of processes append to it, and rotation loses no line.

A large file is renamed, never copied or emptied. A process notices at its next line that the name belongs to another
file and goes on there; until then its lines go into the renamed one. So an external rotation (logrotate) may rename it,
too.
"""

import fcntl
import logging
import os
from contextlib import suppress
from datetime import UTC, datetime
from io import TextIOWrapper
from logging.handlers import WatchedFileHandler
from pathlib import Path
from typing import Literal

ROTATE_AT_BYTES = 50 * 1024 * 1024
"""Size from which a log file is renamed."""

KEPT_FILES = 20
"""Renamed files that are kept; older ones are deleted."""

CHECK_EVERY = 1000
"""Lines of one process between two looks at the size."""


class LogFile(WatchedFileHandler):
    """Creates its folder with its first line, so that reading a data directory leaves nothing in it.

    Where nothing can be written, the command goes on without a log and without a traceback.
    """

    def __init__(self, file: Path) -> None:
        super().__init__(file, encoding="utf-8", delay=True)
        self._file = file
        self._lines = 0

    def _open(self) -> TextIOWrapper:
        self._file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        return _open_private(self._file, "a")

    def emit(self, record: logging.LogRecord) -> None:
        with suppress(OSError):  # a log that cannot be written stops no work
            if self._lines % CHECK_EVERY == 0:
                rotate(self._file)
            self._lines += 1
            super().emit(record)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's own name
        """Ignore the error, for the same reason."""


def rotate(file: Path) -> None:
    """Rename a file that has become large. Of several processes one does it; the others find a small file."""
    if not _is_large(file):
        return
    with _open_private(file.with_name(f".{file.name}.lock"), "a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if _is_large(file):
            now = datetime.now(UTC)
            file.rename(file.with_name(f"{file.stem}.{now:%Y%m%dT%H%M%S%f}{file.suffix}"))
            for old in sorted(file.parent.glob(f"{file.stem}.*{file.suffix}"))[:-KEPT_FILES]:
                old.unlink(missing_ok=True)


def _is_large(file: Path) -> bool:
    try:
        return file.stat().st_size > ROTATE_AT_BYTES
    except FileNotFoundError:
        return False


def _open_private(file: Path, mode: Literal["a"]) -> TextIOWrapper:
    """Open a file that other users cannot read."""
    return open(file, mode, encoding="utf-8", opener=lambda path, flags: os.open(path, flags, 0o600))
