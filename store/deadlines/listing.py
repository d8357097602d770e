"""The list of deadlines for operators, read as it is shown."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, Select, and_, func, or_, select, tuple_

from lienthong import Calendars, DeadlineFilter, DeadlinePressure, KeptDeadline, elapsed
from lienthong.adapters.sql import Database, open_reader
from store.deadlines.rows import pauses_of
from store.deadlines.tables import deadlines
from store.instants import format_instant, parse_instant, parse_optional

PAGE = 1_000
_SAME = ("rule", "name", "document", "article", "source", "key", "agency", "agency_name", "ended_by", "allowed_minutes")


def list_deadlines(
    database: Database, wanted: DeadlineFilter, calendars: Calendars, now: datetime
) -> Iterator[KeptDeadline]:
    """The deadlines in order, page by page. What is due and not looked at yet is breached. See `KeepsDeadlines`."""
    after = None if not wanted.after else _place(database, wanted.after)
    while True:
        query = _page(wanted, format_instant(now), after)
        with open_reader(database, "cơ sở dữ liệu thời hạn không trả lời") as connection:
            rows = connection.execute(query).all()
        for row in rows:
            yield _kept(row, calendars, now)
        if len(rows) < PAGE:
            return
        after = (rows[-1].listed_at, rows[-1].deadline_id)


def count_pressure(database: Database, now: datetime) -> DeadlinePressure:
    """How many deadlines are at risk or breached and go on. See `KeepsDeadlines`."""
    column, moment = deadlines.c, format_instant(now)
    goes_on = and_(column.state == "running", column.breach_at >= moment)
    at_risk = and_(goes_on, column.risk_at <= moment)
    is_past = and_(column.ended_at.is_(None), or_(column.state == "breached", column.breach_at < moment))
    is_past = and_(is_past, column.state.in_(("running", "breached")))
    query = select(
        func.count().filter(goes_on),
        func.count().filter(at_risk),
        func.count().filter(is_past),
        func.min(column.due_at).filter(at_risk),
    )
    with open_reader(database, "cơ sở dữ liệu thời hạn không trả lời") as connection:
        running, close, past, earliest = connection.execute(query).one()
    return DeadlinePressure(running, close, past, parse_optional(earliest))


def _place(database: Database, deadline: str) -> tuple[str, str]:
    query = select(deadlines.c.listed_at, deadlines.c.deadline_id).where(deadlines.c.deadline_id == deadline)
    with open_reader(database, "cơ sở dữ liệu thời hạn không trả lời") as connection:
        found = connection.execute(query).first()
    if found is None:
        raise KeyError(deadline)
    return found.listed_at, found.deadline_id


def _page(wanted: DeadlineFilter, now: str, after: tuple[str, str] | None) -> Select[Any]:
    order = (deadlines.c.listed_at, deadlines.c.deadline_id)
    query = select(deadlines).order_by(*order).limit(PAGE)
    state = deadlines.c.state
    is_past = and_(state == "running", deadlines.c.breach_at < now)
    match wanted.state:
        case None:
            query = query.where(state != "void")
        case "breached":
            query = query.where(or_(state == "breached", is_past))
        case "running":
            query = query.where(state == "running", ~is_past)
        case other:
            query = query.where(state == other)
    if wanted.agency:
        query = query.where(deadlines.c.agency == wanted.agency)
    return query if after is None else query.where(tuple_(*order) > tuple_(*after))


def _kept(row: Row[Any], calendars: Calendars, now: datetime) -> KeptDeadline:
    breach_at, ended_at = parse_optional(row.breach_at), parse_optional(row.ended_at)
    is_past = row.state == "running" and breach_at is not None and now > breach_at
    minutes = row.elapsed_minutes
    if ended_at is None:
        calendar = calendars.of(row.agency or "")
        pauses = pauses_of({"pauses": row.pauses})
        minutes = elapsed(calendar, parse_instant(row.started_at), now, pauses) // timedelta(minutes=1)
    return KeptDeadline(
        deadline=row.deadline_id,
        state="breached" if is_past else row.state,
        subject=row.kind,
        started_at=parse_instant(row.started_at),
        due_at=parse_optional(row.due_at),
        risk_at=parse_optional(row.risk_at),
        ended_at=ended_at,
        elapsed_minutes=minutes,
        unannounced=tuple(map(int, row.unannounced.split())),
        **{name: getattr(row, name) for name in _SAME},
    )
