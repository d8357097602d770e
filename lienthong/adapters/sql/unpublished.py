"""The row of a source; and by the numbers it keeps, which of its events durable queues do not have yet."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select

from lienthong.adapters.sql.schema import bodies, cursors

NONE = range(0)

# Built once: SQLAlchemy needs more time to build a statement than a database to answer it. Each poll asks for the row,
# and the publisher of each request counts twice a second.
_ROW = select(cursors).where(cursors.c.source == bindparam("source_name"))
_COUNT = select(cursors.c.received_count - cursors.c.published_count).where(
    cursors.c.source == bindparam("source_name")
)


def read_source(connection: Connection, source: str) -> Row[Any] | None:
    """The row of a source; None before anything was received from it."""
    return connection.execute(_ROW, {"source_name": source}).one_or_none()


def unpublished_numbers(
    connection: Connection, source: str, *, after: int | None = None, at_most: int | None = None
) -> range:
    """See `Ledger.unpublished_backlog`."""
    row = read_source(connection, source)
    if row is None:
        return NONE
    last = row.published_count if after is None else after
    return range((last or 0) + 1, row.received_count + 1)[:at_most]


def read_ids(connection: Connection, source: str, numbers: range) -> Sequence[str]:
    """The ids of the events with these numbers, in their order. There must be one."""
    of_numbers = (bodies.c.source == source) & bodies.c.number.between(numbers[0], numbers[-1])
    return connection.scalars(select(bodies.c.event_id).where(of_numbers).order_by(bodies.c.number)).all()


def count_unpublished(connection: Connection, source: str) -> int:
    """See `Ledger.unpublished_count`."""
    return connection.scalar(_COUNT, {"source_name": source}) or 0


def read_never_published(connection: Connection) -> Mapping[str, range]:
    """See `Ledger.never_published`."""
    never = select(cursors).where(cursors.c.published_count.is_(None), cursors.c.received_count > 0)
    return {row.source: range(1, row.received_count + 1) for row in connection.execute(never)}
