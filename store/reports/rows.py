"""Editions, acts and sendings as rows: found, written and shown."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, Engine, Row, func, select, update

from lienthong import EditionFilter, Rejected
from lienthong.adapters.sql import open_reader
from store.instants import format_instant
from store.notices.rows import insert_new
from store.reports.tables import acts, editions, sendings

UNAVAILABLE = "kho báo cáo không trả lời"
DRAFTED, APPROVED = "report-drafted", "report-approved"

EditionRow = Row[Any]


def edition_id(report: str, period: str, edition: int) -> str:
    """`REPORT/PERIOD/EDITION`."""
    return f"{report}/{period}/{edition}"


def find(connection: Connection, edition: str, *, lock: bool = False) -> EditionRow:
    """The row of an edition. Raises `Rejected` when there is none."""
    query = select(editions).where(editions.c.edition_id == edition)
    row = connection.execute(query.with_for_update() if lock else query).first()
    if row is None:
        raise Rejected(f"không có lần phát hành {edition}; `lienthong reports list` liệt kê", field="edition")
    return row


def newest(connection: Connection, report: str, period: str) -> EditionRow | None:
    """The last edition of a report and period, if there is one."""
    of_period = (editions.c.report == report, editions.c.period == period)
    query = select(editions).where(*of_period).order_by(editions.c.edition.desc()).limit(1)
    return connection.execute(query).first()


def known(connection: Connection) -> Mapping[tuple[str, str], str]:
    """The state of the newest edition of each report and period."""
    columns = (editions.c.report, editions.c.period, editions.c.state)
    rows = connection.execute(select(*columns).order_by(editions.c.edition))
    return {(row.report, row.period): row.state for row in rows}


def overdue(connection: Connection, before: datetime) -> Sequence[EditionRow]:
    """The editions that were due before a moment and are not sent."""
    waits = (editions.c.due_at < format_instant(before), editions.c.sent_at.is_(None))
    return connection.execute(select(editions).where(*waits).order_by(editions.c.edition_id)).all()


def frozen(connection: Connection) -> Sequence[tuple[str, str]]:
    """Every edition with the digest of each frozen document that something was done with."""
    query = select(acts.c.edition_id, acts.c.digest).where(acts.c.digest.is_not(None)).distinct()
    return [(row.edition_id, row.digest) for row in connection.execute(query.order_by(acts.c.edition_id))]


def insert(connection: Connection, values: Mapping[str, Any]) -> bool:
    """Insert an edition. False when another process has done it."""
    empty = {column.name: None for column in editions.columns}
    text = {"why": "", "title": "", "heads": "{}", "drafted_by": "", "number": ""}
    return insert_new(connection, editions, {**empty, **text, **values})


def write(connection: Connection, edition: str, values: Mapping[str, Any], *, was: EditionRow) -> bool:
    """Write some columns. False when the edition is not as it was, so that nothing was written."""
    same = (editions.c.edition_id == edition, editions.c.state == was.state, editions.c.digest == was.digest)
    if was.digest is None:
        same = (*same[:2], editions.c.digest.is_(None))
    return connection.execute(update(editions).where(*same).values(**values)).rowcount == 1


def add_act(connection: Connection, edition: str, act: Mapping[str, Any]) -> None:
    """Note what was done: `kind`, `who`, `at`, `why`, `digest`."""
    last = connection.execute(select(func.max(acts.c.act)).where(acts.c.edition_id == edition)).scalar()
    values = {**act, "at": format_instant(act["at"])}
    connection.execute(acts.insert().values(edition_id=edition, act=(last or 0) + 1, **values))


def acts_of(connection: Connection, edition: str) -> Sequence[Row[Any]]:
    """What was done with an edition, in order."""
    return connection.execute(select(acts).where(acts.c.edition_id == edition).order_by(acts.c.act)).all()


def sendings_of(connection: Connection, edition: str) -> Sequence[Row[Any]]:
    """The messages of an edition, by unit and address."""
    order = (sendings.c.channel, sendings.c.unit, sendings.c.recipient)
    return connection.execute(select(sendings).where(sendings.c.edition_id == edition).order_by(*order)).all()


def iter_editions(database: Engine, wanted: EditionFilter) -> Iterator[Mapping[str, Any]]:
    """The editions, the newest period first, then by report and edition."""
    query = select(editions).order_by(editions.c.period.desc(), editions.c.report, editions.c.edition)
    for column, value in (("report", wanted.report), ("period", wanted.period), ("state", wanted.state)):
        if value:
            query = query.where(editions.c[column] == value)
    with open_reader(database, UNAVAILABLE) as connection:
        yield from [as_json(row) for row in connection.execute(query)]


def show(database: Engine, edition: str) -> Mapping[str, Any] | None:
    """One edition with its acts and sendings."""
    with open_reader(database, UNAVAILABLE) as connection:
        try:
            row = find(connection, edition)
        except Rejected:
            return None
        return {
            **as_json(row),
            "acts": [_without(one, "edition_id") for one in acts_of(connection, edition)],
            "sendings": [
                {**_without(one, "edition_id"), "files": orjson.loads(one.files)}
                for one in sendings_of(connection, edition)
            ],
        }


def as_json(row: EditionRow) -> dict[str, Any]:
    """An edition for programs. Moments are UTC."""
    values = dict(row._mapping)
    return {"id": values.pop("edition_id"), **values, "heads": orjson.loads(row.heads)}


def moment(now: datetime | None) -> str | None:
    """An instant in the form of the store; None for none."""
    return None if now is None else format_instant(now)


def _without(row: Row[Any], name: str) -> dict[str, Any]:
    values = dict(row._mapping)
    del values[name]
    return values
