"""Reckoning the deadlines of subjects in one transaction: what is known of them becomes the rows of their deadlines."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, select

from lienthong import Calendars, Rejected
from store.deadlines.rows import deadline_id, read_facts, row_of, with_next
from store.deadlines.tables import deadlines, subjects
from store.deadlines.writing import insert_new
from store.tables import dossiers
from transforms.deadline_facts import Fact, Facts, Subject, merge
from transforms.deadline_judging import detail, judge
from transforms.deadline_rules import DeadlineRules

KEYS = 200
"""Subjects of one query."""

Row = dict[str, Any]
_ABOUT = ("agency", "agency_name", "officer", "appointment_at")


@dataclass(frozen=True, slots=True)
class Reckoner:
    """The rules and calendars that deadlines are reckoned with; `name` is a digest of both."""

    rules: DeadlineRules
    calendars: Calendars
    name: str

    @property
    def within(self) -> timedelta:
        """How old a breach may be that is announced."""
        return timedelta(days=self.rules.tell_within_days)


@dataclass(slots=True)
class Reckoned:
    """By subject, the rows of its deadlines before and now, by their ids; and why others could not be reckoned."""

    before: dict[Subject, dict[str, Row]] = field(default_factory=dict)
    now: dict[Subject, dict[str, Row]] = field(default_factory=dict)
    refused: dict[Subject, Rejected] = field(default_factory=dict)


def lock(connection: Connection, wanted: Iterable[Subject], *, skip: bool = False) -> dict[Subject, dict[str, Fact]]:
    """The facts of subjects, whose rows no other transaction changes until this one ends.

    A subject that is not known yet gets a row. With `skip`, a subject that another transaction changes is left out, and
    so is one that is not known.
    """
    known: dict[Subject, dict[str, Fact]] = {}
    for keys in portions(wanted):
        if not skip:
            insert_new(connection, subjects, [{**key._asdict(), "facts": "{}"} for key in keys])
        query = select(subjects).where(*among(subjects, keys)).order_by(subjects.c.key)
        if connection.dialect.name == "postgresql":
            query = query.with_for_update(skip_locked=skip)
        for row in connection.execute(query):
            known[Subject(row.kind, row.source, row.key)] = read_facts(row.facts)
    return known


def reckon(connection: Connection, facts: Mapping[Subject, Facts], reckoner: Reckoner, now: datetime) -> Reckoned:
    """Judge the deadlines of locked subjects. Nothing is written; a row whose deadline is none any more becomes void.

    The newest version of a dossier states its appointment, agency and officer, whatever its facts stated.
    """
    reckoned = Reckoned()
    for keys in portions(facts):
        rows, newest = _rows(connection, keys), _newest(connection, keys)
        for subject in keys:
            known = rows.get(subject, {})
            try:
                found = _judged(subject, _with_newest(facts[subject], newest.get(subject, {})), known, reckoner, now)
            except Rejected as refused:
                reckoned.refused[subject] = refused
                continue
            reckoned.before[subject] = known
            reckoned.now[subject] = {key: with_next(row, now, reckoner.within) for key, row in found.items()}
    return reckoned


def _judged(
    subject: Subject, facts: Facts, known: Mapping[str, Row], reckoner: Reckoner, now: datetime
) -> dict[str, Row]:
    about = {name: detail(facts, name) for name in _ABOUT}
    found = {}
    for one in judge(subject, facts, reckoner.rules, calendars=reckoner.calendars, now=now):
        key = deadline_id(subject, one.key)
        found[key] = row_of(subject, one, known.get(key), about=about, by=reckoner.name)
    gone = {key: {**row, "state": "void", "reckoned_by": None} for key, row in known.items() if key not in found}
    return {**found, **gone}


def _with_newest(facts: Facts, newest: Mapping[str, str]) -> Facts:
    """The facts, and what the newest version states, as one that did not happen and is newer than all."""
    return merge(facts, [Fact("newest", 1, None, "~", newest)]) if newest else facts


def _rows(connection: Connection, keys: Sequence[Subject]) -> dict[Subject, dict[str, Row]]:
    """By subject, the rows of its deadlines by their ids."""
    found: dict[Subject, dict[str, Row]] = {}
    for row in connection.execute(select(deadlines).where(*among(deadlines, keys))).mappings():
        found.setdefault(Subject(row["kind"], row["source"], row["key"]), {})[row["deadline_id"]] = dict(row)
    return found


def _newest(connection: Connection, keys: Sequence[Subject]) -> dict[Subject, dict[str, str]]:
    """What the newest versions of dossiers state, as far as they state it."""
    if keys[0].kind != "dossier":
        return {}
    columns = [dossiers.c[name] for name in ("source", "code", *_ABOUT)]
    codes = [key.key for key in keys]
    query = select(*columns).where(dossiers.c.source == keys[0].source, dossiers.c.code.in_(codes))
    return {
        Subject("dossier", row.source, row.code): {name: value for name in _ABOUT if (value := getattr(row, name))}
        for row in connection.execute(query)
    }


def portions(keys: Iterable[Subject]) -> Iterator[list[Subject]]:
    """The subjects in one order for all transactions, in portions of one kind and source."""
    for _, ordered in groupby(sorted(set(keys)), key=lambda one: one[:2]):
        every = list(ordered)
        yield from (every[at : at + KEYS] for at in range(0, len(every), KEYS))


def among(table: Table, keys: Sequence[Subject]) -> Sequence[ColumnElement[bool]]:
    """The rows of subjects of one kind and source. With tuples of all three, SQLite reads every row."""
    of_kind = (table.c.kind == keys[0].kind, table.c.source == keys[0].source)
    return (*of_kind, table.c.key.in_([key.key for key in keys]))
