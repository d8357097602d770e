"""Whether the bodies of files are all there, and are what their digests state."""

import hashlib
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from lienthong.errors import Transient
from lienthong.ports import FileNames, Files, KeptBy, NoSuchFile, StoredFile
from lienthong.ports.files import pieces

PAGE = 500


class FileFaults(NamedTuple):
    """Bodies that were read, with their bytes; digests of those that are missing, damaged, or could not be read."""

    read: int
    size: int
    missing: Sequence[str]
    damaged: Sequence[str]
    unread: Sequence[str]

    @property
    def is_sound(self) -> bool:
        return not (self.missing or self.damaged or self.unread)


def check_files(files: Files, names: FileNames, kept_by: KeptBy | None) -> FileFaults:
    """Read every body that was kept, and compare it with its digest.

    A body that is missing is a fault where the project's rows name it, or where it is not known what they name: of an
    upload that broke off, only the note may be there.
    """
    count, size, missing, damaged, unread = 0, 0, list[str](), list[str](), list[str]()
    for one in _each(names):
        try:
            found = _digest_of(files, one.digest)
        except NoSuchFile:
            missing.append(one.digest)
            continue
        except Transient:
            unread.append(one.digest)
            continue
        count, size = count + 1, size + one.size
        if found != one.digest:
            damaged.append(one.digest)
    return FileFaults(count, size, missed(missing, names, kept_by), damaged, unread)


def missed(digests: Sequence[str], names: FileNames, kept_by: KeptBy | None) -> Sequence[str]:
    """Those of these missing bodies that the project's rows name; all of them where that is not known."""
    if kept_by is None:
        return digests
    found: set[str] = set()
    for start in range(0, len(digests), PAGE):
        found |= names.in_use(digests[start : start + PAGE], kept_by)
    return sorted(found)


def _each(names: FileNames) -> Iterator[StoredFile]:
    after = ""
    while page := names.digests(after, PAGE):
        yield from page
        after = page[-1].digest


def _digest_of(files: Files, digest: str) -> str:
    sha = hashlib.sha256()
    with files.open(digest) as body:
        for piece in pieces(body):
            sha.update(piece)
    return f"sha256:{sha.hexdigest()}"
