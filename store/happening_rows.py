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
    delete,
    literal_column,
    null,
    select,
    union_all,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from lienthong.adapters.sql import format_keys, format_pairs, with_any_key, with_any_key_besides
from schemas.canonical import dossier_v1, submission_v1
from store import tables
from store.instants import format_instant, parse_instant, parse_optional
from transforms.happening_changes import Known, Noted
from transforms.happenings import FactKey, Version

_VERSION, _SUBMISSION, _FACT = "version", "submission", "fact"
NONE_KNOWN = "-"
"""Stands for the id of a version where the caller has none; no event has it."""

_TYPES = {_VERSION: dossier_v1.TYPE, _SUBMISSION: submission_v1.TYPE}


@dataclass(slots=True)
class Found:
    """What the store has of one dossier: its versions as `(kind, event id, JSON)`, and the facts noted of it."""

    rows: list[tuple[str, str, str]] = field(default_factory=list)
    facts: dict[FactKey, Known] = field(default_factory=dict)

    def versions(self) -> Iterable[Version]:
        """The versions, decoded."""
        return [Version(event_id, _TYPES[kind], orjson.loads(data)) for kind, event_id, data in self.rows]


def find(
    connection: Connection, source: str, dossiers: Mapping[str, str], *, with_submissions: bool
) -> Mapping[str, Found]:
    """What the store has of these dossiers of a source, by code, but for the version whose event id stands there.

    That is one which the caller knows: most dossiers have no other.
    """
    dialect = connection.dialect.name
    codes = sorted(dossiers)
    parameters = {"source": source, "keys": format_keys(dialect, codes)}
    parameters |= format_pairs(dialect, "pairs", {code: dossiers[code] for code in codes})
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


def forget(connection: Connection, source: str, code: str) -> None:
    """Remove what was noted of a dossier that has no version any more."""
    rows = tables.happenings.c
    connection.execute(delete(tables.happenings).where(rows.source == source, rows.code == code))


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
    parts = [(_versions(tables.dossier_versions, _VERSION, "data"), tables.dossier_versions)]
    if with_submissions:
        parts.append((_versions(tables.submissions, _SUBMISSION, "event"), tables.submissions))
    facts = tables.happenings.c
    noted = select(
        literal_column(f"'{_FACT}'", Text).label("kind"),
        facts.code,
        facts.happening.label("a"),
        cast(facts.occurrence, Text).label("b"),
        facts.at.label("c"),
        facts.appointment_at.label("d"),
        facts.state.label("e"),
    ).where(facts.source == bindparam("source"))
    return union_all(
        *(with_any_key_besides(dialect, part, table.c.code, table.c.event_id, "pairs") for part, table in parts),
        with_any_key(dialect, noted, facts.code, "keys"),
    )


def _versions(table: Table, kind: str, data: str) -> Select[Any]:
    nothing = [cast(null(), Text).label(name) for name in ("c", "d", "e")]
    columns = (literal_column(f"'{kind}'", Text).label("kind"), table.c.code, table.c.event_id.label("a"))
    query = select(*columns, table.c[data].label("b"), *nothing)
    return query.where(table.c.source == bindparam("source")) if "source" in table.c else query
