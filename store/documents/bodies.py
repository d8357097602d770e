"""Which bodies of files the store of documents has: no other body is kept for its sake."""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, Select, select

from lienthong.adapters.sql import format_keys, with_any_key
from store.documents.tables import conversions, versions


def kept_bodies(connection: Connection, digests: Sequence[str]) -> Iterable[str]:
    """Those of `digests` that are the body of a version, superseded ones too, or the sheets of a conversion."""
    dialect = connection.dialect.name
    asked = {"digests": format_keys(dialect, sorted(set(digests)))}
    return {row.digest for query in (_named(dialect), _converted(dialect)) for row in connection.execute(query, asked)}


@cache
def _named(dialect: str) -> Select[Any]:
    return with_any_key(dialect, select(versions.c.digest), versions.c.digest, "digests")


@cache
def _converted(dialect: str) -> Select[Any]:
    return with_any_key(dialect, select(conversions.c.sheets.label("digest")), conversions.c.sheets, "digests")
