"""Which bodies of files the store has: of documents, and of drafts of reports. No other body is kept for its sake."""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, Select, select

from lienthong.adapters.sql import format_keys, with_any_key
from store.documents.tables import conversions, versions
from store.reports.tables import acts


def kept_bodies(connection: Connection, digests: Sequence[str]) -> Iterable[str]:
    """Those of `digests` that are the body of a version, superseded ones too, the sheets of a conversion, or the frozen
    document of a draft."""
    dialect = connection.dialect.name
    asked = {"digests": format_keys(dialect, sorted(set(digests)))}
    return {
        row.digest
        for query in (_named(dialect), _converted(dialect), _drafted(dialect))
        for row in connection.execute(query, asked)
    }


@cache
def _named(dialect: str) -> Select[Any]:
    return with_any_key(dialect, select(versions.c.digest), versions.c.digest, "digests")


@cache
def _converted(dialect: str) -> Select[Any]:
    return with_any_key(dialect, select(conversions.c.sheets.label("digest")), conversions.c.sheets, "digests")


@cache
def _drafted(dialect: str) -> Select[Any]:
    return with_any_key(dialect, select(acts.c.digest), acts.c.digest, "digests")
