"""The state of single events by their entries, and which of them are open at a stage."""

from typing import Any

from sqlalchemy import Connection, Select, case, func, select

from lienthong.adapters.sql.predicates import at_stage, received_on
from lienthong.adapters.sql.schema import entries, postings

_verdict = entries.c.verdict
_open = case(
    (_verdict == "received", entries.c.fan_out),
    (_verdict == "done", entries.c.fan_out - 1),
    (_verdict.in_(("dropped", "dead")), -1),
    (_verdict == "replayed", 1),
    else_=0,
)
_dead = case((_verdict == "dead", 1), (_verdict.in_(("replayed", "discarded")), -1), else_=0)
_delivered = case(((_verdict == "done") & (entries.c.fan_out == 0), 1), else_=0)
_received = case((_verdict == "received", 1), else_=0)


def count_in_flight(connection: Connection, source: str | None = None) -> int:
    """(event, stage) pairs without a final verdict, by the postings; of one source if given."""
    amounts = select(func.coalesce(func.sum(postings.c.amount), 0)).where(at_stage)
    return int(connection.scalar(amounts if source is None else amounts.where(postings.c.source == source)) or 0)


def find_open_events(connection: Connection) -> list[str]:
    """Ids of the events that are still open at a stage, in order. Only days whose postings do not add up to zero are
    searched.
    """
    days = connection.execute(
        select(postings.c.source, postings.c.day)
        .where(at_stage)
        .group_by(postings.c.source, postings.c.day)
        .having(func.sum(postings.c.amount) != 0)
    ).all()
    ids: list[str] = []
    for source, day in days:
        events = (
            select_event_states()
            .add_columns(entries.c.event_id)
            .where(entries.c.source == source, received_on(day, day))
            .subquery()
        )
        ids += connection.scalars(select(events.c.event_id).where(events.c.open > 0))
    return sorted(ids)


def select_event_states() -> Select[Any]:
    """One row an event: at how many stages it is open, at how many it is dead, whether it was delivered and received.

    Rows are grouped in the order of the index of entries, so that nothing has to be sorted or kept in memory.
    """
    return select(
        func.min(entries.c.source).label("source"),
        func.min(entries.c.day).label("day"),
        func.sum(_open).label("open"),
        func.sum(_dead).label("dead"),
        func.sum(_delivered).label("delivered"),
        func.sum(_received).label("received"),
    ).group_by(entries.c.received_at, entries.c.event_id)
