"""Which bodies of files the store of documents has: no other body is kept for its sake."""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, Select, select

from lienthong.adapters.sql import format_keys, with_any_key
from store.documents.tables import versions


def kept_bodies(connection: Connection, digests: Sequence[str]) -> Iterable[str]:
    """Those of `digests` that are the body of a version, superseded ones too."""
    dialect = connection.dialect.name
    rows = connection.execute(_named(dialect), {"digests": format_keys(dialect, sorted(set(digests)))})
    return {row.digest for row in rows}


@cache
def _named(dialect: str) -> Select[Any]:
    return with_any_key(dialect, select(versions.c.digest), versions.c.digest, "digests")
