"""Which events of a source durable queues do not have yet, by the numbers that the source's row keeps."""

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, select

from lienthong.adapters.sql.schema import bodies, cursors

NONE = range(0)


def unpublished_numbers(
    connection: Connection, source: str, *, after: int | None = None, at_most: int | None = None
) -> range:
    """See `Ledger.unpublished_backlog`."""
    row = connection.execute(select(cursors).where(cursors.c.source == source)).one_or_none()
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
    difference = cursors.c.received_count - cursors.c.published_count
    return connection.scalar(select(difference).where(cursors.c.source == source)) or 0


def read_never_published(connection: Connection) -> Mapping[str, range]:
    """See `Ledger.never_published`."""
    never = select(cursors).where(cursors.c.published_count.is_(None), cursors.c.received_count > 0)
    return {row.source: range(1, row.received_count + 1) for row in connection.execute(never)}
