"""Crash markers as files: a process that dies while it handles a bundle leaves its marker behind.

A marker is a file that its process keeps locked. The kernel releases the lock when the process dies, however it dies,
so an unlocked file proves a death. A restart of the broker, a lost connection or an outage leaves no such file.
"""

import fcntl
import os
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lienthong.adapters.private_files import FOLDER_MODE

EXPIRES_AFTER_SECONDS = 7 * 24 * 3600
"""Age at which a marker that was never cleared is deleted: another machine has handled its bundle."""


class FileCrashMarkers:
    """See `CrashMarkers`. Processes of one machine that share a data directory share their markers."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True, mode=FOLDER_MODE)
        for file in folder.iterdir():
            if _age_seconds(file) > EXPIRES_AFTER_SECONDS and _is_unlocked(file):
                file.unlink(missing_ok=True)

    @contextmanager
    def mark(self, key: str) -> Iterator[None]:
        name = f"{key}.{uuid.uuid4().hex[:12]}"
        hidden, visible = self._folder / f".{name}", self._folder / name
        descriptor = os.open(hidden, os.O_CREAT | os.O_WRONLY, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            hidden.rename(visible)  # other processes see the file only once it is locked
            yield
        finally:
            visible.unlink(missing_ok=True)
            hidden.unlink(missing_ok=True)
            os.close(descriptor)

    def count(self, key: str) -> int:
        return len(self._left_behind(key))

    def clear(self, key: str) -> None:
        for file in self._left_behind(key):
            file.unlink(missing_ok=True)

    def _left_behind(self, key: str) -> list[Path]:
        return [file for file in self._folder.glob(f"{key}.*") if _is_unlocked(file)]


def _is_unlocked(file: Path) -> bool:
    try:
        descriptor = os.open(file, os.O_RDONLY)
    except FileNotFoundError:
        return False  # its process has just removed it
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(descriptor)
    return True


def _age_seconds(file: Path) -> float:
    try:
        return time.time() - file.stat().st_mtime
    except FileNotFoundError:
        return 0.0
