"""A small file system that can be made full, really full: what writes to it gets ENOSPC from the kernel.

Where we may mount (root of a machine) it is a tmpfs of our own, made full by shrinking it to what it holds. Where we
may not (root of a container) it is a folder on a small file system that is there, made full with a file: the one that
`LIENTHONG_TEST_SMALL_DISK` names, or a container's /dev/shm. The machine's real disk is never filled.
"""

import errno
import os
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Protocol

import pytest

NAMED = "LIENTHONG_TEST_SMALL_DISK"

ROOM = 2 << 30
"""Bytes a tmpfs of our own may hold; it takes no more memory than it holds."""

SMALL = 256 << 20
"""Bytes of the largest file system that may be filled with a file, and …"""

ENOUGH = 48 << 20
"""… bytes that must be free there."""


class Disk(Protocol):
    """`folder` is empty at first. `roomy`: it holds whatever a test writes; else only a few MB should lie there."""

    folder: Path
    roomy: bool

    def fill(self) -> None:
        """From now on not one more page can be written."""

    def free(self) -> None:
        """There is room again."""


class Mounted:
    """A tmpfs of our own."""

    roomy = True

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def fill(self) -> None:
        for _ in range(100):  # somebody may write between our look and our order
            there = os.statvfs(self.folder)
            if self._resized((there.f_blocks - there.f_bfree) * there.f_frsize):
                return
        raise AssertionError(f"{self.folder} grew faster than it could be shrunk")

    def free(self) -> None:
        assert self._resized(ROOM)

    def _resized(self, size: int) -> bool:
        command = ["mount", "-o", f"remount,size={size}", str(self.folder)]
        return subprocess.run(command, capture_output=True, check=False).returncode == 0


class Shared:
    """A folder on a small file system of the machine's."""

    roomy = False

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._ballast = folder.with_name(f"{folder.name}-ballast")

    def fill(self) -> None:
        with self._ballast.open("ab", buffering=0) as file, suppress(_Full):
            while True:
                _append(file.fileno(), bytes(4096))

    def free(self) -> None:
        self._ballast.unlink(missing_ok=True)


class _Full(Exception):  # noqa: N818 - a state, not a fault
    """Nothing more can be written."""


def _append(file: int, some: bytes) -> None:
    try:
        os.write(file, some)
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise _Full from error
        raise


@contextmanager
def small_disk() -> Iterator[Disk]:
    """Fails, saying what to do, where there is neither the right to mount nor a small file system."""
    folder = Path(tempfile.mkdtemp(prefix="lienthong-disk-"))
    tmpfs = ["mount", "-t", "tmpfs", "-o", f"size={ROOM},mode=0777", "lienthong", str(folder)]
    if subprocess.run(tmpfs, capture_output=True, check=False).returncode == 0:
        try:
            yield Mounted(folder)
        finally:
            subprocess.run(["umount", "--lazy", str(folder)], check=True)
            folder.rmdir()
        return
    folder.rmdir()
    shared = Shared(_beside(secrets.token_hex(4)))
    try:
        yield shared
    finally:
        shared.free()
        shutil.rmtree(shared.folder)


def _beside(name: str) -> Path:
    place = Path(os.environ.get(NAMED, "/dev/shm"))  # noqa: S108 - a file system, not a file
    there = os.statvfs(place)
    if there.f_blocks * there.f_frsize <= SMALL and there.f_bavail * there.f_frsize >= ENOUGH:
        folder = place / f"lienthong-{name}"
        folder.mkdir()
        folder.chmod(0o777)
        return folder
    wanted = f"a file system of at most {SMALL >> 20} MB with {ENOUGH >> 20} MB free"
    pytest.fail(f"no disk can be filled here: none may be mounted. Run as root, or name {wanted} in {NAMED}")
