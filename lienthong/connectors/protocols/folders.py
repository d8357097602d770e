"""Reading files from a folder into which others write."""

import os
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from lienthong.connectors.protocols.table_rows import Unreadable
from lienthong.errors import Transient
from lienthong.messages import message


def settled_files(folder: Path, is_wanted: Callable[[str], bool], settle: timedelta, now: datetime) -> list[Path]:
    """The wanted regular files of a folder that were not changed within the last `settle`, in order of name.

    Hidden files and Excel's lock files (~$…) are left out. A file dated after our clock counts as settled. Raises
    `Transient` when the folder cannot be read.
    """
    try:
        with os.scandir(folder) as entries:
            return sorted(
                Path(entry.path)
                for entry in entries
                if not entry.name.startswith((".", "~$"))
                and is_wanted(entry.name)
                and entry.is_file(follow_symlinks=False)
                and abs(now.timestamp() - entry.stat(follow_symlinks=False).st_mtime) >= settle.total_seconds()
            )
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
