"""The lookups of the store of documents: what a citizen has, a document by its id, a dispute by its id."""

from collections.abc import Collection, Iterable, Mapping, Sequence, Set
from functools import cache
from operator import attrgetter, itemgetter
from typing import Any

import orjson
from sqlalchemy import Connection, Row, Select, Table, select, tuple_

from lienthong import Site
from lienthong.adapters.sql import format_keys, open_reader, with_any_key
from store.documents.tables import disputes, documents, reuses, verdicts, versions
from store.identities import numbers_of
from transforms.document_twins import FoundDocument, with_twins, without_twins

_WHAT = "kho giấy tờ không trả lời"
_DOCUMENT = (
    "document_id",
    "identity",
    "document_type",
    "result_code",
    "kind",
    "agency",
    "dossier",
    "origin",
    "added_at",
)
_VERSION = (
    *("version", "digest", "size", "media_type", "number", "issued_on", "valid_until", "reason", "indication"),
    *("accepted", "judged_at", "recheck_after"),
)


class CitizenDocuments:
    """Finds all documents of citizens, by identity number. A citizen without any is absent.

    A list of mappings, newest first, each as `transforms.document_standing.load_document` reads it. `citizen_id` is the
    number that it came with, `dispute` the id of the open dispute, and `versions` are in their order.

    Documents under another number of the same citizen are among them (`store.identities`); a file that lies under both
    is one document (`transforms.document_twins`).
    """

    def __init__(self, site: Site) -> None:
        self._database = site.database

    def find_many(self, keys: Sequence[str]) -> Mapping[str, Sequence[Mapping[str, Any]]]:
        """For all keys together. Raises `Transient` when the database does not answer."""
        with open_reader(self._database, _WHAT) as connection:
            numbers = numbers_of(connection, keys)
            found = _find(connection, "identity", frozenset().union(*numbers.values()))
        of_citizens = {
            key: without_twins([each for each in found if each["citizen_id"] in numbers[key]]) for key in numbers
        }
        return {key: of_citizen for key, of_citizen in of_citizens.items() if of_citizen}


class DocumentsById:
    """Finds documents by their id, each as `CitizenDocuments` has it. A twin that does not count states why."""

    def __init__(self, site: Site) -> None:
        self._database = site.database

    def find_many(self, keys: Sequence[str]) -> Mapping[str, Mapping[str, Any]]:
        """For all keys together. Raises `Transient` when the database does not answer."""
        with open_reader(self._database, _WHAT) as connection:
            found = _find(connection, "document_id", keys)
            numbers = numbers_of(connection, {each["citizen_id"] for each in found})
            elsewhere = {joined for number, of_citizen in numbers.items() for joined in of_citizen - {number}}
            in_question = _find(connection, "identity", elsewhere)
        return {each["document_id"]: _with_twins(each, in_question, numbers[each["citizen_id"]]) for each in found}


def _with_twins(document: FoundDocument, known: Iterable[FoundDocument], numbers: Set[str]) -> FoundDocument:
    joined = numbers - {document["citizen_id"]}
    return with_twins(document, (each for each in known if each["citizen_id"] in joined)) if joined else document


class KnownFiles:
    """Finds files that citizens have: a key is `CITIZEN|DIGEST`, found is `document_id, version, added_at`."""

    def __init__(self, site: Site) -> None:
        self._database = site.database

    def find_many(self, keys: Sequence[str]) -> Mapping[str, Mapping[str, Any]]:
        """For all keys together. Raises `Transient` when the database does not answer."""
        columns = (versions.c.identity, versions.c.digest)
        query = select(*columns, versions.c.document_id, versions.c.version, versions.c.added_at)
        of_keys = tuple_(*columns).in_([tuple(key.rsplit("|", 1)) for key in keys])
        with open_reader(self._database, _WHAT) as connection:
            rows = connection.execute(query.where(of_keys)).all() if keys else ()
        names = ("document_id", "version", "added_at")
        return {f"{row.identity}|{row.digest}": {name: getattr(row, name) for name in names} for row in rows}


