"""The rows of happenings, and the one query that finds all that is known of the dossiers of a bundle."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import orjson
from sqlalchemy import (
    CompoundSelect,
    Connection,
    Select,
    Table,
    Text,
    and_,
    bindparam,
    cast,
    literal_column,
    null,
    select,
    union_all,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from lienthong.adapters.sql import format_keys, with_any_key
from schemas.canonical import dossier_v1, submission_v1
from store import tables
from store.instants import format_instant, parse_instant, parse_optional
from transforms.happening_changes import Known, Noted
from transforms.happenings import FactKey, Version

_VERSION, _SUBMISSION, _FACT = "version", "submission", "fact"
_TYPES = {_VERSION: dossier_v1.TYPE, _SUBMISSION: submission_v1.TYPE}


@dataclass(slots=True)
class Found:
    """What the store has of one dossier: its versions as `(kind, event id, JSON)`, and the facts noted of it."""

    rows: list[tuple[str, str, str]] = field(default_factory=list)
    facts: dict[FactKey, Known] = field(default_factory=dict)

    def versions(self) -> Iterable[Version]:
        """The versions, decoded."""
        return [Version(event_id, _TYPES[kind], orjson.loads(data)) for kind, event_id, data in self.rows]


def find(connection: Connection, source: str, codes: Iterable[str], *, with_submissions: bool) -> Mapping[str, Found]:
    """What the store has of these dossiers of a source, by code."""
    dialect = connection.dialect.name
    parameters = {"source": source, "keys": format_keys(dialect, sorted(codes))}
    found: dict[str, Found] = {}
    for kind, code, *values in connection.execute(_query(dialect, with_submissions=with_submissions), parameters):
        of = found.get(code)
        if of is None:
            of = found[code] = Found()
        if kind == _FACT:
            happening, occurrence, at, appointment_at, state = values
            known = Known(parse_instant(at), parse_optional(appointment_at), state)
            of.facts[happening, int(occurrence)] = known
        else:
            of.rows.append((kind, values[0], values[1]))
    return found


def write(connection: Connection, source: str, noted: Sequence[tuple[str, Noted]]) -> set[tuple[Any, ...]]:
    """Write what was noted of dossiers. Returns the `(code, happening, occurrence)` of the first notes.

    A first note that another transaction has written meanwhile is not among them.
    """
    table = tables.happenings
    first = [_row(source, code, one) for code, one in noted if one.is_first]
    changed = [_row(source, code, one) for code, one in noted if not one.is_first]
    written: set[tuple[Any, ...]] = set()
    if first:
        make = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
        keys = (table.c.code, table.c.happening, table.c.occurrence)
        first.sort(key=lambda row: (row["code"], row["happening"], row["occurrence"]))
        rows = connection.execute(make(table).on_conflict_do_nothing().returning(*keys), first)
        written = {tuple(row) for row in rows}
    for row in changed:
        of_row = and_(*(column == row[column.name] for column in table.primary_key))
        connection.execute(update(table).where(of_row).values(**row))
    return written


def _row(source: str, code: str, noted: Noted) -> dict[str, Any]:
    fact = noted.fact
    return {
        "source": source,
        "code": code,
        "happening": fact.happening,
        "occurrence": fact.occurrence,
        "at": format_instant(fact.at),
        "appointment_at": None if fact.appointment_at is None else format_instant(fact.appointment_at),
        "state": noted.state,
        "event_id": fact.version,
        "seen_at": format_instant(fact.seen_at),
    }


@cache
def _query(dialect: str, *, with_submissions: bool) -> CompoundSelect[Any]:
    """One query for all: another one would cost each bundle as much again."""
    parts = [_versions(tables.dossier_versions, _VERSION, "data")]
    if with_submissions:
        parts.append(_versions(tables.submissions, _SUBMISSION, "event"))
    facts = tables.happenings.c
    parts.append(
        select(
            literal_column(f"'{_FACT}'", Text).label("kind"),
            facts.code,
            facts.happening.label("a"),
            cast(facts.occurrence, Text).label("b"),
            facts.at.label("c"),
            facts.appointment_at.label("d"),
            facts.state.label("e"),
        ).where(facts.source == bindparam("source"))
    )
    return union_all(*(with_any_key(dialect, part, _code_of(part), "keys") for part in parts))


def _versions(table: Table, kind: str, data: str) -> Select[Any]:
    nothing = [cast(null(), Text).label(name) for name in ("c", "d", "e")]
    columns = (literal_column(f"'{kind}'", Text).label("kind"), table.c.code, table.c.event_id.label("a"))
    query = select(*columns, table.c[data].label("b"), *nothing)
    return query.where(table.c.source == bindparam("source")) if "source" in table.c else query


def _code_of(query: Select[Any]) -> Any:
    (table,) = query.get_final_froms()
    return table.c.code
