"""What reports read from the data store, as rows. Every function raises `Transient` if the database is away."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import orjson
from sqlalchemy import Connection, Engine, Select, and_, func, select

from lienthong.adapters.sql.errors import translate_errors
from reports.month import Month
from schemas.service_period import ServicePeriod
from store import tables as store
from store.rows import AccountState, Filing, Paper, PortalDossier


@contextmanager
def reading(database: Engine) -> Iterator[Connection]:
    """A connection on which one report reads everything, so that its tables agree with each other."""
    with translate_errors("kho dữ liệu không trả lời khi lập báo cáo"), database.connect() as connection:
        if connection.dialect.name == "postgresql":  # SQLite's transactions see one moment anyway
            connection.execution_options(isolation_level="REPEATABLE READ")
        yield connection


def filings(connection: Connection, source: str, month: Month) -> list[Filing]:
    """The dossiers of `source` accepted in the month, by code."""
    return [
        Filing(
            code=row.code,
            procedure=row.procedure,
            procedure_name=row.procedure_name,
            online_level=row.online_level,
            channel=row.channel,
            status=row.status,
            identity=row.identity,
            accepted_at=store.moment(row.accepted_at),
            agency=row.agency,
            agency_name=row.agency_name,
            officer=row.officer,
            quality=tuple(row.quality.split()),
        )
        for row in connection.execute(_accepted(source, month))
    ]


def quality_counts(connection: Connection, source: str) -> Counter[str]:
    """How many of all dossiers of `source` carry each quality flag; the key "" counts the dossiers themselves."""
    dossiers = store.dossiers.c
    counts: Counter[str] = Counter()
    flagged = select(dossiers.quality, func.count()).where(dossiers.source == source).group_by(dossiers.quality)
    for quality, number in connection.execute(flagged):
        for flag in ("", *quality.split()):
            counts[flag] += number
    return counts


def portal_dossiers(connection: Connection, source: str, month: Month) -> list[PortalDossier]:
    """The dossiers of the national portal accepted in the month, by code.

    One whose history was taken away still counts; what only the history says of it is unknown.
    """
    dossiers, versions = store.dossiers.c, store.dossier_versions
    newest = and_(*(versions.c[name] == dossiers[name] for name in ("source", "code", "event_id")))
    query = _accepted(source, month).add_columns(versions.c.data).outerjoin(versions, newest)
    return [_portal_dossier(row, orjson.loads(row.data or b"{}")) for row in connection.execute(query)]


def service_periods(connection: Connection) -> list[ServicePeriod]:
    """All periods of service, by staff number and first day."""
    periods = store.service_periods
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
            updated_at=store.moment_of(row.updated_at),
        )
        for row in connection.execute(select(periods).order_by(periods.c.staff_no, periods.c.starts_on))
    ]


def account_states(connection: Connection) -> list[AccountState]:
    """All states of VNeID accounts."""
    accounts = store.accounts
    return [
        AccountState(row.identity, row.level, store.moment_of(row.activated_at))
        for row in connection.execute(select(accounts).order_by(*accounts.primary_key))
    ]


def _accepted(source: str, month: Month) -> Select[Any]:
    dossiers = store.dossiers
    starts, ends = (store.instant(moment) for moment in month.bounds)
    return (
        select(dossiers)
        .where(dossiers.c.source == source, dossiers.c.accepted_at >= starts, dossiers.c.accepted_at < ends)
        .order_by(dossiers.c.code)
    )


def _portal_dossier(row: Any, data: dict[str, Any]) -> PortalDossier:
    papers = (
        Paper(digitised=paper["digitised"], reused=paper["reused"], from_store=paper["from_store"])
        for paper in data.get("components") or ()
    )
    return PortalDossier(
        code=row.code,
        channel=row.channel,
        status=row.status,
        accepted_at=store.moment(row.accepted_at),
        appointment_at=store.moment(row.appointment_at),
        completed_at=store.moment(row.completed_at),
        fee=data.get("fee"),
        online_payment=data.get("online_payment"),
        result_file=data.get("result_file"),
        components=tuple(papers),
        vneid_authenticated=data.get("vneid_authenticated"),
    )
