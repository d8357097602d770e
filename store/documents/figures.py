"""What reports count of the store of documents: what became of components, and the verdicts on versions."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

import orjson
from sqlalchemy import Connection, and_, func, select

from store import tables
from store.documents.tables import documents, matches, reuses, verdicts
from store.instants import format_instant


class Asked(NamedTuple):
    """A component that was asked about for a dossier: what it got (attach, choose, digitise), by which event, when."""

    event_id: str
    dossier: str
    component: str
    procedure: str
    outcome: str
    at: str


class Reused(NamedTuple):
    """A version of a document that stands for a component of a dossier, and what document it is."""

    event_id: str
    dossier: str
    component: str
    at: str
    document_id: str
    version: int
    document_type: str
    kind: str
    origin: str
    agency: str | None


class Judged(NamedTuple):
    """The last verdict of a month on a version; `verdict` is its JSON (`docs/signatures.md`)."""

    event_id: str
    document_id: str
    version: int
    document_type: str
    agency: str | None
    indication: str
    accepted: bool
    verdict: dict[str, Any]


def asked_between(connection: Connection, start: datetime, end: datetime) -> Iterator[Asked]:
    """The components that were asked about for dossiers in `[start, end)`, the earliest first."""
    of = matches.c
    columns = (of.event_id, of.dossier, of.component, of.procedure, of.outcome, of.matched_at)
    query = select(*columns).where(of.dossier.is_not(None), *_within(of.matched_at, start, end))
    rows = connection.execute(
        query.order_by(of.matched_at, of.event_id, of.place), execution_options={"yield_per": 5_000}
    )
    return (Asked(*row) for row in rows)


def asked_without_dossier(connection: Connection, start: datetime, end: datetime) -> int:
    """How many components were asked about in `[start, end)` before there was a dossier."""
    of = matches.c
    query = select(func.count()).where(of.dossier.is_(None), *_within(of.matched_at, start, end))
    return connection.scalar(query) or 0


def reused_between(connection: Connection, start: datetime, end: datetime) -> Iterator[Reused]:
    """What was reused in `[start, end)`, by dossier, component and moment."""
    of, what = reuses.c, documents.c
    columns = (of.event_id, of.dossier, of.component, of.reused_at, of.document_id, of.version)
    query = (
        select(*columns, what.document_type, what.kind, what.origin, what.agency)
        .join_from(reuses, documents, of.document_id == what.document_id)
        .where(*_within(of.reused_at, start, end))
        .order_by(of.dossier, of.component, of.reused_at, of.document_id)
    )
    rows = connection.execute(query, execution_options={"yield_per": 5_000})
    return (Reused._make(row) for row in rows)


def receiving_agencies(connection: Connection, source: str, start: datetime, end: datetime) -> dict[str, str]:
    """By the code of a dossier that was asked about or reused for in `[start, end)`, the place that `source` names."""
    dossiers = tables.dossiers.c
    asked = select(matches.c.dossier).where(*_within(matches.c.matched_at, start, end))
    used = select(reuses.c.dossier).where(*_within(reuses.c.reused_at, start, end))
    of_source = (dossiers.source == source, dossiers.agency.is_not(None))
    query = select(dossiers.code, dossiers.agency).where(*of_source, dossiers.code.in_(asked.union(used)))
    return {row.code: row.agency for row in connection.execute(query)}


def judged_between(connection: Connection, start: datetime, end: datetime) -> Iterator[Judged]:
    """The versions that were judged in `[start, end)`, each with its last verdict of that time."""
    of, what = verdicts.c, documents.c
    within = _within(of.judged_at, start, end)
    later = verdicts.alias()
    is_later = and_(
        later.c.document_id == of.document_id,
        later.c.version == of.version,
        *_within(later.c.judged_at, start, end),
        (later.c.judged_at > of.judged_at) | ((later.c.judged_at == of.judged_at) & (later.c.event_id > of.event_id)),
    )
    query = (
        select(of.event_id, of.document_id, of.version, what.document_type, what.agency, of.indication, of.accepted)
        .add_columns(of.verdict)
        .join_from(verdicts, documents, of.document_id == what.document_id)
        .where(*within, ~select(later.c.event_id).where(is_later).exists())
        .order_by(of.document_id, of.version)
    )
    for row in connection.execute(query, execution_options={"yield_per": 500}):
        yield Judged._make((*row[:6], bool(row.accepted), orjson.loads(row.verdict)))


def _within(column: Any, start: datetime, end: datetime) -> tuple[Any, ...]:
    return column >= format_instant(start), column < format_instant(end)
