"""What workers have in hand, as files: whoever dies leaves one behind.

A file is locked by the process that holds it, and the kernel lets go of the lock when that process dies, however it
dies. A file nobody locks is therefore evidence of a death, and nothing else is: not a restart of the broker, not a
lost connection, not an outage.
"""

import fcntl
import os
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

KEEP = 7 * 24 * 3600
"""Seconds after which evidence nobody asked for is thrown away: what it was about came to another machine."""


class FileHands:
    """See `Hands`. Processes of one machine that share a data directory share their evidence."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        for old in folder.iterdir():
            if _age(old) > KEEP and _is_free(old):
                old.unlink(missing_ok=True)

    @contextmanager
    def holding(self, key: str) -> Iterator[None]:
        name = f"{key}.{uuid.uuid4().hex[:12]}"
        unlocked, held = self._folder / f".{name}", self._folder / name
        descriptor = os.open(unlocked, os.O_CREAT | os.O_WRONLY, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            unlocked.rename(held)  # only now, locked, may it be seen
            yield
        finally:
            held.unlink(missing_ok=True)
            unlocked.unlink(missing_ok=True)
            os.close(descriptor)

    def deaths(self, key: str) -> int:
        return len(self._left_behind(key))

    def forget(self, key: str) -> None:
        for file in self._left_behind(key):
            file.unlink(missing_ok=True)

    def _left_behind(self, key: str) -> list[Path]:
        return [file for file in self._folder.glob(f"{key}.*") if _is_free(file)]


def _is_free(file: Path) -> bool:
    try:
        descriptor = os.open(file, os.O_RDONLY)
    except FileNotFoundError:
        return False  # let go of in this moment
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