class DocumentVerdicts:
    """Finds the verdicts on documents, by id: `version, judged_at, indication, accepted, verdict`, the oldest first."""

    def __init__(self, site: Site) -> None:
        self._database = site.database

    def find_many(self, keys: Sequence[str]) -> Mapping[str, Sequence[Mapping[str, Any]]]:
        """For all keys together. Raises `Transient` when the database does not answer."""
        found: dict[str, list[Mapping[str, Any]]] = {}
        names = ("version", "judged_at", "indication")
        rows = _read(self._database, verdicts, "document_id", keys)
        for row in sorted(rows, key=attrgetter("version", "judged_at", "event_id")):
            values = {name: getattr(row, name) for name in names}
            verdict = {**values, "accepted": bool(row.accepted), "verdict": orjson.loads(row.verdict)}
            found.setdefault(row.document_id, []).append(verdict)
        return found


class DocumentReuses:
    """Finds where documents were reused, by id: `dossier, component, version, reused_at`, the oldest first."""

    def __init__(self, site: Site) -> None:
        self._database = site.database

    def find_many(self, keys: Sequence[str]) -> Mapping[str, Sequence[Mapping[str, Any]]]:
        """For all keys together. Raises `Transient` when the database does not answer."""
        found: dict[str, list[Mapping[str, Any]]] = {}
        rows = _read(self._database, reuses, "document_id", keys)
        for row in sorted(rows, key=attrgetter("reused_at", "dossier", "component")):
            values = {name: getattr(row, name) for name in ("dossier", "component", "version", "reused_at")}
            found.setdefault(row.document_id, []).append(values)
        return found


class Disputes:
    """Finds disputes by their id: the columns of `store_document_disputes`, and `document`, what it is about."""

    def __init__(self, site: Site) -> None:
        self._database = site.database

    def find_many(self, keys: Sequence[str]) -> Mapping[str, Mapping[str, Any]]:
        """For all keys together. Raises `Transient` when the database does not answer."""
        rows = [dict(row._mapping) for row in _read(self._database, disputes, "dispute_id", keys)]
        with open_reader(self._database, _WHAT) as connection:
            of_disputes = _find(connection, "document_id", [row["document_id"] for row in rows])
        about = {each["document_id"]: each for each in of_disputes}
        return {row["dispute_id"]: {**row, "document": about[row["document_id"]]} for row in rows}


def _find(connection: Connection, by: str, keys: Collection[str]) -> Sequence[FoundDocument]:
    """The documents with these keys in the column `by`, which versions and disputes have too.

    Each table is asked by itself: of a join PostgreSQL may read a whole table that has grown since its plan was made.
    """
    found: dict[str, dict[str, Any]] = {}
    for row in rows_by(connection, documents, by, keys):
        document = {name: getattr(row, name) for name in _DOCUMENT}
        found[row.document_id] = {**document, "citizen_id": row.identity, "dispute": None, "versions": []}
    # Before the versions: a correction that ends meanwhile then leaves the wrong version disputed, not offered.
    for row in rows_by(connection, disputes, by, keys if found else ()):
        if row.state == "open" and (of := found.get(row.document_id)) is not None:
            of["dispute"] = row.dispute_id
    for row in rows_by(connection, versions, by, keys if found else ()):
        if (of := found.get(row.document_id)) is not None:
            values = {name: getattr(row, name) for name in _VERSION}
            of["versions"].append({**values, "accepted": bool(row.accepted), "added_at": row.added_at})
    for document in found.values():
        document["versions"].sort(key=itemgetter("version"))
    with_body = [document for document in found.values() if document["versions"]]
    return sorted(with_body, key=itemgetter("added_at", "document_id"), reverse=True)


def _read(database: Any, table: Table, by: str, keys: Sequence[str]) -> Sequence[Row[Any]]:
    with open_reader(database, _WHAT) as connection:
        return rows_by(connection, table, by, keys)


def rows_by(connection: Connection, table: Table, by: str, keys: Collection[str]) -> Sequence[Row[Any]]:
    """The rows of a table with these keys in the column `by`."""
    if not keys:
        return ()
    dialect = connection.dialect.name
    asked = {"keys": format_keys(dialect, sorted(set(keys)))}
    return connection.execute(_by(table, by, dialect), asked).all()


@cache
def _by(table: Table, by: str, dialect: str) -> Select[Any]:
    return with_any_key(dialect, select(table), table.c[by], "keys")
