"""The lookup of procedures (thủ tục hành chính): all versions of each in the data store, by national code."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import orjson
from sqlalchemy import Select, select

from lienthong import Site
from lienthong.adapters.sql import format_keys, matches_any_key, open_reader
from store.tables import procedures

_PLAIN = ("effective_from", "name", "field", "online_level", "authentication_level")
_JSON = ("components", "results")


class Procedures:
    """Finds the versions of procedures, oldest first.

    A version is a mapping with the fields of `procedure.v1` but `code` and `observed_at`: `effective_from` as
    `2024-01-14`, `components` as mappings of `code, name, replaced_by`, `results` as mappings of `code, name`.
    """

    def __init__(self, site: Site) -> None:
        self._database = site.database

    def find_many(self, keys: Sequence[str]) -> Mapping[str, list[dict[str, Any]]]:
        """The versions of each known code, by one query. Raises `Transient` when the database does not answer."""
        found: dict[str, list[dict[str, Any]]] = {}
        with open_reader(self._database, "kho dữ liệu không trả lời khi tra thủ tục hành chính") as connection:
            dialect = connection.dialect.name
            for row in connection.execute(_versions(dialect), {"keys": format_keys(dialect, sorted(set(keys)))}):
                version = {name: row._mapping[name] for name in _PLAIN}
                version |= {name: orjson.loads(row._mapping[name]) for name in _JSON}
                found.setdefault(row.code, []).append(version)
        return found


@cache
def _versions(dialect: str) -> Select[Any]:
    columns = (procedures.c[name] for name in ("code", *_PLAIN, *_JSON))
    is_asked = matches_any_key(dialect, procedures.c.code, "keys")
    return select(*columns).where(is_asked).order_by(procedures.c.code, procedures.c.effective_from)
