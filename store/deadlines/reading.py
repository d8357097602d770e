"""Reading deadlines: for reports and lists, reckoned as they stand now."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, select

from lienthong import Calendars
from lienthong.adapters.sql import format_keys, with_any_key
from store.deadlines.reckoning import Reckoner, among, portions, reckon
from store.deadlines.rows import read_facts
from store.deadlines.tables import deadlines, subjects
from store.instants import format_instant
from store.tables import dossiers
from transforms.deadline_facts import Fact, Subject
from transforms.deadline_rules import DeadlineRules

Row = dict[str, Any]


def started_between(
    connection: Connection,
    rules: DeadlineRules,
    calendars: Calendars,
    *,
    names: Sequence[str],
    period: tuple[datetime, datetime],
    now: datetime,
) -> list[Row]:
    """The deadlines of the rules `names` that started in `period`, as they stand at `now`, by code and rule."""
    reckoner = Reckoner(rules, calendars, "")
    start, end = map(format_instant, period)
    # No BETWEEN: PostgreSQL takes no collation, which texts of keys have, on its left bound.
    in_period = and_(deadlines.c.started_at >= start, deadlines.c.started_at < end)
    keys = [deadlines.c[name] for name in ("kind", "source", "key")]
    query = select(*keys).where(deadlines.c.rule.in_(names), in_period).distinct().order_by(*keys)
    found = [Subject(*row) for row in connection.execute(query)]
    rows: list[Row] = []
    for portion in portions(found):
        reckoned = reckon(connection, _facts(connection, portion), reckoner, now)
        every = (row for of_subject in reckoned.now.values() for row in of_subject.values())
        rows += [row for row in every if row["rule"] in names and start <= row["started_at"] < end]
    return sorted((row for row in rows if row["state"] != "void"), key=lambda row: (row["key"], row["rule"]))


def _facts(connection: Connection, keys: Sequence[Subject]) -> dict[Subject, dict[str, Fact]]:
    rows = connection.execute(select(subjects).where(*among(subjects, keys)))
    return {Subject(row.kind, row.source, row.key): read_facts(row.facts) for row in rows}


def events_of(connection: Connection, found: Iterable[Subject]) -> dict[Subject, str]:
    """The event of the newest version of each dossier. Other subjects are left out."""
    dialect, known = connection.dialect.name, list(found)
    events: dict[Subject, str] = {}
    for source in sorted({one.source for one in known if one.kind == "dossier"}):
        codes = sorted({one.key for one in known if one.kind == "dossier" and one.source == source})
        query = select(dossiers.c.code, dossiers.c.event_id).where(dossiers.c.source == source)
        rows = connection.execute(
            with_any_key(dialect, query, dossiers.c.code, "keys"), {"keys": format_keys(dialect, codes)}
        )
        events |= {Subject("dossier", source, code): event_id for code, event_id in rows}
    return events
