"""A body while it comes: a file in the folder of drafts, which nothing else reads."""

import contextlib
import hashlib
import os
import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from lienthong.adapters.private_files import FILE_MODE, FOLDER_MODE
from lienthong.errors import Transient
from lienthong.messages import message
from lienthong.messages.os_errors import os_reason
from lienthong.ports.files import StoredFile

FOLDER = "incoming"
"""The name of the folder of drafts, within that of the files."""

_ENDING = ".part"

Keep = Callable[[Path, StoredFile], None]
"""Gives a finished file of the spool its name. The file may be moved away."""


@contextmanager
def disk_faults() -> Iterator[None]:
    """What the disk reports, as `Transient`."""
    try:
        yield
    except OSError as error:
        raise Transient(message("a file cannot be kept: {why}", why=os_reason(error))) from error


class Spool:
    """The drafts in one folder. The folder need not exist."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def draft(self, keep: Keep) -> "SpooledDraft":
        """A new draft, which `keep` names."""
        with disk_faults():
            self._folder.mkdir(parents=True, exist_ok=True, mode=FOLDER_MODE)
            file = self._folder / f"{secrets.token_hex(16)}{_ENDING}"
            return SpooledDraft(file, os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE), keep)

    def sweep(self, before: datetime) -> int:
        """Remove drafts to which nothing was added since `before`: what wrote them has ended."""
        count = 0
        for file in list(self._folder.glob(f"*{_ENDING}")):
            with contextlib.suppress(OSError):  # it was kept or removed in this moment
                if file.stat().st_mtime < before.timestamp():
                    file.unlink()
                    count += 1
        return count


class SpooledDraft:
    """See `Draft`. One thread at a time uses it."""

    def __init__(self, file: Path, descriptor: int, keep: Keep) -> None:
        self._file = file
        self._descriptor: int | None = descriptor
        self._keep = keep
        self._hash = hashlib.sha256()
        self._size = 0
        self._kept: StoredFile | None = None
        self._lock = threading.Lock()

    def write(self, piece: bytes | memoryview) -> None:
        with disk_faults():
            view = memoryview(piece)
            while view:
                view = view[os.write(self._open_descriptor(), view) :]
        self._hash.update(piece)
        self._size += len(piece)

    def finish(self) -> StoredFile:
        """See `Draft`. It may be called again."""
        with self._lock, disk_faults():
            if self._descriptor is not None:
                os.fsync(self._descriptor)
                os.close(self._descriptor)
                self._descriptor = None
        return StoredFile(f"sha256:{self._hash.hexdigest()}", self._size)

    def keep(self) -> StoredFile:
        stored = self.finish()
        if self._kept is None:
            with disk_faults():
                self._keep(self._file, stored)
            self._kept = stored
            self._remove()
        return stored

    def discard(self) -> None:
        with self._lock, contextlib.suppress(OSError):
            if self._descriptor is not None:
                os.close(self._descriptor)
                self._descriptor = None
        self._remove()

    def _open_descriptor(self) -> int:
        if self._descriptor is None:
            raise ValueError("nothing is added to a draft that has ended")
        return self._descriptor

    def _remove(self) -> None:
        with contextlib.suppress(OSError):  # a later sweep removes what cannot be removed now
            self._file.unlink(missing_ok=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.discard()
