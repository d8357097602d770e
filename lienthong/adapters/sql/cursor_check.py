"""Verification of cursors: the number of events that a source's cursor counts is the number of its stored events."""

from collections.abc import Iterator

from sqlalchemy import Connection, func, select

from lienthong.adapters.sql.schema import bodies, cursors
from lienthong.messages import message


def verify(connection: Connection) -> Iterator[str]:
    """Every source whose events are not numbered 1, 2, 3, … up to the count of its cursor.

    With a count too high, later events would be taken for published; with one too low, a number would be given twice.
    The cursor itself is known to its source only and stands nowhere else in the ledger, so it is not verified.
    """
    number = bodies.c.number
    counted = select(bodies.c.source, func.count(), func.count(number.distinct()), func.min(number), func.max(number))
    stored = {source: tuple(counts) for source, *counts in connection.execute(counted.group_by(bodies.c.source))}
    by_source = {row.source: row for row in connection.execute(select(cursors).order_by(cursors.c.source))}
    for source, (events, *numbers) in sorted(stored.items()):
        if numbers != [events, 1, events]:
            yield message(
                "source {source}: its events are not numbered from 1 to {events} without gaps",
                source=source,
                events=events,
            )
        if source not in by_source:
            yield message("source {source}: it has {events} events and no cursor", source=source, events=events)
    for source, row in by_source.items():
        events = stored.get(source, (0,))[0]
        if row.received_count != events:
            yield message(
                "source {source}: its cursor counts {counted} received events, but {stored} are stored",
                source=source,
                counted=row.received_count,
                stored=events,
            )
        if row.published_count is not None and not 0 <= row.published_count <= row.received_count:
            yield message(
                "source {source}: its cursor has events published up to number {number}, which is outside of 0–{last}",
                source=source,
                number=row.published_count,
                last=row.received_count,
            )
