"""The quality flags of what the store holds, one record after the other, and the records that have most of them."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Table, func, literal, select

from store import tables
from store.instants import format_instant


class Kind(NamedTuple):
    """A table whose rows have flags. `source` and `place` name columns, or `source` is the name of the source itself.

    `shown` are the columns that tell an official which record it is.
    """

    table: Table
    source: str
    place: str | None
    shown: tuple[str, ...]


KINDS: Mapping[str, Kind] = {
    "dossiers": Kind(tables.dossiers, "", "agency", ("code", "procedure", "agency_name", "officer", "identity")),
    "civil_servants": Kind(tables.service_periods, "ccvc", "agency", ("staff_no", "agency_name", "identity")),
    "procedures": Kind(tables.procedures, "procedures", None, ("code", "effective_from", "name")),
    "units": Kind(tables.units, "organisations", None, ("code", "starts_on", "name")),
    "portal_accounts": Kind(tables.portal_accounts, "portal-accounts", None, ("account",)),
    "payments": Kind(tables.payments, "inbox.payments", None, ("transaction_id", "dossier", "bank")),
    "questions": Kind(tables.questions, "", "agency", ("code", "field", "agency")),
    "petitions": Kind(tables.petitions, "", "agency", ("code", "kind", "agency")),
}
"""By a short name of the record. The store keeps no source with what one source alone brings; "" is its own column."""


class Flagged(NamedTuple):
    """A record as it was seen last: its event, source and place, and its flags in their text."""

    event_id: str
    source: str
    place: str | None
    quality: str


def flagged_records(connection: Connection, kind: Kind, start: datetime, end: datetime) -> Iterator[Flagged]:
    """The records of a kind that were seen last in `[start, end)`, with and without flags, in any order."""
    query = select(*_columns(kind)).where(*_seen(kind, start, end))
    rows = connection.execute(query, execution_options={"yield_per": 5_000})
    return (Flagged(row[0], row[1], row[2], row[3] or "") for row in rows)


def flags_of_all(connection: Connection, kind: Kind) -> Iterator[tuple[str, str, int]]:
    """Of all records of a kind: source, flags in their text, how many have just these."""
    _, source, _, quality = _columns(kind)
    query = select(source, quality, func.count()).group_by(source, quality)
    return ((row[0], row[1] or "", row[2]) for row in connection.execute(query))


def records_with(
    connection: Connection,
    kind: Kind,
    period: tuple[datetime, datetime],
    *,
    source: str,
    quality: str,
    agencies: Sequence[str] | None,
    limit: int,
) -> list[dict[str, Any]]:
    """The first records by their key that have just these flags, with their columns `shown` and `event_id`.

    `agencies`: those that are meant; None for all.
    """
    columns = kind.table.c
    meant = [columns.quality == quality, *_seen(kind, *period)]
    if not kind.source:
        meant.append(columns[_SOURCE] == source)
    if agencies is not None and kind.place is not None:
        meant.append(columns[kind.place].in_(agencies))
    query = select(*(columns[name] for name in (*kind.shown, "event_id"))).where(*meant)
    rows = connection.execute(query.order_by(*kind.table.primary_key).limit(limit))
    return [dict(row._mapping) for row in rows]


_SOURCE = "source"


def _columns(kind: Kind) -> tuple[Any, Any, Any, Any]:
    columns = kind.table.c
    source = literal(kind.source) if kind.source else columns[_SOURCE]
    place = literal(None) if kind.place is None else columns[kind.place]
    return columns.event_id, source.label(_SOURCE), place.label("place"), columns.quality


def _seen(kind: Kind, start: datetime, end: datetime) -> tuple[Any, ...]:
    seen = kind.table.c.observed_at
    return seen >= format_instant(start), seen < format_instant(end)
