"""The port `Files`: bodies of files, kept by their SHA-256. A message or a row names a body by its digest alone."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Any, BinaryIO, Protocol, Self

from lienthong.errors import LienthongError, Transient
from lienthong.messages import message

DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
"""How a body is named everywhere: in data of events, in rows, in answers."""

PIECE_BYTES = 256 * 1024
"""How much of a body is read or written at one time."""


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A body that is kept: `sha256:` with 64 hexadecimal digits, and its length in bytes."""

    digest: str
    size: int


@dataclass(frozen=True, slots=True)
class ListedFile:
    """A body that is there, and when it was last kept (UTC)."""

    digest: str
    size: int
    kept_at: datetime


class NoSuchFile(LienthongError):  # noqa: N818 - reads as a statement
    """No body has this digest. `digest` is the one that was asked for."""

    def __init__(self, digest: str) -> None:
        super().__init__(message("there is no body {digest}", digest=digest))
        self.digest = digest


class Draft(Protocol):
    """A body that comes piece by piece. Nothing is seen of it before `keep`.

    - Leaving the `with` block discards what is not kept.
    - `write` adds a piece.
    - `finish` ends it, and gives its digest and length; the bytes are on a disk then.
    - `keep` finishes it, and gives it its name. When it returns, the body is there and survives a loss of power.
    - `discard` drops it. After `keep` it does nothing.
    - All of them raise `Transient` when the bytes cannot be written.
    """

    def write(self, piece: bytes | memoryview) -> None: ...

    def finish(self) -> StoredFile: ...

    def keep(self) -> StoredFile: ...

    def discard(self) -> None: ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class Files(Protocol):
    """Bodies by digest. Any number of processes and threads may use it at the same time.

    - `put` keeps a body that is read from `stream` to its end, in pieces. The same bytes are kept once.
    - `draft` is the same for bytes that are handed in.
    - `open` gives a body to read; the caller closes it. It raises `NoSuchFile`.
    - `size` is the length of a body, None when it is not there. `exists` states whether it is there.
    - `delete` removes a body, if it is there. What is open in a folder is read to its end.
    - `walk` gives all bodies, in no order. One that is kept or deleted meanwhile may be in it or not.
    - `sweep` removes what uploads have left that ended before `before` and were never kept; it gives their number.
    - A body is whole or not there: half of one is never seen, also not after a crash.
    - A digest that is not `sha256:` with 64 small hexadecimal digits names no body.
    - All of them raise `Transient` when the store does not answer, is full, or refuses us.
    """

    def put(self, stream: BinaryIO) -> StoredFile: ...

    def draft(self) -> Draft: ...

    def open(self, digest: str) -> BinaryIO: ...

    def size(self, digest: str) -> int | None: ...

    def exists(self, digest: str) -> bool: ...

    def delete(self, digest: str) -> None: ...

    def walk(self) -> Iterator[ListedFile]: ...

    def sweep(self, before: datetime) -> int: ...


KeptBy = Callable[[Any, Sequence[str]], Iterable[str]]
"""Which of these digests the rows of a project name. It is called with a connection of SQLAlchemy, in a transaction."""


@dataclass(frozen=True, slots=True)
class FileCounts:
    """How many bodies were kept and not collected, and their bytes."""

    files: int
    size: int


class FileNames(Protocol):
    """The notes of the bodies that are kept, in the ledger's database. Every method raises `Transient`.

    - `note` is called before a body gets its name. It waits while this body is being deleted, or raises `Transient`.
    - `adopt` notes bodies that are there without a note, as if they were kept now; it gives their number.
    - `unnamed_since`: the bodies that no upload has named since `before`, the oldest first.
    - `in_use`: those of these bodies that `kept_by` names.
    - `begin_deletion` is true when no upload has named the body since `before`, and `kept_by` does not name it in the
      same transaction. From then on an upload of these bytes is refused for some minutes.
    - `end_deletion` removes the note, once the body is gone. The caller removes the body, within these minutes.
    - `renew` notes that bodies are in use, so that they are not looked at again soon.
    - `digests`: the bodies by digest, those after `after`.
    """

    def note(self, stored: StoredFile, now: datetime) -> None: ...

    def adopt(self, files: Iterable[ListedFile], now: datetime) -> int: ...

    def unnamed_since(self, before: datetime, at_most: int) -> Sequence[str]: ...

    def in_use(self, digests: Sequence[str], kept_by: KeptBy) -> Set[str]: ...

    def begin_deletion(self, digest: str, *, before: datetime, now: datetime, kept_by: KeptBy) -> bool: ...

    def end_deletion(self, digest: str, *, before: datetime) -> None: ...

    def renew(self, digests: Sequence[str], now: datetime) -> None: ...

    def counts(self) -> FileCounts: ...

    def digests(self, after: str, at_most: int) -> Sequence[StoredFile]: ...


def pieces(stream: BinaryIO) -> Iterator[bytes]:
    """What a stream holds, from where it stands to its end, in pieces."""
    while piece := stream.read(PIECE_BYTES):
        yield piece


class NoFiles:
    """Stands where no place for files was given: nothing is there, and nothing can be kept."""

    def put(self, stream: BinaryIO) -> StoredFile:  # noqa: ARG002 - nothing is read
        raise _no_place()

    def draft(self) -> Draft:
        raise _no_place()

    def open(self, digest: str) -> BinaryIO:
        raise NoSuchFile(digest)

    def size(self, digest: str) -> int | None:  # noqa: ARG002 - nothing is there
        return None

    def exists(self, digest: str) -> bool:  # noqa: ARG002 - nothing is there
        return False

    def delete(self, digest: str) -> None:
        """Nothing is there."""

    def walk(self) -> Iterator[ListedFile]:
        return iter(())

    def sweep(self, before: datetime) -> int:  # noqa: ARG002 - nothing is there
        return 0


def _no_place() -> Transient:
    return Transient(message("this process was given no place for files"))
