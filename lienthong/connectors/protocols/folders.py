"""Reading files from a folder into which others write."""

import os
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from lienthong.connectors.protocols.table_rows import Unreadable
from lienthong.errors import Transient
from lienthong.messages import message

Ignored = Callable[[str, bool], None]
"""Given (name, whether it is a regular file) of what lies in a folder and is not read."""


def settled_files(
    folder: Path,
    is_wanted: Callable[[str], bool],
    settle: timedelta,
    now: datetime,
    ignored: Ignored = lambda _name, _is_file: None,
) -> list[Path]:
    """The wanted regular files of a folder that were not changed within the last `settle`, in order of name.

    Hidden files and the lock files of Excel (~$…) and LibreOffice (.~lock…) are left out without a word; `ignored` is
    given everything else that is not read. A file dated after our clock counts as settled. Raises `Transient` when
    the folder cannot be read.
    """
    files = []
    try:
        with os.scandir(folder) as entries:
            for entry in sorted(entries, key=lambda entry: entry.name):
                if entry.name.startswith((".", "~$")):
                    continue
                is_file = entry.is_file(follow_symlinks=False)
                if not (is_file and is_wanted(entry.name)):
                    ignored(entry.name, is_file)
                elif abs(now.timestamp() - entry.stat(follow_symlinks=False).st_mtime) >= settle.total_seconds():
                    files.append(Path(entry.path))
        return files
    except OSError:
        raise Transient(message("The folder of incoming files cannot be opened")) from None


def read_file(path: Path, size_limit: int) -> bytes:
    """The whole file at one moment. Raises `Unreadable` beyond `size_limit` bytes, or when the system refuses it."""
    try:
        if path.stat().st_size > size_limit:
            raise Unreadable(message("It is larger than the limit of {limit} bytes", limit=size_limit))
        return path.read_bytes()
    except OSError as error:
        raise Unreadable(message("The file cannot be read: {error}", error=type(error).__name__)) from None
