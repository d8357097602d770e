"""Counting wrong codes: who looks up codes that are none may be guessing.

Counted by client, in a table, so that neither a restart nor another process forgets it.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, delete, insert, select, text

from lienthong import Clock, Site, parse_utc
from lienthong.adapters.sql import Database, format_keys, open_reader, translate_errors, with_any_key
from store.instants import format_instant
from store.tables import wrong_codes

_KEPT = timedelta(days=7)
"""How long a wrong code is kept, for an operator who wants to see it."""

_WHAT = "kho dữ liệu không trả lời khi đếm mã sai"
_SEPARATOR = "\n"


class WrongCodes:
    """Finds the wrong codes that each client looked up within the time `within` up to now."""

    def __init__(self, site: Site, *, within: timedelta) -> None:
        self._clock: Clock = site.clock
        self._database: Database = site.database
        self._within = within

    def find_many(self, keys: Sequence[str]) -> Mapping[str, Sequence[float]]:
        """By client, in how many seconds each of them counts no more, the oldest first; a client without any is absent.

        Raises `Transient` when the database does not answer.
        """
        begin = self._clock.now() - self._within
        found: dict[str, list[float]] = {}
        with open_reader(self._database, _WHAT) as connection:
            dialect = connection.dialect.name
            asked = {"keys": format_keys(dialect, sorted(set(keys))), "since": format_instant(begin)}
            for row in connection.execute(_moments(dialect), asked):
                found.setdefault(row.client, []).append((parse_utc(row.at) - begin).total_seconds())
        return found


class WrongCodeNotes:
    """Notes wrong codes. A key is `note_key(client, event id)`; noting one again changes nothing.

    It is asked as a lookup, because a question that finds nothing reaches no sink.
    """

    def __init__(self, site: Site) -> None:
        self._clock: Clock = site.clock
        self._database: Database = site.database

    def find_many(self, keys: Sequence[str]) -> Mapping[str, bool]:
        """True for every key, once it is noted. Raises `Transient` when the database does not answer."""
        noted = dict.fromkeys(keys, True)
        if not noted:
            return noted
        now = self._clock.now()
        rows = [dict(zip(("client", "event_id"), key.split(_SEPARATOR, 1), strict=True)) for key in noted]
        with translate_errors(_WHAT), self._database.begin() as connection:
            connection.execute(delete(wrong_codes).where(wrong_codes.c.at < format_instant(now - _KEPT)))
            known = _known(connection, [row["event_id"] for row in rows])
            at = format_instant(now)
            if new := [{**row, "at": at} for row in rows if row["event_id"] not in known]:
                connection.execute(insert(wrong_codes), new)
        return noted


def _known(connection: Any, event_ids: Sequence[str]) -> set[str]:
    query = select(wrong_codes.c.event_id).where(wrong_codes.c.event_id.in_(event_ids))
    return {row.event_id for row in connection.execute(query)}


@cache
def _moments(dialect: str) -> Select[Any]:
    codes = wrong_codes.c
    query = select(codes.client, codes.at).where(codes.at > bindparam("since"))
    return with_any_key(dialect, query, codes.client, "keys").order_by(text("1, 2"))
