"""What reports read of organisations and of the portal's accounts."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

import orjson
from sqlalchemy import Connection, Select, func, select

from store import tables
from store.instants import format_instant
from transforms.organisations import Unit


def units(connection: Connection) -> list[Unit]:
    """All versions of all units, by code and first day."""
    known = tables.units
    return [
        Unit(
            code=row.code,
            name=row.name,
            level=row.level,
            parent=row.parent,
            codes=orjson.loads(row.codes),
            starts_on=date.fromisoformat(row.starts_on),
            ends_on=date.fromisoformat(row.ends_on) if row.ends_on else None,
            successors=tuple(orjson.loads(row.successors)),
            email=row.email,
            calendar=row.calendar,
            receives=bool(row.receives),
        )
        for row in connection.execute(select(known).order_by(*known.primary_key))
    ]


def agency_names(connection: Connection) -> dict[str, str]:
    """By agency code, its name in the register of civil servants: the one that was written last."""
    periods = tables.service_periods.c
    named = (
        select(periods.agency, periods.agency_name)
        .where(periods.agency_name != "")
        .group_by(*periods["agency", "agency_name"])
    )
    return {row.agency: row.agency_name for row in connection.execute(named.order_by(func.max(periods.updated_at)))}


class Assisted(NamedTuple):
    """The ids of events, sorted: all of them, and those with help."""

    all: list[str]
    assisted: list[str]


def accounts_before(connection: Connection, before: datetime, bodies: Sequence[str]) -> Assisted:
    """The accounts that were opened before an instant, and those that one of `bodies` helped to open."""
    accounts = tables.portal_accounts.c
    opened = select(accounts.event_id, accounts.assisted_by).where(accounts.opened_at < format_instant(before))
    return _split(connection, opened, bodies)


def filed_between(
    connection: Connection, source: str, period: tuple[datetime, datetime], bodies: Sequence[str]
) -> Assisted:
    """The dossiers of `source` filed online in `[start, end)`, and those that one of `bodies` helped to file."""
    dossiers = tables.dossiers.c
    start, end = map(format_instant, period)
    filed = select(dossiers.event_id, dossiers.assisted_by).where(
        dossiers.source == source,
        dossiers.submitted_at >= start,
        dossiers.submitted_at < end,
        dossiers.channel == "online",
    )
    return _split(connection, filed, bodies)


def _split(connection: Connection, query: Select[Any], bodies: Sequence[str]) -> Assisted:
    found = Assisted([], [])
    for event_id, assisted_by in connection.execute(query, execution_options={"yield_per": 5_000}):
        found.all.append(event_id)
        if assisted_by in bodies:
            found.assisted.append(event_id)
    found.all.sort()
    found.assisted.sort()
    return found
