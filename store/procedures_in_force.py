"""The lookup of procedures (thủ tục hành chính): what is in force of the catalogue on a day."""

from collections.abc import Mapping, Sequence
from functools import cache
from itertools import islice
from typing import Any

import orjson
from sqlalchemy import Select, select

from lienthong import Site
from lienthong.adapters.sql import format_keys, open_reader, with_any_key
from store.tables import procedures
from transforms.procedures import national_code

_MAX_CODES = 2_000
"""Codes in one query."""

_FIELDS = ("code", "effective_from", "name", "field", "online_level", "authentication_level")
_LISTS = ("components", "results")
_COLUMNS = (*_FIELDS, *_LISTS)


class ProceduresInForce:
    """Finds procedures by code and local day: a key is `1.000656@2024-01-14`.

    The code may carry the province's suffix. The answer is a mapping of `code, effective_from, name, field,
    online_level, authentication_level, components, results` as `procedure.v1` has them; `effective_from` is a day as
    text. A procedure that the catalogue does not have on that day is absent.
    """

    def __init__(self, site: Site) -> None:
        self._database = site.database

    def find_many(self, keys: Sequence[str]) -> Mapping[str, Mapping[str, Any]]:
        """The versions in force, by one query for each 2,000 codes. Raises `Transient` without an answer."""
        asked = {key: (national_code(code), day) for key in keys for code, _, day in [key.rpartition("@")]}
        versions: dict[str, list[Mapping[str, Any]]] = {}
        remaining = iter(sorted({code for code, _ in asked.values()}))
        with open_reader(self._database, "kho dữ liệu không trả lời khi tra thủ tục") as connection:
            dialect = connection.dialect.name
            while chunk := list(islice(remaining, _MAX_CODES)):
                for row in connection.execute(_by_code(dialect), {"codes": format_keys(dialect, chunk)}):
                    versions.setdefault(row.code, []).append(dict(zip(_COLUMNS, row, strict=True)))
        found = {key: _in_force(versions.get(code, ()), day) for key, (code, day) in asked.items()}
        return {key: _with_lists(version) for key, version in found.items() if version is not None}


def _in_force(versions: Sequence[Mapping[str, Any]], day: str) -> Mapping[str, Any] | None:
    """Of the versions that have taken effect on the day, the newest."""
    in_force = (version for version in versions if version["effective_from"] <= day)
    return max(in_force, key=lambda version: str(version["effective_from"]), default=None)


def _with_lists(version: Mapping[str, Any]) -> Mapping[str, Any]:
    return {**version, **{name: orjson.loads(version[name]) for name in _LISTS}}


@cache
def _by_code(dialect: str) -> Select[Any]:
    columns = (procedures.c[name] for name in _COLUMNS)
    return with_any_key(dialect, select(*columns), procedures.c.code, "codes")
