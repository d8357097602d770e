"""Predicates for queries on entries: their index begins with the moment of receipt, so every query gives that moment.

An envelope and a body have the moment. With only an event id, it is read from the event's body, whose key is the id.
"""

from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import ColumnElement, ScalarSelect, func, literal_column, select

from lienthong.adapters.sql.schema import bodies, entries, postings
from lienthong.data.event_ids import DRAWN, RETURN
from lienthong.envelope import LOCAL_ZONE, format_instant

STAGE_PREFIXES = ("route.", "sink.")
"""How the names of stages begin, and so the accounts of open events."""

at_stage = postings.c.account.startswith("route.") | postings.c.account.startswith("sink.")
"""Whether a posting is to the account of a stage."""

of_body = (entries.c.event_id == bodies.c.event_id) & (entries.c.received_at == bodies.c.received_at)
"""Whether an entry is about the event of a body."""


def is_return(event_id: ColumnElement[str]) -> ColumnElement[bool]:
    """Whether an event shows a content again that its source had shown before (see `lienthong.data.event_ids`)."""
    return _version(event_id) == literal_column(f"'{RETURN}'")


def is_drawn(event_id: ColumnElement[str]) -> ColumnElement[bool]:
    """Whether the id of an event was drawn, and not derived from its content."""
    return _version(event_id) == literal_column(f"'{DRAWN}'")


def _version(event_id: ColumnElement[str]) -> ColumnElement[str]:
    return func.substr(event_id, literal_column("15"), literal_column("1"))  # no parameters: see `bulk`


def of_event(event_id: ColumnElement[str]) -> ColumnElement[bool]:
    """Whether an entry is about the event whose id is a column of another table."""
    return (entries.c.event_id == event_id) & (entries.c.received_at == _received_at(event_id))


def received_on(first: str, last: str) -> ColumnElement[bool]:
    """Whether an entry's event was received on one of the local days `first` to `last` (yyyy-mm-dd), both included."""
    start, end = _midnight(date.fromisoformat(first)), _midnight(date.fromisoformat(last) + timedelta(days=1))
    in_index = (entries.c.received_at >= format_instant(start)) & (entries.c.received_at < format_instant(end))
    return in_index & entries.c.day.between(first, last)  # the day selects the partitions on PostgreSQL


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), LOCAL_ZONE).astimezone(UTC)


def _received_at(event_id: ColumnElement[str]) -> ScalarSelect[str]:
    moment = select(bodies.c.received_at).where(bodies.c.event_id == event_id)
    return moment.correlate_except(bodies).scalar_subquery()  # the other table may be two selects further out
