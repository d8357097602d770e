"""Finding entries: their index begins with the moment the event was received, so every question gives it.

Whoever has an envelope or a body knows it. Who has an id alone asks the event's body, whose key that is.
"""

from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import ColumnElement, ScalarSelect, select

from lienthong.adapters.sql.schema import bodies, entries, postings
from lienthong.envelope import LOCAL_ZONE, format_instant

at_stage = postings.c.account.startswith("route.") | postings.c.account.startswith("sink.")
"""Whether a posting is to the account of a stage."""

of_body = (entries.c.event_id == bodies.c.event_id) & (entries.c.received_at == bodies.c.received_at)
"""Whether an entry is of the event of a body."""


def of_event(event_id: ColumnElement[str]) -> ColumnElement[bool]:
    """Whether an entry is of the event with an id that stands in another table's row."""
    return (entries.c.event_id == event_id) & (entries.c.received_at == _received_at(event_id))


def received_on(first: str, last: str) -> ColumnElement[bool]:
    """Whether an entry's event was received on one of the local days `first` to `last` (yyyy-mm-dd)."""
    start, end = _midnight(date.fromisoformat(first)), _midnight(date.fromisoformat(last) + timedelta(days=1))
    in_index = (entries.c.received_at >= format_instant(start)) & (entries.c.received_at < format_instant(end))
    return in_index & entries.c.day.between(first, last)  # the day names the partitions on PostgreSQL


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), LOCAL_ZONE).astimezone(UTC)


def _received_at(event_id: ColumnElement[str]) -> ScalarSelect[str]:
    own = select(bodies.c.received_at).where(bodies.c.event_id == event_id)
    return own.correlate_except(bodies).scalar_subquery()  # the other table may stand two selects further out
