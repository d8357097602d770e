"""A copy of the ledger's database at one moment, while the bus goes on; and the way back.

SQLite is copied by its backup interface, which sees what lies in the write-ahead log. PostgreSQL is copied by pg_dump
in a snapshot that stays open meanwhile, so that what is proved and what is copied is the same moment.
"""

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, inspect, select, text

from lienthong.adapters.sql.database import open_database, snapshot
from lienthong.adapters.sql.errors import translate_errors
from lienthong.adapters.sql.identity import read_identity, read_positions
from lienthong.adapters.sql.migrations.package import LEDGER
from lienthong.adapters.sql.migrations.runner import read_states
from lienthong.adapters.sql.schema import writers
from lienthong.adapters.sql.verification import verify
from lienthong.errors import LienthongError
from lienthong.messages import message

_LINES_SHOWN = 3
"""Lines that a tool of PostgreSQL wrote last, in a message."""


class CopyFailed(LienthongError):  # noqa: N818 - names what happened, as the other errors do
    """The database could not be copied or restored; the message states why and what to do."""


@dataclass(frozen=True, slots=True)
class Proof:
    """What a copy was found to be: `faults` of the verification, and the heads of its chains.

    `is_proved` is False for tables of an earlier version, of which only the files could be examined.
    """

    faults: Sequence[str]
    heads: Mapping[str, str]
    is_proved: bool


def is_worth_keeping(url: str) -> bool:
    """Whether a database has a ledger with an entry, or that of a live bus. One of an earlier version does."""
    engine = open_database(url)
    try:
        if any(state.state != "current" for state in read_states(engine, [LEDGER])):
            return bool(inspect(engine).get_table_names())
        identity = read_identity(engine)
        return bool(read_positions(engine)) or (identity is not None and identity.world == "live")
    finally:
        engine.dispose()


def refuse_nothing(url: str) -> None:
    """Raise `CopyFailed` when there is nothing to keep: no tables, or no entry and no mark of a live ledger."""
    if not is_worth_keeping(url):
        raise CopyFailed(
            message(
                "there is nothing to keep: the ledger is empty, and no live bus has worked on it. No backup was "
                "written; is this the right data directory (`--data`) or database (LIENTHONG_DATABASE)?"
            )
        )


def copy_sqlite(url: str, file: Path) -> Proof:
    """Copy the embedded database into a new file that needs no other beside it, and prove the copy."""
    engine = open_database(url)
    try:
        _copy(engine, file)
    finally:
        engine.dispose()
    proof = prove(f"sqlite:///{file}")
    _make_single(file)
    return proof


def prove(url: str) -> Proof:
    """Verify the ledger of a database. Changes nothing."""
    engine = open_database(url)
    try:
        if engine.dialect.name == "sqlite":
            with engine.connect() as connection:
                damage = str(connection.scalar(text("pragma integrity_check")))
            if damage != "ok":
                return Proof([damage], {}, is_proved=True)
        if any(state.state != "current" for state in read_states(engine, [LEDGER])):
            return Proof([], {}, is_proved=False)
        with snapshot(engine) as connection:
            return _prove(connection)
    finally:
        engine.dispose()


def dump_postgresql(url: str, file: Path) -> Proof:
    """Copy a database of PostgreSQL into a file of pg_dump's own format, and prove the moment that was copied.

    Raises `CopyFailed` where pg_dump is not installed or fails.
    """
    tool = _tool("pg_dump")
    engine = open_database(url)
    try:
        with translate_errors(), engine.connect() as connection:
            connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
            moment = connection.scalar(text("SELECT pg_export_snapshot()"))
            proof = _prove(connection.execution_options(yield_per=2000))
            command = [tool, "--format=custom", "--no-password", f"--snapshot={moment}", f"--file={file}"]
            _run(command, engine.url)
    finally:
        engine.dispose()
    _run([_tool("pg_restore"), "--list", str(file)], None)
    return proof


def restore_postgresql(url: str, file: Path) -> Proof:
    """Restore a dump into an empty database, whole or not at all, and prove what is there then."""
    tool = _tool("pg_restore")
    engine = open_database(url)
    try:
        if any(state.recorded is not None for state in read_states(engine, [LEDGER])):
            raise CopyFailed(
                message(
                    "the database is not empty: a backup is restored into a new one (`createdb`), so that nothing is "
                    "lost; name it in LIENTHONG_DATABASE"
                )
            )
        options = ["--no-password", "--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction"]
        _run([tool, *options, f"--dbname={engine.url.database}", str(file)], engine.url)
    finally:
        engine.dispose()
    return prove(url)


def _copy(engine: Engine, file: Path) -> None:
    import sqlite3  # not earlier: it reads SQLITE_TMPDIR when it is imported

    with engine.connect() as connection, closing(sqlite3.connect(file)) as target:
        source: sqlite3.Connection = connection.connection.driver_connection  # type: ignore[assignment]  # the driver's own
        source.backup(target)


def _make_single(file: Path) -> None:
    """Leave nothing of the copy in a write-ahead log."""
    import sqlite3

    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")


def _prove(connection: Connection) -> Proof:
    heads = {row.writer: row.head for row in connection.execute(select(writers.c.writer, writers.c.head))}
    return Proof(list(verify(connection)), heads, is_proved=True)


def _tool(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise CopyFailed(
            message(
                "`{name}` is not installed here; install the client programs of PostgreSQL (Debian: "
                "postgresql-client), or copy the database with the server's own means (see docs/operators.md)",
                name=name,
            )
        )
    return found


def _run(command: Sequence[str], server: URL | None) -> None:
    """Run a tool of PostgreSQL. Variables name the server, so that no password stands in the list of processes."""
    with _variables(server) as environment:
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603 - no shell
    if done.returncode:
        why = " ".join(done.stderr.strip().splitlines()[-_LINES_SHOWN:])
        raise CopyFailed(message("`{name}` failed: “{why}”", name=Path(command[0]).name, why=why))


@contextmanager
def _variables(server: URL | None) -> Iterator[Mapping[str, str]]:
    environment = dict(os.environ)
    if server is not None:
        parts = {"HOST": server.host, "PORT": server.port, "USER": server.username, "PASSWORD": server.password}
        parts |= {"DATABASE": server.database}
        for name, value in parts.items():
            if value is not None:
                environment[f"PG{name}"] = str(value)
        for name, given in server.query.items():
            environment[f"PG{name.upper()}"] = given if isinstance(given, str) else given[-1]
    yield environment
