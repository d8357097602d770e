"""What the review of services needs of each dossier of a month, one by one, and of the catalogue of procedures."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import Connection, select

from store import tables
from store.instants import format_instant


class Handled(NamedTuple):
    """One dossier as its newest version has it; instants as the store writes them."""

    event_id: str
    procedure: str
    procedure_name: str | None
    channel: str | None
    status: int | None
    agency: str | None
    accepted_at: str
    appointment_at: str | None
    completed_at: str | None


class Offer(NamedTuple):
    """A procedure of the catalogue on a day: its name, and its level of online service (information, partial, full)."""

    name: str | None
    online_level: str


def handled_dossiers(connection: Connection, source: str, start: datetime, end: datetime) -> Iterator[Handled]:
    """The dossiers of `source` that were accepted in `[start, end)`, in any order."""
    dossiers = tables.dossiers.c
    columns = (dossiers[name] for name in Handled._fields)
    within = (dossiers.accepted_at >= format_instant(start), dossiers.accepted_at < format_instant(end))
    rows = connection.execute(
        select(*columns).where(dossiers.source == source, *within), execution_options={"yield_per": 5_000}
    )
    return (Handled(*row) for row in rows)


def offers_on(connection: Connection, day: date) -> dict[str, Offer]:
    """The procedures that the catalogue has on a local day, by code."""
    procedures = tables.procedures.c
    columns = (procedures.code, procedures.name, procedures.online_level)
    begun = select(*columns).where(procedures.effective_from <= day.isoformat()).order_by(procedures.effective_from)
    return {row.code: Offer(row.name, row.online_level) for row in connection.execute(begun)}
