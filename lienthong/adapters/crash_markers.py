"""Crash markers as files: a process that dies while it handles a bundle leaves one behind.

A marker is a file locked by the process that made it, and the kernel releases the lock when that process dies, in
whatever way. So an unlocked file proves a death. Nothing else leaves one: not a restart of the broker, not a lost
connection, not an outage.
"""

import fcntl
import os
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

EXPIRES_AFTER = 7 * 24 * 3600
"""Seconds after which an unclaimed marker is deleted: its bundle went to another machine."""


class FileCrashMarkers:
    """See `CrashMarkers`. Processes of one machine that share a data directory share their markers."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        for old in folder.iterdir():
            if _age(old) > EXPIRES_AFTER and _is_free(old):
                old.unlink(missing_ok=True)

    @contextmanager
    def mark(self, key: str) -> Iterator[None]:
        name = f"{key}.{uuid.uuid4().hex[:12]}"
        unlocked, held = self._folder / f".{name}", self._folder / name
        descriptor = os.open(unlocked, os.O_CREAT | os.O_WRONLY, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            unlocked.rename(held)  # visible to others only once it is locked
            yield
        finally:
            held.unlink(missing_ok=True)
            unlocked.unlink(missing_ok=True)
            os.close(descriptor)

    def count(self, key: str) -> int:
        return len(self._left_behind(key))

    def clear(self, key: str) -> None:
        for file in self._left_behind(key):
            file.unlink(missing_ok=True)

    def _left_behind(self, key: str) -> list[Path]:
        return [file for file in self._folder.glob(f"{key}.*") if _is_free(file)]


def _is_free(file: Path) -> bool:
    try:
        descriptor = os.open(file, os.O_RDONLY)
    except FileNotFoundError:
        return False  # removed a moment ago
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(descriptor)
    return True


def _age(file: Path) -> float:
    try:
        return time.time() - file.stat().st_mtime
    except FileNotFoundError:
        return 0.0
