"""Notices as rows: read, written, and counted for each recipient and day."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

import orjson
from sqlalchemy import Connection, Row, Table, bindparam, select, update
from sqlalchemy.dialects import postgresql, sqlite

from store.instants import format_instant, parse_instant, parse_optional
from store.notices.tables import days, notices
from transforms.notices.decisions import Decision, Notice
from transforms.notices.quiet import local_day

# Statements are built once: SQLAlchemy needs more time to build one than a database to answer it.
# A parameter that is no value of an UPDATE must not have the name of a column.
_FIND = select(notices).where(notices.c.notice_id == bindparam("wanted")).with_for_update()
_UPDATE = update(notices).where(notices.c.notice_id == bindparam("wanted"))
_OF_DAY = (days.c.recipient == bindparam("of_recipient"), days.c.day == bindparam("of_day"))
_SENT = select(days.c.count).where(*_OF_DAY).with_for_update()
_COUNT_ONE = update(days).where(*_OF_DAY).values(count=days.c.count + 1)


def insert_new(connection: Connection, table: Table, values: Mapping[str, Any]) -> bool:
    """Insert a row unless its key is known. Whether it was inserted."""
    return connection.execute(_insert_new(connection.dialect.name, table), dict(values)).first() is not None


@cache
def _insert_new(dialect: str, table: Table) -> Any:
    (column, *_) = table.primary_key.columns
    make: Any = postgresql.insert if dialect == "postgresql" else sqlite.insert
    return make(table).on_conflict_do_nothing().returning(column)


def find(connection: Connection, notice_id: str) -> Row[Any] | None:
    """The row of a notice, locked until the end of the transaction."""
    return connection.execute(_FIND, {"wanted": notice_id}).first()


def notice_of(row: Row[Any]) -> Notice:
    """What is decided about."""
    return Notice(
        state=row.state,
        channel=row.channel,
        channels=tuple(name for name, _ in orjson.loads(row.channels)),
        useful_until=parse_instant(row.useful_until),
        attempt=row.attempt,
        tries=row.tries,
        asks=row.asks,
        sent_at=parse_optional(row.sent_at),
    )


def address_of(row: Row[Any], channel: str) -> str:
    """Where a notice goes by a channel."""
    addresses: dict[str, str] = dict(orjson.loads(row.channels))
    return addresses[channel]


def write_decision(connection: Connection, row: Row[Any], decision: Decision, now: datetime, **more: Any) -> None:
    """Write what a notice became."""
    values = {
        "state": decision.state,
        "why": decision.why,
        "channel": decision.channel,
        "tries": decision.tries,
        "due_at": None if decision.until is None else format_instant(decision.until),
        "changed_at": format_instant(now),
        **more,
    }
    write(connection, row.notice_id, values)


def write(connection: Connection, notice_id: str, values: Mapping[str, Any]) -> None:
    """Write some columns of a notice."""
    connection.execute(_UPDATE, {"wanted": notice_id, **values})


def end(connection: Connection, ids: Sequence[str], state: str, why: str, now: datetime) -> None:
    """End notices that are held."""
    values = {"state": state, "why": why, "due_at": None, "changed_at": format_instant(now)}
    connection.execute(update(notices).where(notices.c.notice_id.in_(ids)).values(**values))


def sent_on(connection: Connection, recipient: str, now: datetime) -> int:
    """How many notices went to a recipient on the local day of `now`. Others wait until this transaction ends."""
    key = {"recipient": recipient, "day": local_day(now)}
    insert_new(connection, days, {**key, "count": 0})
    return int(connection.execute(_SENT, {"of_recipient": recipient, "of_day": key["day"]}).scalar_one())


def count_one(connection: Connection, recipient: str, now: datetime) -> None:
    """One more went to a recipient. For after `sent_on`."""
    connection.execute(_COUNT_ONE, {"of_recipient": recipient, "of_day": local_day(now)})
