"""Bodies in a folder: `sha256/AB/AB…` by their digest, read by no other account."""

import contextlib
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from lienthong.adapters.files.spool import FOLDER as SPOOL
from lienthong.adapters.files.spool import Spool, SpooledDraft, disk_faults
from lienthong.adapters.private_files import FOLDER_MODE
from lienthong.ports.files import DIGEST, ListedFile, NoSuchFile, StoredFile, pieces

BODIES = "sha256"


class FolderFiles:
    """See `Files`. The folder need not exist.

    A body is written beside the others, synced, renamed to its digest, and its folder is synced. The same body kept
    again replaces the file by an equal one, which heals a file that a disk has damaged.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._bodies = folder / BODIES
        self._spool = Spool(folder / SPOOL)

    def put(self, stream: BinaryIO) -> StoredFile:
        with self.draft() as draft:
            for piece in pieces(stream):
                draft.write(piece)
            return draft.keep()

    def draft(self) -> SpooledDraft:
        return self._spool.draft(self._name)

    def open(self, digest: str) -> BinaryIO:
        with disk_faults():
            try:
                return self._path(digest).open("rb")
            except FileNotFoundError:
                raise NoSuchFile(digest) from None

    def size(self, digest: str) -> int | None:
        if not DIGEST.fullmatch(digest):
            return None
        with disk_faults():
            try:
                return self._path(digest).stat().st_size
            except FileNotFoundError:
                return None

    def exists(self, digest: str) -> bool:
        return self.size(digest) is not None

    def delete(self, digest: str) -> None:
        if DIGEST.fullmatch(digest):
            with disk_faults():
                self._path(digest).unlink(missing_ok=True)

    def walk(self) -> Iterator[ListedFile]:
        for folder in sorted(self._folders()):
            with disk_faults():
                entries = list(os.scandir(folder))
            for entry in entries:
                digest = f"sha256:{entry.name}"
                with contextlib.suppress(FileNotFoundError):  # deleted in this moment
                    if DIGEST.fullmatch(digest) and entry.is_file(follow_symlinks=False):
                        found = entry.stat(follow_symlinks=False)
                        yield ListedFile(digest, found.st_size, datetime.fromtimestamp(found.st_mtime, UTC))

    def sweep(self, before: datetime) -> int:
        return self._spool.sweep(before)

    def _folders(self) -> list[str]:
        with disk_faults():
            try:
                return [entry.path for entry in os.scandir(self._bodies) if entry.is_dir(follow_symlinks=False)]
            except FileNotFoundError:
                return []

    def _path(self, digest: str) -> Path:
        if not DIGEST.fullmatch(digest):
            raise NoSuchFile(digest)
        name = digest.removeprefix("sha256:")
        return self._bodies / name[:2] / name

    def _name(self, file: Path, stored: StoredFile) -> None:
        path = self._path(stored.digest)
        for folder in (self._bodies, path.parent):
            if not folder.is_dir():
                folder.mkdir(parents=True, exist_ok=True, mode=FOLDER_MODE)
                _sync_folder(folder.parent)
        os.utime(file)  # it is kept now, however long it took to come
        file.replace(path)
        _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    """Put the names in a folder on the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
