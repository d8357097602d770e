"""The lookup of civil servants (CBCCVC): their periods of service in the data store, by identity number."""

from collections.abc import Mapping, Sequence
from functools import cache
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Select, or_, select

from lienthong import Site
from lienthong.adapters.sql import format_keys, matches_any_key, open_reader
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
    for row in connection.execute(_periods_by_key(dialect), {"keys": format_keys(dialect, sorted(keys))}):
        identity, old_identity, *values = row
        period = dict(zip(_FIELDS, values, strict=True))
        # A number that stands in both columns of a period still finds that period once.
        for key in {identity, old_identity} & keys:
            found.setdefault(key, []).append(period)


@cache
def _periods_by_key(dialect: str) -> Select[Any]:
    periods = service_periods.c
    either_number = or_(
        matches_any_key(dialect, periods.identity, "keys"), matches_any_key(dialect, periods.old_identity, "keys")
    )
    columns = (periods.identity, periods.old_identity, *(periods[name] for name in _FIELDS))
    return select(*columns).where(either_number).order_by(periods.starts_on, periods.staff_no)
