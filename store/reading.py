"""What reports read from the data store, as rows. Every function raises `Transient` if the database does not answer.

A period is `[start, end)`: two instants, in UTC.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

import orjson
from sqlalchemy import Connection, Row, Select, and_, func, or_, select, union_all

from lienthong.adapters.sql import Database, translate_errors
from schemas.service_period import ServicePeriod
from store import tables
from store.instants import format_instant, parse_instant, parse_optional
from store.rows import AccountState, Component, Filing, ProcedureVersion
from transforms.procedures import national_code

__all__ = [
    "Connection",
    "accepted_quality",
    "account_states",
    "filings",
    "filings_of_servants",
    "procedure_on",
    "quality_counts",
    "service_periods",
    "snapshot",
    "unreadable_numbers",
]


@contextmanager
def snapshot(database: Database) -> Iterator[Connection]:
    """A connection on which all queries of one report see the same moment, so that its tables agree."""
    with translate_errors("kho dữ liệu không trả lời khi lập báo cáo"), database.connect() as connection:
        if connection.dialect.name == "postgresql":  # a transaction of SQLite sees one moment by itself
            connection.execution_options(isolation_level="REPEATABLE READ")
        yield connection


def filings(connection: Connection, source: str, start: datetime, end: datetime) -> list[Filing]:
    """The dossiers of `source` that were accepted in `[start, end)`, by code."""
    return [_filing(row) for row in connection.execute(_accepted(source, start, end))]


def filings_of_servants(
    connection: Connection, source: str, start: datetime, end: datetime, *, on_paper: bool = True
) -> list[Filing]:
    """Those of `filings` that civil servants of the register filed: `on_paper` in person, though offered online."""
    dossiers, periods = tables.dossiers.c, tables.service_periods.c
    numbers = union_all(select(periods.identity), select(periods.old_identity)).subquery()
    offered = and_(dossiers.channel == "in_person", dossiers.online_level.in_(("partial", "full")))
    query = _accepted(source, start, end).where(dossiers.identity.in_(select(numbers)))
    query = query.where(offered) if on_paper else query
    return [_filing(row) for row in connection.execute(query)]


def accepted_quality(connection: Connection, source: str, start: datetime, end: datetime) -> Counter[str]:
    """The same as `quality_counts` of the dossiers that were accepted in `[start, end)`."""
    dossiers = tables.dossiers.c
    within = (dossiers.accepted_at >= format_instant(start), dossiers.accepted_at < format_instant(end))
    return _count_flags(connection, dossiers.source == source, *within)


def _filing(row: Row[Any]) -> Filing:
    return Filing(
        code=row.code,
        procedure=row.procedure,
        procedure_name=row.procedure_name,
        online_level=row.online_level,
        channel=row.channel,
        status=row.status,
        identity=row.identity,
        accepted_at=parse_optional(row.accepted_at),
        agency=row.agency,
        agency_name=row.agency_name,
        officer=row.officer,
        quality=tuple(row.quality.split()),
        event_id=row.event_id,
    )


def quality_counts(connection: Connection, source: str) -> Counter[str]:
    """How many of all dossiers of `source` carry each quality flag; the key "" counts the dossiers themselves."""
    return _count_flags(connection, tables.dossiers.c.source == source)


def _count_flags(connection: Connection, *conditions: Any) -> Counter[str]:
    counts: Counter[str] = Counter()
    quality_of = tables.dossiers.c.quality
    by_flags = select(quality_of, func.count()).where(*conditions).group_by(quality_of)
    for quality, number in connection.execute(by_flags):
        for flag in ("", *quality.split()):
            counts[flag] += number
    return counts


def service_periods(connection: Connection) -> list[ServicePeriod]:
    """All periods of service, by staff number and first day."""
    periods = tables.service_periods
    return [
        ServicePeriod(
            staff_no=row.staff_no,
            identity=row.identity,
            old_identity=row.old_identity,
            category=row.category,
            agency=row.agency,
            agency_name=row.agency_name,
            starts_on=date.fromisoformat(row.starts_on),
            ends_on=date.fromisoformat(row.ends_on) if row.ends_on else None,
            updated_at=parse_instant(row.updated_at),
            event_id=row.event_id,
        )
        for row in connection.execute(select(periods).order_by(periods.c.staff_no, periods.c.starts_on))
    ]


def unreadable_numbers(connection: Connection) -> dict[tuple[str, date], bool | None]:
    """The periods of service (staff number, first day) whose record had an identity number that cannot be read.

    None stands for rows of which it is not known, because an earlier version stored them.
    """
    periods = tables.service_periods.c
    flagged = select(periods.staff_no, periods.starts_on, periods.quality).where(
        or_(periods.quality.is_(None), periods.quality.contains("identity-unreadable"))
    )
    return {
        (row.staff_no, date.fromisoformat(row.starts_on)): None if row.quality is None else True
        for row in connection.execute(flagged)
    }


def account_states(connection: Connection) -> list[AccountState]:
    """All states of VNeID accounts."""
    accounts = tables.accounts
    return [
        AccountState(row.identity, row.level, parse_instant(row.activated_at), row.event_id)
        for row in connection.execute(select(accounts).order_by(*accounts.primary_key))
    ]


def procedure_on(connection: Connection, code: str, day: date) -> ProcedureVersion | None:
    """The version of a procedure that is in force on the local day `day`; None when the catalogue has none.

    `code` may carry the province's suffix (`1.000656.000.00.00.H08`): procedures are known by their national code.
    """
    procedures = tables.procedures
    in_force = (
        select(procedures)
        .where(procedures.c.code == national_code(code), procedures.c.effective_from <= day.isoformat())
        .order_by(procedures.c.effective_from.desc())
        .limit(1)
    )
    row = connection.execute(in_force).one_or_none()
    return None if row is None else _procedure_version(row)


def _procedure_version(row: Row[Any]) -> ProcedureVersion:
    return ProcedureVersion(
        code=row.code,
        effective_from=date.fromisoformat(row.effective_from),
        name=row.name,
        field=row.field,
        online_level=row.online_level,
        authentication_level=row.authentication_level,
        components=tuple(
            Component(each["code"], each["name"], tuple(each["replaced_by"])) for each in orjson.loads(row.components)
        ),
        results=tuple(each["code"] for each in orjson.loads(row.results)),
    )


def _accepted(source: str, start: datetime, end: datetime) -> Select[Any]:
    dossiers = tables.dossiers
    accepted_at = dossiers.c.accepted_at
    return (
        select(dossiers)
        .where(dossiers.c.source == source, accepted_at >= format_instant(start), accepted_at < format_instant(end))
        .order_by(dossiers.c.code)
    )
