"""The lookup of checks at the counter, by their ids; and what the monthly report reads of them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, Select, bindparam, select

from lienthong import Site
from lienthong.adapters.sql import find_received, format_keys, open_reader, with_any_key
from store.instants import format_instant, parse_instant
from store.rows import CounterCheck
from store.tables import acknowledgements, counter_checks

_WITH_DECISIONS = (
    select(counter_checks, acknowledgements.c.decision)
    .outerjoin(acknowledgements, acknowledgements.c.check_id == counter_checks.c.event_id)
    .where(counter_checks.c.checked_at >= bindparam("start"), counter_checks.c.checked_at < bindparam("end"))
    .order_by(
        *(counter_checks.c.checked_at, counter_checks.c.event_id),
        *(acknowledgements.c.decided_at, acknowledgements.c.event_id),
    )
)
"""A row for each acknowledgement, the latest last."""


class CounterChecks:
    """Finds which checks there are. `request` is the name of the request by which they are asked.

    A check is stored a moment after it was answered. Until then it is found in the ledger, which has it before the
    answer leaves.
    """

    def __init__(self, site: Site, *, request: str) -> None:
        self._database = site.database
        self._source = f"request.{request}"

    def find_many(self, keys: Sequence[str]) -> Mapping[str, bool]:
        """True for each check that there is. Raises `Transient` when the database does not answer."""
        with open_reader(self._database, "kho dữ liệu không trả lời khi tra lần kiểm tra") as connection:
            dialect = connection.dialect.name
            stored = connection.execute(_stored(dialect), {"keys": format_keys(dialect, sorted(set(keys)))})
            found = {row.event_id for row in stored}
            if not_stored := set(keys) - found:
                found |= find_received(connection, self._source, not_stored)
        return dict.fromkeys(sorted(found), True)


def counter_checks_between(connection: Connection, start: datetime, end: datetime) -> list[CounterCheck]:
    """The checks that are about a moment in `[start, end)`, in their order.

    The decision of each is that of its latest acknowledgement; of two at one moment, that of the higher event id.
    """
    found: dict[str, CounterCheck] = {}
    within = {"start": format_instant(start), "end": format_instant(end)}
    for row in connection.execute(_WITH_DECISIONS, within):
        found[row.event_id] = CounterCheck(
            check_id=row.event_id,
            checked_at=parse_instant(row.checked_at),
            identity=row.identity,
            procedure=row.procedure,
            agency=row.agency,
            officer=row.officer,
            staff_kind=row.staff_kind,
            staff_agency=row.staff_agency,
            reminded=bool(row.notify),
            decision=row.decision,
        )
    return list(found.values())


@cache
def _stored(dialect: str) -> Select[Any]:
    return with_any_key(dialect, select(counter_checks.c.event_id), counter_checks.c.event_id, "keys")
