"""Files whose names are noted in the ledger's database before they exist, so that a collection spares what is new."""

from collections.abc import Iterator
from datetime import datetime
from types import TracebackType
from typing import BinaryIO, Self

from lienthong.ports import Clock, Draft, Files, ListedFile, StoredFile
from lienthong.ports.files import FileNames, pieces


class NamedFiles:
    """See `Files`: those of `files`, with a note in `names` of each body that is kept. `clock`: the machine's."""

    def __init__(self, files: Files, names: FileNames, clock: Clock) -> None:
        self.files = files
        self._names = names
        self._clock = clock

    def put(self, stream: BinaryIO) -> StoredFile:
        with self.draft() as draft:
            for piece in pieces(stream):
                draft.write(piece)
            return draft.keep()

    def draft(self) -> Draft:
        return _NamedDraft(self.files.draft(), self._names, self._clock)

    def open(self, digest: str) -> BinaryIO:
        return self.files.open(digest)

    def size(self, digest: str) -> int | None:
        return self.files.size(digest)

    def exists(self, digest: str) -> bool:
        return self.files.exists(digest)

    def delete(self, digest: str) -> None:
        self.files.delete(digest)

    def walk(self) -> Iterator[ListedFile]:
        return self.files.walk()

    def sweep(self, before: datetime) -> int:
        return self.files.sweep(before)


class _NamedDraft:
    """See `Draft`. The note is committed before the body gets its name."""

    def __init__(self, draft: Draft, names: FileNames, clock: Clock) -> None:
        self._draft = draft
        self._names = names
        self._clock = clock

    def write(self, piece: bytes | memoryview) -> None:
        self._draft.write(piece)

    def finish(self) -> StoredFile:
        return self._draft.finish()

    def keep(self) -> StoredFile:
        self._names.note(self._draft.finish(), self._clock.now())
        return self._draft.keep()

    def discard(self) -> None:
        self._draft.discard()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.discard()
