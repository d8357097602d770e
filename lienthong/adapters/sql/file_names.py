"""The port `FileNames` in SQL."""

from collections.abc import Iterable, Sequence, Set
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, Engine, delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from lienthong.adapters.sql.database import open_database, open_reader
from lienthong.adapters.sql.errors import translate_errors
from lienthong.adapters.sql.file_tables import file_names
from lienthong.adapters.sql.write_transaction import WriteTransaction, make_write_slots
from lienthong.envelope import parse_utc
from lienthong.errors import Transient
from lienthong.messages import message
from lienthong.ports.files import FileCounts, KeptBy, ListedFile, StoredFile

_ROW = file_names.c

_PAGE = 1000

DELETING = timedelta(minutes=5)
"""How long the deletion of a body may be under way, at a store that does not answer or in a process that was killed.
Until then no upload names this body: it could vanish under it."""


class SqlFileNames:
    """See `FileNames`."""

    def __init__(self, database: Engine) -> None:
        self._database = database
        self._slots = make_write_slots(database)

    def note(self, stored: StoredFile, now: datetime) -> None:
        with self._writing() as connection:
            self._upsert(connection, [(stored.digest, stored.size)], now, renew=True)
            until = connection.scalar(select(_ROW.deleting_until).where(_ROW.digest == stored.digest))
            if until and until > _text(now):
                why = message("a body with the same digest is being deleted")
                raise Transient(why, after=parse_utc(until) - now, outage=False)

    def adopt(self, files: Iterable[ListedFile], now: datetime) -> int:
        found = [(one.digest, one.size) for one in files]
        if not found:
            return 0
        with self._writing() as connection:
            before = connection.scalar(select(func.count()).select_from(file_names)) or 0
            self._upsert(connection, found, now, renew=False)
            return (connection.scalar(select(func.count()).select_from(file_names)) or 0) - before

    def unnamed_since(self, before: datetime, at_most: int) -> Sequence[str]:
        old = select(_ROW.digest).where(_ROW.named_at < _text(before)).order_by(_ROW.named_at).limit(at_most)
        with translate_errors(), open_reader(self._database) as connection:
            return connection.scalars(old).all()

    def in_use(self, digests: Sequence[str], kept_by: KeptBy) -> Set[str]:
        with translate_errors(), open_reader(self._database) as connection:
            return frozenset(kept_by(connection, digests)) & frozenset(digests)

    def begin_deletion(self, digest: str, *, before: datetime, now: datetime, kept_by: KeptBy) -> bool:
        with self._writing() as connection:
            row = select(_ROW.digest).where(_ROW.digest == digest, _ROW.named_at < _text(before)).with_for_update()
            if connection.scalar(row) is None or digest in frozenset(kept_by(connection, [digest])):
                return False
            change = update(file_names).where(_ROW.digest == digest).values(deleting_until=_text(now + DELETING))
            connection.execute(change)
            return True

    def end_deletion(self, digest: str, *, before: datetime) -> None:
        with self._writing() as connection:
            connection.execute(delete(file_names).where(_ROW.digest == digest, _ROW.named_at < _text(before)))

    def renew(self, digests: Sequence[str], now: datetime) -> None:
        if digests:
            with self._writing() as connection:
                change = update(file_names).where(_ROW.digest.in_(digests)).values(named_at=_text(now))
                connection.execute(change)

    def counts(self) -> FileCounts:
        with translate_errors(), open_reader(self._database) as connection:
            row = connection.execute(select(func.count(), func.coalesce(func.sum(_ROW.size), 0))).one()
        return FileCounts(row[0], int(row[1]))

    def digests(self, after: str, at_most: int) -> Sequence[StoredFile]:
        page = select(_ROW.digest, _ROW.size).where(_ROW.digest > after).order_by(_ROW.digest).limit(at_most)
        with translate_errors(), open_reader(self._database) as connection:
            return [StoredFile(row.digest, row.size) for row in connection.execute(page)]

    def _upsert(self, connection: Connection, files: Sequence[tuple[str, int]], now: datetime, *, renew: bool) -> None:
        dialect = postgresql if self._database.dialect.name == "postgresql" else sqlite
        new = dialect.insert(file_names)
        rows = [{"digest": digest, "size": size, "named_at": _text(now)} for digest, size in sorted(files)]
        if renew:
            changes = {"named_at": new.excluded.named_at, "size": new.excluded.size}
            statement = new.on_conflict_do_update(index_elements=["digest"], set_=changes)
        else:
            statement = new.on_conflict_do_nothing(index_elements=["digest"])
        connection.execute(statement, rows)

    def _writing(self) -> "_Writing":
        return _Writing(self._database, self._slots)


def write_file_list(url: str, file: Path) -> None:
    """Write the bodies that a database knows, a line each, as `sha256sum --check` reads them. None: no file."""
    engine = open_database(url)
    try:
        names = SqlFileNames(engine)
        page = names.digests("", _PAGE)
        if not page:
            return
        with file.open("w", encoding="ascii") as stream:
            while page:
                after = page[-1].digest
                for name in (one.digest.removeprefix("sha256:") for one in page):
                    stream.write(f"{name}  sha256/{name[:2]}/{name}\n")
                page = names.digests(after, _PAGE)
    finally:
        engine.dispose()


class _Writing(WriteTransaction):
    """A write transaction whose connection is used at once."""

    def __enter__(self) -> Connection:  # type: ignore[override]  # the connection in place of the transaction
        super().__enter__()
        return self.connection


def _text(moment: datetime) -> str:
    # The same number of digits always: instants are compared as text.
    return moment.astimezone(UTC).isoformat(timespec="microseconds")
