"""The state of single events by their entries, and which of them are open at a stage."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Connection, FromClause, Select, Subquery, case, func, select

from lienthong.adapters.sql.predicates import received_on
from lienthong.adapters.sql.schema import entries

_FIGURES = ("open", "dead", "delivered", "received")


def _figures(of: FromClause) -> Mapping[str, ColumnElement[int]]:
    """What each entry adds to the figures of its event."""
    verdict = of.c.verdict
    return {
        "open": case(
            (verdict.in_(("received", "passed")), of.c.fan_out),
            (verdict == "done", of.c.fan_out - 1),
            (verdict.in_(("dropped", "dead")), -1),
            (verdict == "replayed", 1),
            else_=0,
        ),
        "dead": case((verdict == "dead", 1), (verdict.in_(("replayed", "discarded")), -1), else_=0),
        "delivered": case(((verdict == "done") & (of.c.fan_out == 0), 1), else_=0),
        "received": case((verdict == "received", 1), else_=0),
    }


def select_states(before: ColumnElement[bool] | None = None, *, of: FromClause = entries) -> Select[Any]:
    """One row an event: at how many stages it is open, at how many it is dead, whether it was delivered and received.

    With `before`, a condition on entries: only events that have another entry, and the same figures also with the
    suffix `_before`, of the entries that it is true of; `count_before` is how many they are.
    `of`: all entries, or all of some events. Those of all are grouped in the order of their index, so that nothing has
    to be sorted or kept in memory.
    """
    figures = _figures(of)
    columns: list[ColumnElement[Any]] = [
        func.min(of.c.source).label("source"),
        func.min(of.c.day).label("day"),
        *(func.sum(figure).label(name) for name, figure in figures.items()),
    ]
    query = select(*columns).group_by(of.c.received_at, of.c.event_id)
    if before is None:
        return query
    earlier = (func.sum(case((before, figure), else_=0)).label(f"{name}_before") for name, figure in figures.items())
    count = func.sum(case((before, 1), else_=0))
    return query.add_columns(*earlier, count.label("count_before")).having(count < func.count())


def state_of(events: Subquery, suffix: str = "") -> ColumnElement[str]:
    """The state of the events of `select_states`."""
    figure = {name: events.c[name + suffix] for name in _FIGURES}
    return case(
        (figure["received"] == 0, "never_received"),
        (figure["open"] < 0, "ended_twice"),
        (figure["dead"] > 0, "dead"),
        (figure["open"] > 0, "in_flight"),
        (figure["delivered"] > 0, "delivered"),
        else_="dropped",
    ).label(f"state{suffix}")


def find_open_events(connection: Connection, source: str, day: str, since: str) -> list[str]:
    """Ids of the events of one source and day that are open at a stage, none of which was received before `since`."""
    events = _states_of_day(source, day, entries.c.received_at >= since)
    return list(connection.scalars(select(events.c.event_id).where(events.c.open > 0)))


def find_ended_twice(connection: Connection, source: str, day: str) -> list[str]:
    """Ids of the events of one source and day that have ended at more stages than they were passed on to."""
    events = _states_of_day(source, day)
    return list(connection.scalars(select(events.c.event_id).where(events.c.open < 0)))


def _states_of_day(source: str, day: str, *more: ColumnElement[bool]) -> Subquery:
    of_day = (entries.c.source == source, received_on(day, day), *more)
    return select_states().add_columns(entries.c.event_id).where(*of_day).subquery()
