"""Who is a civil servant: the register's periods of service, by identity number, as the data store knows them."""

from collections.abc import Mapping, Sequence
from functools import cache
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Select, or_, select

from lienthong import Site
from lienthong.adapters.sql.database import reading
from lienthong.adapters.sql.key_queries import listed, matches_any_key
from store import tables as store

_MOST_KEYS = 2_000
"""Keys in one query."""

_SHOWN = ("staff_no", "agency", "category", "starts_on", "ends_on", "updated_at")


class CivilServants:
    """Finds periods of service by 12-digit identity numbers or 9-digit old ones.

    A period is a mapping of `staff_no, agency, category, starts_on, ends_on, updated_at`, all text: dates as
    `2023-11-01`, `ends_on` None while it lasts, `updated_at` in UTC. Periods come in order of (starts_on, staff_no).
    """

    def __init__(self, site: Site) -> None:
        store.create(site.database)
        self._database = site.database

    def find_many(self, keys: Sequence[str]) -> Mapping[str, list[dict[str, Any]]]:
        """The periods of each person known; one query per 2,000 keys. Raises `Transient` if the database is away."""
        found: dict[str, list[dict[str, Any]]] = {}
        rest = iter(dict.fromkeys(keys))
        away = "kho dữ liệu không trả lời khi tra cán bộ, công chức, viên chức"
        with reading(self._database, away) as connection:
            while some := set(islice(rest, _MOST_KEYS)):
                _find(connection, some, found)
        return found


def _find(connection: Connection, keys: set[str], found: dict[str, list[dict[str, Any]]]) -> None:
    dialect = connection.dialect.name
    for row in connection.execute(_periods_of(dialect), {"wanted": listed(dialect, sorted(keys))}):
        identity, old_identity, *shown = row
        period = dict(zip(_SHOWN, shown, strict=True))
        # The same number in both columns of one period is still one period.
        for key in {identity, old_identity} & keys:
            found.setdefault(key, []).append(period)


@cache
def _periods_of(dialect: str) -> Select[Any]:
    periods = store.service_periods.c
    either = or_(
        matches_any_key(dialect, periods.identity, "wanted"), matches_any_key(dialect, periods.old_identity, "wanted")
    )
    asked = (periods.identity, periods.old_identity, *(periods[name] for name in _SHOWN))
    return select(*asked).where(either).order_by(periods.starts_on, periods.staff_no)
