"""Who is a civil servant: the register's periods of service, by identity number, as the data store knows them."""

from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any

from sqlalchemy import Connection, or_, select

from connectors import store
from lienthong.adapters.sql.bulk import among
from lienthong.adapters.sql.database import reading
from lienthong.ports import Site

_MOST_KEYS = 500
"""Keys in one query: well under SQLite's limit of bound parameters."""

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
        """The periods of each person known; one query per 500 keys. Raises `Transient` if the database is away."""
        found: dict[str, list[dict[str, Any]]] = {}
        rest = iter(dict.fromkeys(keys))
        away = "kho dữ liệu không trả lời khi tra cán bộ, công chức, viên chức"
        with reading(self._database, away) as connection:
            while some := set(islice(rest, _MOST_KEYS)):
                _find(connection, some, found)
        return found


def _find(connection: Connection, keys: set[str], found: dict[str, list[dict[str, Any]]]) -> None:
    periods = store.service_periods.c
    wanted = sorted(keys)
    either = or_(among(connection, periods.identity, wanted), among(connection, periods.old_identity, wanted))
    query = select(store.service_periods).where(either)
    for row in connection.execute(query.order_by(periods.starts_on, periods.staff_no)).mappings():
        period = {name: row[name] for name in _SHOWN}
        # The same number in both columns of one period is still one period.
        for key in {row["identity"], row["old_identity"]} & keys:
            found.setdefault(key, []).append(period)
