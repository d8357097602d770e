"""Bodies in an S3-compatible store. A body comes into a local file first, because its name is its digest.

The store makes an object visible when all of it has come; so nothing half-written is seen there either.
"""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import structlog

from lienthong.adapters.files.spool import Spool, SpooledDraft
from lienthong.adapters.files.unfinished_uploads import UnfinishedUploads
from lienthong.errors import Transient
from lienthong.messages import message
from lienthong.ports.files import DIGEST, PIECE_BYTES, ListedFile, NoSuchFile, StoredFile, pieces

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer
    from obstore import Bytes
    from obstore.store import S3Store

BODIES = "sha256"

PART_BYTES = 8 * 1024 * 1024
"""The size of a part of a larger body; several go on their way together."""

PARTS_AT_ONCE = 4

RANGE_BYTES = 4 * 1024 * 1024
"""How much of a body is asked for at one time. A request has to end in its time, so a slow line must not carry more."""

_REFUSED = "403 Forbidden"
"""What an error without a class of its own has in its text, where a listing is refused."""

log = structlog.get_logger(__name__)


class ObjectStoreFiles:
    """See `Files`. `drafts` is a local folder for bodies while they come."""

    def __init__(self, store: "S3Store", drafts: Path, unfinished: UnfinishedUploads) -> None:
        self._store = store
        self._spool = Spool(drafts)
        self._unfinished = unfinished

    def put(self, stream: BinaryIO) -> StoredFile:
        with self.draft() as draft:
            for piece in pieces(stream):
                draft.write(piece)
            return draft.keep()

    def draft(self) -> SpooledDraft:
        return self._spool.draft(self._name)

    def open(self, digest: str) -> BinaryIO:
        size = self.size(digest)
        if size is None:
            raise NoSuchFile(digest)
        return io.BufferedReader(_Body(self._ranges(digest, size)), PIECE_BYTES)

    def _ranges(self, digest: str, size: int) -> Iterator["Bytes"]:
        import obstore

        for start in range(0, size, RANGE_BYTES):
            try:
                yield obstore.get_range(self._store, _key(digest), start=start, end=min(start + RANGE_BYTES, size))
            except FileNotFoundError:
                raise Transient(message("the store of files does not answer")) from None

    def size(self, digest: str) -> int | None:
        import obstore

        if not DIGEST.fullmatch(digest):
            return None
        with _store_faults():
            try:
                return obstore.head(self._store, _key(digest))["size"]
            except FileNotFoundError:
                return None

    def exists(self, digest: str) -> bool:
        return self.size(digest) is not None

    def delete(self, digest: str) -> None:
        import obstore

        if DIGEST.fullmatch(digest):
            with _store_faults():
                try:
                    obstore.delete(self._store, _key(digest))
                except FileNotFoundError:
                    return

    def walk(self) -> Iterator[ListedFile]:
        import obstore

        with _store_faults():
            found = iter(obstore.list(self._store, BODIES))
        while True:
            with _store_faults():
                page = next(found, None)
            if page is None:
                return
            for one in page:
                digest = f"sha256:{one['path'].rpartition('/')[2]}"
                if DIGEST.fullmatch(digest):
                    yield ListedFile(digest, one["size"], one["last_modified"])

    def sweep(self, before: datetime) -> int:
        return self._spool.sweep(before) + self._unfinished.end(before)

    def _name(self, file: Path, stored: StoredFile) -> None:
        import obstore

        with _store_faults(), file.open("rb") as stream:
            try:
                obstore.put(
                    self._store,
                    _key(stored.digest),
                    stream,
                    use_multipart=stored.size > PART_BYTES,
                    chunk_size=PART_BYTES,
                    max_concurrency=PARTS_AT_ONCE,
                )
            except FileNotFoundError:
                raise Transient(message("the store of files has no such bucket")) from None


class _Body(io.RawIOBase):
    """A body that is read as it comes over the network. A break of the connection is `Transient`."""

    def __init__(self, parts: Iterator["Bytes"]) -> None:
        self._parts = parts
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer") -> int:
        target = memoryview(buffer).cast("B")
        if not self._rest:
            with _store_faults():
                self._rest = memoryview(next(self._parts, b""))
        count = min(len(target), len(self._rest))
        target[:count] = self._rest[:count]
        self._rest = self._rest[count:]
        return count


def _key(digest: str) -> str:
    if not DIGEST.fullmatch(digest):
        raise NoSuchFile(digest)
    name = digest.removeprefix("sha256:")
    return f"{BODIES}/{name[:2]}/{name}"


@contextmanager
def _store_faults() -> Iterator[None]:
    """What the store or the network reports, as `Transient`. The log has its words, which are no secret."""
    from obstore.exceptions import BaseError, PermissionDeniedError, UnauthenticatedError

    try:
        yield
    except BaseError as error:
        if isinstance(error, (PermissionDeniedError, UnauthenticatedError)) or _REFUSED in str(error):
            log.error("the store of files refuses us", error=type(error).__name__)
            raise Transient(message("the store of files refuses our key")) from error
        log.warning("the store of files does not answer", error=type(error).__name__)
        raise Transient(message("the store of files does not answer")) from error
