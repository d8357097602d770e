"""Backup and restore: one file with the ledger's database and what else of the data directory is needed.

The file is a tar archive: `manifest.json` (when it was written, and the SHA-256 of every other part), the database
(`lienthong.db` or `lienthong.dump`), the list of the bodies of files, messages that were set aside, and the mark of a
recording. Logs, crash markers and
leases are not needed. It is written under another name, read again, and renamed when all of it is right.
"""

import hashlib
import json
import os
import shutil
import tarfile
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from lienthong.adapters.private_files import FILE_MODE, make_private_folder
from lienthong.adapters.sql.backup import (
    CopyFailed,
    Proof,
    copy_sqlite,
    dump_postgresql,
    prove,
    refuse_nothing,
    restore_postgresql,
)
from lienthong.adapters.sql.database import open_database
from lienthong.adapters.sql.file_names import write_file_list
from lienthong.adapters.sql.identity import begin_incarnation, end_restoration, read_identity
from lienthong.adapters.sql.status import forget_processes
from lienthong.errors import WrongUse
from lienthong.messages import message
from lienthong.operations.file_list import FILE_LIST

EMBEDDED_FILE, DUMP_FILE, MANIFEST = "lienthong.db", "lienthong.dump", "manifest.json"

_OTHER_PARTS = ("set-aside", "recording")
"""What else of a data directory is needed."""

_BUFFER = 2**20


class NoBackup(WrongUse):
    """The file is no backup, or it cannot be written or restored there; the message states what to do."""


@dataclass(frozen=True, slots=True)
class Place:
    """What is backed up or restored: a data directory, and the database of a server, "" for the embedded one.

    `has_broker`: queues of a server outlive a restored database.
    """

    data: Path
    database: str
    has_broker: bool = False

    @property
    def embedded(self) -> Path:
        return self.data / EMBEDDED_FILE


def back_up(place: Place, target: Path, now: datetime) -> tuple[Path, Proof]:
    """Write a backup to `target`, or into it under the moment's name when it is a folder. Returns its path.

    Raises `NoBackup` for a file that exists, and `CopyFailed` when the copy is not intact; then nothing is left.
    """
    file = target / f"lienthong-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}.tar" if target.is_dir() else target
    if file.exists():
        raise NoBackup(message("{file} exists already; name another file", file=file))
    refuse_nothing(place.database or f"sqlite:///{place.embedded}")
    with _workshop(file.parent) as folder:
        database = folder / (DUMP_FILE if place.database else EMBEDDED_FILE)
        if place.database:
            proof = dump_postgresql(place.database, database)
        else:
            proof = copy_sqlite(f"sqlite:///{place.embedded}", database)
        if proof.faults:
            raise CopyFailed(
                message("the ledger is not intact, so no backup was written: {fault}", fault=proof.faults[0])
            )
        for name in _OTHER_PARTS:
            _copy(place.data / name, folder / name)
        if proof.is_proved:
            write_file_list(place.database or f"sqlite:///{database}", folder / FILE_LIST)
        archive = folder / "archive"
        _pack(folder, archive, proof, now)
        _check_archive(archive)
        archive.rename(file)
        _sync(file.parent)
    return file, proof


def restore(file: Path, place: Place, now: datetime) -> Proof:
    """Restore a backup where no ledger is yet, prove it, and begin a new incarnation of the ledger.

    Raises `NoBackup`, and `CopyFailed` when what was restored is not intact; then nothing is left.
    """
    kind = _check_archive(file)
    if (kind == DUMP_FILE) != bool(place.database):
        wanted = message("PostgreSQL: name an empty database in LIENTHONG_DATABASE")
        embedded = message("the embedded database: leave LIENTHONG_DATABASE out")
        raise NoBackup(message("the backup is of {what}", what=wanted if kind == DUMP_FILE else embedded))
    if not place.database and place.embedded.exists():
        raise NoBackup(
            message(
                "{data} has a ledger already, and a backup never replaces one; move it away first, or name an empty "
                "directory with `--data`",
                data=place.data,
            )
        )
    make_private_folder(place.data)
    with _workshop(place.data) as folder:
        with tarfile.open(file) as archive:
            archive.extractall(folder, filter="data")
        proof = _restore_database(folder / kind, place)
        if proof.faults:
            raise CopyFailed(message("what was restored is not intact: {fault}", fault=proof.faults[0]))
        for name in (*_OTHER_PARTS, FILE_LIST):
            if (folder / name).exists() and not (place.data / name).exists():
                (folder / name).rename(place.data / name)
        if not place.database:
            if proof.is_proved:
                _note_restoration(f"sqlite:///{folder / kind}", place, now)
            _sync(folder / kind)
            (folder / kind).rename(place.embedded)
        elif proof.is_proved:
            _note_restoration(place.database, place, now)
        _sync(place.data)
    return proof


