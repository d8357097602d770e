"""The ledger and the dead letters of a data directory that exists already. Nothing is created by looking."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from lienthong.adapters.clock import SystemClock
from lienthong.adapters.sql.database import Database, open_database
from lienthong.adapters.sql.ledger import SqlLedger
from lienthong.adapters.sql.letter_store import make_letter_store
from lienthong.adapters.sql.migrations.package import LEDGER
from lienthong.adapters.sql.migrations.runner import prepare
from lienthong.adapters.sql.status import SqlStatusBoard
from lienthong.dead_letters.model import LetterStore
from lienthong.errors import LienthongError
from lienthong.messages import message
from lienthong.ports import Ledger, StatusBoard
from lienthong.runtime.endpoints import DATABASE_FILE, Endpoints
from lienthong.runtime.project import Project, refuse_insecure_servers

if TYPE_CHECKING:
    from lienthong.operations.clients import ClientStore
    from lienthong.operations.persons import PersonStore


class NoLedger(LienthongError):  # noqa: N818 - the name states what is wrong
    """The data directory has no ledger yet; the message states what to do."""


@contextmanager
def open_ledger(project: Project) -> Iterator[Ledger]:
    """The ledger of a project, to read. It needs no sound configuration. Raises `NoLedger` and `SchemaMismatch`."""
    with open_letter_store(project) as letter_store:
        yield letter_store.ledger


@contextmanager
def open_letter_store(project: Project) -> Iterator[LetterStore]:
    """The dead letters of a project. They need no sound configuration. Raises `NoLedger` and `SchemaMismatch`."""
    endpoints = require_ledger(project)
    clock, database = SystemClock(), open_database(endpoints.database_url())
    try:
        prepare(database, [LEDGER])
        yield make_letter_store(database, SqlLedger(database, clock), clock)
    finally:
        database.dispose()


@contextmanager
def open_client_store(project: Project) -> Iterator["ClientStore"]:
    """The clients of a project. The live ledger is made where there is none: a client may be added before it runs."""
    from lienthong.adapters.sql.clients import SqlClients  # only looking starts sooner without these
    from lienthong.operations.clients import ClientStore

    with _open_to_add(project) as (database, clock):
        yield ClientStore(SqlClients(database), SqlLedger(database, clock), clock)


@contextmanager
def open_person_store(project: Project) -> Iterator["PersonStore"]:
    """The persons of a project, and their sessions. The live ledger is made where there is none."""
    from lienthong.adapters.sql.persons import SqlPersons, SqlSessions
    from lienthong.operations.persons import PersonStore

    with _open_to_add(project) as (database, clock):
        yield PersonStore(SqlPersons(database), SqlSessions(database), SqlLedger(database, clock), clock)


@contextmanager
def _open_to_add(project: Project) -> Iterator[tuple[Database, SystemClock]]:
    """The database of the ledger, made where there is none."""
    from lienthong.runtime.world import settle_world

    endpoints = endpoints_to_serve(project)
    clock, database = SystemClock(), open_database(endpoints.database_url())
    try:
        prepare(database, [LEDGER])
        settle_world(database, clock.now())
        yield database, clock
    finally:
        database.dispose()


def endpoints_to_serve(project: Project) -> Endpoints:
    """Where the ledger is that a process serves, or will be: a live one that is not there yet is meant, too.

    Raises `NoLedger` when there is none and several recordings were played: then one has to be named.
    """
    found = project.where_a_ledger_is()
    endpoints = found.endpoints
    is_there = endpoints.database or (endpoints.data / DATABASE_FILE).exists()
    if is_there or project.recordings():
        return require_ledger(project)
    endpoints.make_private()
    return endpoints


@contextmanager
def open_status_board(project: Project) -> Iterator[tuple[StatusBoard, Ledger]]:
    """What processes wrote of themselves, and the ledger. See `open_ledger`."""
    endpoints = require_ledger(project)
    database = open_database(endpoints.database_url())
    try:
        prepare(database, [LEDGER])
        ledger = SqlLedger(database, SystemClock())
        yield SqlStatusBoard(database, ledger), ledger
    finally:
        database.dispose()


def require_ledger(project: Project) -> Endpoints:
    """Where the ledger is that a command looks into. Raises `NoLedger` when the embedded one is meant and not there.

    Where no live ledger is, but one of a recording, that one is meant, and a line to stderr states it.
    """
    found = project.where_a_ledger_is()
    endpoints = found.endpoints
    if found is not project:
        note = message("There is no live ledger; this is that of the recording in {data}.", data=endpoints.data)
        sys.stderr.write(f"{note}\n")
    elif not endpoints.database and not (endpoints.data / DATABASE_FILE).exists():
        raise _no_ledger(project)
    refuse_insecure_servers(found, endpoints)
    return endpoints


def _no_ledger(project: Project) -> NoLedger:
    played = project.recordings()
    if played:
        return NoLedger(
            message(
                "the data directory {data} has no ledger of the live bus; name that of a recording with `--data`: "
                "{recordings}",
                data=project.data,
                recordings=", ".join(map(str, played)),
            )
        )
    return NoLedger(
        message(
            "the data directory {data} has no ledger yet; run `lienthong run` first, or name the right directory "
            "with `--data`",
            data=project.data,
        )
    )
