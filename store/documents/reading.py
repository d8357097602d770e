"""The lookups of the store of documents: what a citizen has, a document by its id, a dispute by its id."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

import orjson
from sqlalchemy import Column, Row, Select, and_, select, text

from lienthong import Site
from lienthong.adapters.sql import format_keys, open_reader, with_any_key
from store.documents.tables import disputes, documents, reuses, verdicts, versions

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
    *("version", "digest", "size", "media_type", "reference", "issued_on", "valid_until", "reason", "indication"),
    *("accepted", "judged_at", "recheck_after"),
)


class CitizenDocuments:
    """Finds all documents of citizens, by identity number. A citizen without any is absent.

    A list of mappings, newest first, each as `transforms.document_standing.load_document` reads it. `citizen_id` is the
    owner, `dispute` the id of the open dispute, and `versions` are in their order.
    """

    def __init__(self, site: Site) -> None:
        self._database = site.database

    def find_many(self, keys: Sequence[str]) -> Mapping[str, Sequence[Mapping[str, Any]]]:
        """By one query for all. Raises `Transient` when the database does not answer."""
        found: dict[str, list[Mapping[str, Any]]] = {}
        for document in _find(self._database, documents.c.identity, keys):
            found.setdefault(document["citizen_id"], []).append(document)
        return found


class DocumentsById:
    """Finds documents by their id, each as `CitizenDocuments` has it."""

    def __init__(self, site: Site) -> None:
        self._database = site.database

    def find_many(self, keys: Sequence[str]) -> Mapping[str, Mapping[str, Any]]:
        """By one query for all. Raises `Transient` when the database does not answer."""
        return {document["document_id"]: document for document in _find(self._database, documents.c.document_id, keys)}


class DocumentVerdicts:
    """Finds the verdicts on documents, by id: `version, judged_at, indication, accepted, verdict`, the oldest first."""

    def __init__(self, site: Site) -> None:
        self._database = site.database

    def find_many(self, keys: Sequence[str]) -> Mapping[str, Sequence[Mapping[str, Any]]]:
        """By one query for all. Raises `Transient` when the database does not answer."""
        found: dict[str, list[Mapping[str, Any]]] = {}
        names = ("version", "judged_at", "indication")
        for row in _rows(self._database, _verdicts, keys):
            values = {name: getattr(row, name) for name in names}
            verdict = {**values, "accepted": bool(row.accepted), "verdict": orjson.loads(row.verdict)}
            found.setdefault(row.document_id, []).append(verdict)
        return found


class DocumentReuses:
    """Finds where documents were reused, by id: `dossier, component, version, reused_at`, the oldest first."""

    def __init__(self, site: Site) -> None:
        self._database = site.database

    def find_many(self, keys: Sequence[str]) -> Mapping[str, Sequence[Mapping[str, Any]]]:
        """By one query for all. Raises `Transient` when the database does not answer."""
        found: dict[str, list[Mapping[str, Any]]] = {}
        for row in _rows(self._database, _reuses, keys):
            values = {name: getattr(row, name) for name in ("dossier", "component", "version", "reused_at")}
            found.setdefault(row.document_id, []).append(values)
        return found


class Disputes:
    """Finds disputes by their id: the columns of `store_document_disputes`, and `document`, what it is about."""

    def __init__(self, site: Site) -> None:
        self._database = site.database

    def find_many(self, keys: Sequence[str]) -> Mapping[str, Mapping[str, Any]]:
        """By two queries for all. Raises `Transient` when the database does not answer."""
        rows = [dict(row._mapping) for row in _rows(self._database, _disputes, keys)]
        about = {
            each["document_id"]: each
            for each in _find(self._database, documents.c.document_id, [row["document_id"] for row in rows])
        }
        return {row["dispute_id"]: {**row, "document": about[row["document_id"]]} for row in rows}


def _find(database: Any, column: Column[str], keys: Sequence[str]) -> Iterable[dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for row in _rows(database, _by_identity if column is documents.c.identity else _by_id, keys):
        document = found.get(row.document_id)
        if document is None:
            document = {name: getattr(row, name) for name in _DOCUMENT if name != "identity"}
            found[row.document_id] = {**document, "citizen_id": row.identity, "dispute": row.dispute_id, "versions": []}
        version = {name: getattr(row, name) for name in _VERSION}
        version["accepted"] = bool(row.accepted)
        found[row.document_id]["versions"].append({**version, "added_at": row.version_added_at})
    return found.values()


def _rows(database: Any, statement: Any, keys: Sequence[str]) -> Sequence[Row[Any]]:
    if not keys:
        return ()
    with open_reader(database, _WHAT) as connection:
        dialect = connection.dialect.name
        return connection.execute(statement(dialect), {"keys": format_keys(dialect, sorted(set(keys)))}).all()


def _with_versions() -> Select[Any]:
    is_open = and_(disputes.c.document_id == documents.c.document_id, disputes.c.state == "open")
    return (
        select(
            *(documents.c[name] for name in _DOCUMENT),
            *(versions.c[name] for name in _VERSION),
            versions.c.added_at.label("version_added_at"),
            disputes.c.dispute_id,
        )
        .join(versions, versions.c.document_id == documents.c.document_id)
        .outerjoin(disputes, is_open)
    )


@cache
def _by_identity(dialect: str) -> Select[Any]:
    query = with_any_key(dialect, _with_versions(), documents.c.identity, "keys")
    # By names, because on PostgreSQL the tables stand in a subquery.
    return query.order_by(text("added_at DESC, document_id DESC, version"))


@cache
def _by_id(dialect: str) -> Select[Any]:
    query = with_any_key(dialect, _with_versions(), documents.c.document_id, "keys")
    return query.order_by(text("document_id, version"))


@cache
def _verdicts(dialect: str) -> Select[Any]:
    query = with_any_key(dialect, select(verdicts), verdicts.c.document_id, "keys")
    return query.order_by(text("document_id, version, judged_at, event_id"))


@cache
def _reuses(dialect: str) -> Select[Any]:
    query = with_any_key(dialect, select(reuses), reuses.c.document_id, "keys")
    return query.order_by(text("document_id, reused_at, dossier, component"))


@cache
def _disputes(dialect: str) -> Select[Any]:
    return with_any_key(dialect, select(disputes), disputes.c.dispute_id, "keys")
