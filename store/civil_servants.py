"""The lookup of civil servants (CBCCVC): their periods of service in the data store, by identity number."""

from collections.abc import Mapping, Sequence
from functools import cache
from itertools import islice
from typing import Any

from sqlalchemy import CompoundSelect, Connection, select, union_all

from lienthong import Site
from lienthong.adapters.sql import format_keys, open_reader, with_any_key
from store.tables import service_periods

_MAX_KEYS = 2_000
"""Keys in one query."""

_FIELDS = ("staff_no", "agency", "category", "starts_on", "ends_on", "updated_at")


class CivilServants:
    """Finds periods of service by 12-digit identity numbers or 9-digit old ones.

    A period is a mapping of `staff_no, agency, category, starts_on, ends_on, updated_at`, all text: dates as
    `2023-11-01`, `ends_on` None while it lasts, `updated_at` in UTC. Periods come in order of (starts_on, staff_no).
    """

    def __init__(self, site: Site) -> None:
        self._database = site.database

    def find_many(self, keys: Sequence[str]) -> Mapping[str, list[dict[str, Any]]]:
        """The periods of each known person, by one query for each 2,000 keys.

        Raises `Transient` when the database does not answer.
        """
        found: dict[str, list[dict[str, Any]]] = {}
        remaining = iter(dict.fromkeys(keys))
        with open_reader(
            self._database, "kho dữ liệu không trả lời khi tra cán bộ, công chức, viên chức"
        ) as connection:
            while chunk := set(islice(remaining, _MAX_KEYS)):
                _find(connection, chunk, found)
        return found


def _find(connection: Connection, keys: set[str], found: dict[str, list[dict[str, Any]]]) -> None:
    dialect = connection.dialect.name
    for key, *values in connection.execute(_periods_by_key(dialect), {"keys": format_keys(dialect, sorted(keys))}):
        found.setdefault(key, []).append(dict(zip(_FIELDS, values, strict=True)))
    for key in keys & found.keys():
        found[key].sort(key=lambda period: (period["starts_on"], period["staff_no"]))


@cache
def _periods_by_key(dialect: str) -> CompoundSelect[Any]:
    """The periods of each key, which is one of both numbers. A key that stands in both finds its period once."""
    periods = service_periods.c
    fields = [periods[name] for name in _FIELDS]
    by_identity = select(periods.identity.label("key"), *fields)
    is_other = periods.old_identity.is_distinct_from(periods.identity)
    by_old_identity = select(periods.old_identity.label("key"), *fields).where(is_other)
    return union_all(
        with_any_key(dialect, by_identity, periods.identity, "keys"),
        with_any_key(dialect, by_old_identity, periods.old_identity, "keys"),
    )