def _restore_database(file: Path, place: Place) -> Proof:
    return restore_postgresql(place.database, file) if place.database else prove(f"sqlite:///{file}")


def _note_restoration(url: str, place: Place, now: datetime) -> None:
    """A new incarnation, so that messages of the life before are known; on embedded queues there are none.

    No process of that life serves the restored database.
    """
    engine = open_database(url)
    try:
        identity = read_identity(engine)
        if identity is not None:
            begin_incarnation(engine, identity, now)
        with engine.connect().execution_options(writing=True) as connection, connection.begin():
            forget_processes(connection)
            if not place.has_broker:
                end_restoration(connection)
    finally:
        engine.dispose()


@contextmanager
def _workshop(parent: Path) -> Iterator[Path]:
    """A private folder beside the result, on the same disk; removed in any case."""
    parent.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=".lienthong-", dir=parent))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target)
    elif source.exists():
        shutil.copyfile(source, target)


def _pack(folder: Path, archive: Path, proof: Proof, now: datetime) -> None:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    parts = {str(path.relative_to(folder)): _digest(path) for path in files}
    manifest = {"made_at": now.astimezone(UTC).isoformat(), "heads": dict(proof.heads), "parts": parts}
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=1), encoding="utf-8")
    with open(archive, "xb", opener=_private) as stream:
        with tarfile.open(fileobj=stream, mode="w") as packed:
            for name in (MANIFEST, *parts):
                packed.add(folder / name, name, filter=_without_owner)
        stream.flush()
        os.fsync(stream.fileno())


def _check_archive(file: Path) -> str:
    """Read all of a backup and compare it with its manifest. Returns the name of its database. Raises `NoBackup`."""
    try:
        with tarfile.open(file) as archive:
            manifest = _manifest(archive)
            if set(archive.getnames()) != {MANIFEST, *manifest["parts"]} or any(map(_leads_out, archive.getnames())):
                raise KeyError(MANIFEST)
            for name, digest in manifest["parts"].items():
                stream = archive.extractfile(name)
                if stream is None or _digest_of(stream) != digest:
                    raise NoBackup(
                        message("{file} is damaged: `{part}` is not as it was written", file=file, part=name)
                    )
            return next(name for name in (EMBEDDED_FILE, DUMP_FILE) if name in manifest["parts"])
    except (tarfile.TarError, EOFError, KeyError, TypeError, ValueError, StopIteration, AttributeError):
        raise NoBackup(message("{file} is not a whole backup of `lienthong backup`", file=file)) from None


def _manifest(archive: tarfile.TarFile) -> Mapping[str, Any]:
    stream = archive.extractfile(MANIFEST)
    if stream is None:
        raise KeyError(MANIFEST)
    manifest: Mapping[str, Any] = json.load(stream)
    return manifest


def _leads_out(name: str) -> bool:
    return name.startswith("/") or ".." in name.split("/")


def _without_owner(part: tarfile.TarInfo) -> tarfile.TarInfo:
    part.uid = part.gid = 0
    part.uname = part.gname = ""
    part.mode = FILE_MODE
    return part


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, FILE_MODE)


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return _digest_of(stream)


def _digest_of(stream: IO[bytes]) -> str:
    sha = hashlib.sha256()
    while block := stream.read(_BUFFER):
        sha.update(block)
    return sha.hexdigest()


def _sync(path: Path) -> None:
    """So that a file, or the new names in a folder, survive a power failure."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
