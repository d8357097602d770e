"""The files of a bus: their notes in the ledger's database, and what collects those that nothing names."""

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, cast

from lienthong.adapters.clock import SystemClock
from lienthong.adapters.files.named import NamedFiles
from lienthong.adapters.sql.database import Database
from lienthong.adapters.sql.file_names import SqlFileNames
from lienthong.configuration.names import resolve
from lienthong.maintenance.file_collection import FileCollection
from lienthong.operations.archive import Documents
from lienthong.ports import Files, KeptBy, Site
from lienthong.settings import Settings

if TYPE_CHECKING:
    from lienthong.runtime.composition import Storage

END_SECONDS = 5.0
"""How long the end of a process waits for a collection that is under way. It may be killed at any moment."""


def name_files(store: Files, database: Database) -> Files:
    """The files of a store, noted in the database. The age of a body is one of the machine, not of a recording."""
    return NamedFiles(store, SqlFileNames(database), SystemClock())


def kept_by(settings: Settings) -> KeptBy | None:
    """What states which bodies the project's rows name; None where the project has no such function."""
    return cast("KeptBy", resolve(settings.bus.kept_by)) if settings.bus.kept_by else None


def archived_documents(settings: Settings) -> Documents:
    """What the project has of a dossier; nothing where it has no such function."""
    return cast("Documents", resolve(settings.bus.archived_by)) if settings.bus.archived_by else _no_documents


def _no_documents(site: Site, dossier: str) -> Sequence[Mapping[str, Any]]:  # noqa: ARG001 - there are none
    return ()


@contextmanager
def collecting(storage: "Storage", stop: threading.Event) -> Iterator[None]:
    """A block beside which bodies that nothing names are collected, until `stop` is set."""
    thread = threading.Thread(target=make_collection(storage).serve, args=(stop,), name="files", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(END_SECONDS)


def make_collection(storage: "Storage") -> FileCollection:
    """What removes the bodies that nothing names."""
    settings, names = storage.settings, SqlFileNames(storage.database)
    return FileCollection(
        storage.files,
        names,
        kept_by(settings),
        ledger=storage.ledger,
        clock=SystemClock(),
        age=settings.bus.files_age,
    )
