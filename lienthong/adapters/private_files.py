"""Files that only the account of the service may read: folders 0700, files 0600, whatever its umask is."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

FOLDER_MODE, FILE_MODE = 0o700, 0o600

OPEN_TO_OTHERS = 0o077
"""Bits of a mode by which other accounts may do something."""

_NAMES = ("lienthong*", "logs", "hands", "leases", "recordings", "recording", "set-aside", "backups", "files")
"""What the bus makes in a data directory. Other things in it are left alone."""

_TOO_MANY = "files"
"""A folder that is not looked through: it is private itself, and may hold millions of bodies."""

_given_umask: int | None = None


def make_private_by_default() -> None:
    """From now on what this process and its children make is private, unless they change its mode themselves."""
    global _given_umask  # noqa: PLW0603 - the umask is one for the whole process
    former = os.umask(OPEN_TO_OTHERS)
    if _given_umask is None:
        _given_umask = former


def outgoing_mode(mode: int) -> int | None:
    """`mode` as the umask of the operator leaves it, for files that are made for others; None: it is so already."""
    return None if _given_umask is None else mode & ~_given_umask


def make_private_folder(folder: Path) -> None:
    """Make a data directory, and make what the bus has in it private. A change is logged."""
    folder.mkdir(parents=True, exist_ok=True, mode=FOLDER_MODE)
    changed = [path for path in open_to_others(folder) if _tighten(path)]
    if changed:
        import structlog  # seldom needed, and every command imports this module

        structlog.get_logger(__name__).warning(
            "the data directory was open to other accounts", folder=str(folder), changed=len(changed)
        )


def make_private_file(file: Path) -> None:
    """Make an empty file if it is not there. SQLite gives the files beside a database the mode of the database."""
    try:
        os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, FILE_MODE))
    except FileExistsError:
        return
    file.chmod(FILE_MODE)  # a umask may have taken away more


def open_to_others(folder: Path) -> Iterator[Path]:
    """What of a data directory other accounts may read or change: itself, and what the bus made in it.

    A folder that is meant for all accounts, such as /tmp, is left out itself.
    """
    if not folder.is_dir():
        return
    if not folder.stat().st_mode & stat.S_ISVTX and _is_open(folder):
        yield folder
    for name in _NAMES:
        for path in folder.glob(name):
            yield from filter(_is_open, _with_content(path))


def _with_content(path: Path) -> Iterator[Path]:
    yield path
    if path.name != _TOO_MANY and path.is_dir() and not path.is_symlink():
        yield from path.rglob("*")


def _is_open(path: Path) -> bool:
    try:
        mode = path.lstat().st_mode
    except OSError:  # another process has just removed it, or it cannot be looked at
        return False
    return not stat.S_ISLNK(mode) and bool(mode & OPEN_TO_OTHERS)


def _tighten(path: Path) -> bool:
    """Take the rights of other accounts away. False where it is not ours; the doctor names it."""
    try:
        path.chmod(path.lstat().st_mode & 0o7777 & ~OPEN_TO_OTHERS)
    except OSError:
        return False
    return True
