"""The lookup of dossiers by their codes: their history, what was pushed about them, their payments."""

from collections.abc import Mapping, Sequence
from functools import cache
from itertools import islice
from typing import Any

import orjson
from sqlalchemy import CompoundSelect, Connection, Row, Select, and_, bindparam, select, text, union_all

from lienthong import Site, SourceName
from lienthong.adapters.sql import format_keys, open_reader, with_any_key
from store import tables

_MAX_KEYS = 500
"""Codes in one query."""

_VERSION = (
    *("status", "agency", "agency_name", "procedure", "procedure_name", "channel", "fee"),
    *("submitted_at", "accepted_at", "appointment_at", "completed_at", "returned_at", "updated_at", "observed_at"),
)
_SUBMISSION = (
    *("outcome", "agency", "agency_name", "procedure", "procedure_name", "lacking", "supplements"),
    *("submitted_at", "received_at"),
)
_PAYMENT = ("amount", "currency", "paid_at")


class DossierFacts:
    """Finds what the data store has of dossiers, without any personal data.

    By code a mapping of lists, each oldest first; instants are text (UTC):

    - `versions`: of the sources, which come in the order of `sources`: `source`, `newest` (whether it holds now), and
      the fields `status`, `agency`, … of `dossier.v1`.
    - `submissions`: the versions that were pushed: `outcome`, `lacking`, `supplements`, … of `submission.v1`.
    - `payments`: `transaction, amount, currency, paid, paid_at, quality`.
    - `fee`: the sum of its fees in VND, None when no source states one.
    """

    def __init__(self, site: Site, *, sources: Sequence[SourceName]) -> None:
        self._database = site.database
        self._sources = tuple(sources)

    def find_many(self, keys: Sequence[str]) -> Mapping[str, dict[str, Any]]:
        """The facts of each code that is known. Raises `Transient` when the database does not answer."""
        found: dict[str, dict[str, Any]] = {}
        remaining = iter(dict.fromkeys(keys))
        with open_reader(self._database, "kho dữ liệu không trả lời khi tra hồ sơ") as connection:
            while chunk := sorted(islice(remaining, _MAX_KEYS)):
                found |= find_dossiers(connection, chunk, self._sources)
                _add_payments(connection, chunk, found)
        return found


def find_dossiers(
    connection: Connection, codes: Sequence[str], sources: Sequence[SourceName]
) -> dict[str, dict[str, Any]]:
    """The facts of each code that is known, without its payments. See `DossierFacts`."""
    found: dict[str, dict[str, Any]] = {}
    dialect = connection.dialect.name
    keys = format_keys(dialect, codes)
    for source in sources:
        for row in connection.execute(_versions(dialect), {"keys": keys, "source": source}):
            _of(found, row.code)["versions"].append(_version(source, row))
    for row in connection.execute(_submissions(dialect), {"keys": keys}):
        event = orjson.loads(row.event)
        _of(found, row.code)["submissions"].append({name: event.get(name) for name in _SUBMISSION})
    for facts in found.values():
        fees = [version["fee"] for version in facts["versions"] if version["newest"] and version["fee"]]
        facts["fee"] = fees[0] if fees else None
    return found


def _add_payments(connection: Connection, codes: Sequence[str], found: Mapping[str, dict[str, Any]]) -> None:
    dialect = connection.dialect.name
    keys = format_keys(dialect, codes)
    seen: set[str] = set()
    rows = connection.execute(_payments(dialect), {"keys": keys}).all()
    for row in sorted(rows, key=lambda row: (row.paid_at, row.transaction_id)):
        facts = found.get(row.matched or row.dossier)
        if facts is not None and row.transaction_id not in seen:
            facts["payments"].append(_payment(row))
            seen.add(row.transaction_id)


def _of(found: dict[str, dict[str, Any]], code: str) -> dict[str, Any]:
    return found.setdefault(code, {"versions": [], "submissions": [], "payments": [], "fee": None})


def _version(source: str, row: Row[Any]) -> dict[str, Any]:
    event = orjson.loads(row.data)
    return {"source": source, "newest": row.newest is not None, **{name: event.get(name) for name in _VERSION}}


def _payment(row: Row[Any]) -> dict[str, Any]:
    values = {name: row._mapping[name] for name in _PAYMENT}
    return {
        "transaction": row.transaction_id,
        **values,
        "paid": bool(row.paid),
        "quality": row.quality.split(),
    }


@cache
def _versions(dialect: str) -> Select[Any]:
    versions, dossiers = tables.dossier_versions.c, tables.dossiers.c
    same = and_(
        dossiers.source == versions.source, dossiers.code == versions.code, dossiers.event_id == versions.event_id
    )
    of_source = versions.source == bindparam("source")
    columns = (versions.code, versions.updated_at, versions.event_id, versions.data)
    query = (
        select(*columns, dossiers.event_id.label("newest"))
        .select_from(tables.dossier_versions.outerjoin(tables.dossiers, same))
        .where(of_source)
    )
    # By the places in the result, because on PostgreSQL the tables stand in a subquery.
    return with_any_key(dialect, query, versions.code, "keys").order_by(text("1, 2, 3"))


@cache
def _submissions(dialect: str) -> Select[Any]:
    submissions = tables.submissions.c
    query = select(submissions.code, submissions.received_at, submissions.event_id, submissions.event)
    return with_any_key(dialect, query, submissions.code, "keys").order_by(text("1, 2, 3"))


@cache
def _payments(dialect: str) -> CompoundSelect[Any]:
    """Those that name one of the codes, and those that were matched to one although they write it otherwise."""
    payments, matches = tables.payments.c, tables.payment_matches.c
    same = matches.transaction_id == payments.transaction_id
    query = select(tables.payments, matches.dossier.label("matched"))
    named = query.select_from(tables.payments.outerjoin(tables.payment_matches, same))
    # An outer join here would make SQLite read every payment.
    matched = query.select_from(tables.payments.join(tables.payment_matches, same))
    return union_all(
        with_any_key(dialect, named, payments.dossier, "keys"), with_any_key(dialect, matched, matches.dossier, "keys")
    )
