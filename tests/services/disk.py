"""A small file system that can be filled completely, so that writes to it get ENOSPC from the kernel.

Where mounting is allowed (root of a machine) it is a new tmpfs, filled by shrinking it to what it contains. Otherwise
(root of a container) it is a folder on a small file system that exists, filled with a file: the file system that
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

VARIABLE = "LIENTHONG_TEST_SMALL_DISK"

MOUNTED_BYTES = 2 << 30
"""Size of a new tmpfs. It uses only as much memory as it contains."""

LARGEST_SHARED_BYTES = 256 << 20
"""Size of the largest file system that is filled with a file."""

FREE_SHARED_BYTES = 48 << 20
"""How much of it must be free."""


class Disk(Protocol):
    """`folder` is empty at first. `roomy`: it has room for all that a test writes; otherwise for a few MB only."""

    folder: Path
    roomy: bool

    def fill(self) -> None:
        """Fill it: from now on no further page can be written."""

    def free(self) -> None:
        """Make room again."""


class Mounted:
    """A new tmpfs."""

    roomy = True

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def fill(self) -> None:
        for _ in range(100):  # a process may write between the measurement and the command
            usage = os.statvfs(self.folder)
            if self._resize((usage.f_blocks - usage.f_bfree) * usage.f_frsize):
                return
        raise AssertionError(f"{self.folder} grew faster than it could be shrunk")

    def free(self) -> None:
        assert self._resize(MOUNTED_BYTES)

    def _resize(self, size: int) -> bool:
        """Whether the kernel accepted the new size; it refuses one that is too small for the files."""
        command = ["mount", "-o", f"remount,size={size}", str(self.folder)]
        return subprocess.run(command, capture_output=True, check=False).returncode == 0


class Shared:
    """A folder on a small file system of the machine."""

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


class _Full(Exception):  # noqa: N818 - it names a state that the caller waits for
    """Nothing more can be written."""


def _append(file: int, content: bytes) -> None:
    try:
        os.write(file, content)
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise _Full from error
        raise


@contextmanager
def small_disk() -> Iterator[Disk]:
    """A disk to fill. Where none can be mounted or found, the test fails and its message states what to do."""
    folder = Path(tempfile.mkdtemp(prefix="lienthong-disk-"))
    tmpfs = ["mount", "-t", "tmpfs", "-o", f"size={MOUNTED_BYTES},mode=0777", "lienthong", str(folder)]
    if subprocess.run(tmpfs, capture_output=True, check=False).returncode == 0:
        try:
            yield Mounted(folder)
        finally:
            subprocess.run(["umount", "--lazy", str(folder)], check=True)
            folder.rmdir()
        return
    folder.rmdir()
    shared = Shared(_shared_folder(secrets.token_hex(4)))
    try:
        yield shared
    finally:
        shared.free()
        shutil.rmtree(shared.folder)


def _shared_folder(name: str) -> Path:
    disk = Path(os.environ.get(VARIABLE, "/dev/shm"))  # noqa: S108 - a file system, not a file
    usage = os.statvfs(disk)
    if usage.f_blocks * usage.f_frsize <= LARGEST_SHARED_BYTES and usage.f_bavail * usage.f_frsize >= FREE_SHARED_BYTES:
        folder = disk / f"lienthong-{name}"
        folder.mkdir()
        folder.chmod(0o777)
        return folder
    wanted = f"a file system of at most {LARGEST_SHARED_BYTES >> 20} MB with {FREE_SHARED_BYTES >> 20} MB free"
    pytest.fail(f"no disk can be filled here: none may be mounted. Run as root, or name {wanted} in {VARIABLE}")
