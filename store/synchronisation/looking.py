"""The look for what is missing: what was stored since the last one is judged, and what is due is announced."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import Connection, and_, bindparam, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from lienthong import Calendars, Record
from lienthong.adapters.sql import find_last_reads, format_keys, with_any_key
from schemas.canonical.sync_events_v1 import CORRECTED, MISSING
from store.instants import format_instant
from store.synchronisation.judging import Judged, Subject, judge, neighbours
from store.synchronisation.tables import alarms, awaited, touched
from store.tables import dossiers
from transforms.synchronisation import Gap, Pair, Synchronisation

PORTION = 500
AT_ONCE = 10_000
"""Versions, and dossiers that are due, which one look takes on at most; the next ones follow a minute later."""

AGAIN = timedelta(hours=1)
"""How often an open alarm is looked at again although nothing of it was stored."""

SETTLING = timedelta(minutes=2)
"""Time from the end of a poll until what it showed is in the data store."""

Row = dict[str, Any]


def look(
    connection: Connection, rules: Synchronisation, calendars: Calendars, now: datetime, *, thorough: bool = False
) -> list[Record]:
    """What is missing now, and was not announced; and what was announced and is not missing any more.

    A version counts as missing only when the source that should show it was read after its time was over: while a
    source does not answer, or the bus does not run, nothing is missing. `thorough`: every source was just read
    """
    if not _is_alone(connection):
        return []
    reads = _last_reads(connection, rules, now, thorough=thorough)
    found: list[Record] = []
    for pair in rules.pairs:
        known_until = {source: min(now, reads[source]) for source in (pair.local, pair.portal) if source in reads}
        state = _Look(
            connection=connection,
            pair=pair,
            calendars=calendars,
            now=now,
            known_until=known_until,
            since=now - timedelta(days=rules.tell_within_days),
        )
        for codes in _portions([*_touched(connection, pair), *_due(connection, pair, known_until, now)]):
            found += state.take(neighbours(connection, pair, codes))
    return found


def _last_reads(
    connection: Connection, rules: Synchronisation, now: datetime, *, thorough: bool
) -> Mapping[str, datetime]:
    """By source, up to when all that it showed is in the data store. One that was never read is absent."""
    sources = {source for pair in rules.pairs for source in (pair.local, pair.portal)}
    if not thorough:
        return {source: at - SETTLING for source, at in find_last_reads(connection, sources).items()}
    # The status board of a recording is written by the clock on the wall.
    known = (select(dossiers.c.source).where(dossiers.c.source == source).limit(1) for source in sources)
    return {row.source: now for query in known for row in connection.execute(query)}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    """One look at the dossiers of a pair.

    `known_until`: by source, up to when all that it showed is known. `since`: what was due before is not announced.
    """

    connection: Connection
    pair: Pair
    calendars: Calendars
    now: datetime
    known_until: Mapping[str, datetime]
    since: datetime

    def take(self, codes: dict[str, set[str]]) -> list[Record]:
        """Judge dossiers, write what is awaited of them and what is announced, and return that."""
        subjects = [(source, code) for source in sorted(codes) for code in sorted(codes[source])]
        judged = judge(self.connection, self.pair, self.calendars, codes)
        open_ones = _open_alarms(self.connection, subjects)
        records: list[Record] = []
        announced: list[Row] = []
        corrected: list[str] = []
        waiting: list[Row] = []
        for subject in subjects:
            gaps = {one.milestone: one for one in judged.gaps.get(subject, ()) if self._follows(subject)}
            before = open_ones.get(subject, {})
            for milestone, row in sorted(before.items()):
                if milestone not in gaps:
                    records.append(self._corrected(row))
                    corrected.append(row["alarm"])
            new = [gap for name, gap in sorted(gaps.items()) if name not in before]
            due = [gap for gap in new if self._is_missing(gap)]
            for gap in due:
                body = self._body(subject, gap, judged)
                announced.append(self._alarm(subject, gap, body))
                records.append(Record(MISSING, body["alarm"], body))
            waiting += self._waiting(
                subject, [gap for gap in new if gap not in due], is_open=bool(due or before.keys() & gaps)
            )
        _write(self.connection, subjects, announced=announced, corrected=corrected, waiting=waiting, now=self.now)
        return records

    def _is_missing(self, gap: Gap) -> bool:
        known_until = self.known_until.get(gap.missing_in)
        return known_until is not None and self.since <= gap.due_at <= known_until

    def _follows(self, subject: Subject) -> bool:
        return re.search(self.pair.codes, subject[1]) is not None

    def _waiting(self, subject: Subject, gaps: list[Gap], *, is_open: bool) -> Iterator[Row]:
        """What is looked at next. What is too old to be announced is awaited no more."""
        source, code = subject
        rest = [gap for gap in gaps if gap.due_at >= self.since]
        if rest:
            first = min(rest, key=lambda gap: gap.due_at)
            next_at = format_instant(first.due_at)
            yield {"source": source, "code": code, "waits_for": first.missing_in, "next_at": next_at}
        elif is_open:
            yield {"source": source, "code": code, "waits_for": "", "next_at": format_instant(self.now + AGAIN)}

    def _body(self, subject: Subject, gap: Gap, judged: Judged) -> Row:
        due_at = format_instant(gap.due_at)
        return {
            "alarm": "/".join((*subject, gap.milestone)),
            **judged.about[subject],
            "milestone": gap.milestone,
            "known_in": gap.known_in,
            "known_event": gap.event,
            "missing_in": gap.missing_in,
            "since": format_instant(gap.since),
            "due_at": due_at,
            "at": due_at,
            "reason": gap.reason,
            "claimants": list(gap.claimants),
        }

    def _alarm(self, subject: Subject, gap: Gap, body: Row) -> Row:
        return {
            "alarm": body["alarm"],
            "source": subject[0],
            "code": subject[1],
            "milestone": gap.milestone,
            "missing_in": gap.missing_in,
            "due_at": body["due_at"],
            "announced_at": format_instant(self.now),
            "corrected_at": None,
            "data": orjson.dumps(body).decode(),
        }

    def _corrected(self, row: Row) -> Record:
        return Record(CORRECTED, row["alarm"], {**orjson.loads(row["data"]), "at": format_instant(self.now)})


def _is_alone(connection: Connection) -> bool:
    """Whether no other look is under way. The row that it locks is made by the first one."""
    guard = {"source": "", "code": "", "waits_for": "~", "next_at": "~"}
    connection.execute(_insert(connection, awaited).on_conflict_do_nothing(), [guard])
    query = select(awaited.c.code).where(awaited.c.source == "", awaited.c.code == "")
    return connection.execute(query.with_for_update(skip_locked=True)).first() is not None


def _touched(connection: Connection, pair: Pair) -> list[Subject]:
    """What was stored since the last look, which is taken from the table."""
    of_pair = touched.c.source.in_((pair.local, pair.portal))
    rows = connection.execute(select(touched).where(of_pair).limit(AT_ONCE)).all()
    if rows:
        gone = delete(touched).where(touched.c.event_id == bindparam("gone"))
        connection.execute(gone, [{"gone": row.event_id} for row in rows])
    return [(row.source, row.code) for row in rows]


def _due(connection: Connection, pair: Pair, known_until: Mapping[str, datetime], now: datetime) -> Iterator[Subject]:
    """What is to be looked at: its time is over, and the source it waits for was read since; or its alarm is open."""
    of_pair = awaited.c.source.in_((pair.local, pair.portal))
    for waits_for, until in ({"": now} | dict(known_until)).items():
        is_due = and_(awaited.c.waits_for == waits_for, awaited.c.next_at <= format_instant(until), of_pair)
        query = select(awaited.c.source, awaited.c.code).where(is_due).order_by(awaited.c.next_at).limit(AT_ONCE)
        yield from ((row.source, row.code) for row in connection.execute(query).all())


def _portions(subjects: Iterable[Subject]) -> Iterator[dict[str, set[str]]]:
    every = sorted(set(subjects))
    for start in range(0, len(every), PORTION):
        codes: dict[str, set[str]] = {}
        for source, code in every[start : start + PORTION]:
            codes.setdefault(source, set()).add(code)
        yield codes


def _open_alarms(connection: Connection, subjects: Iterable[Subject]) -> dict[Subject, dict[str, Row]]:
    """By dossier and milestone, the alarms that are open."""
    by_source: dict[str, list[str]] = {}
    for source, code in subjects:
        by_source.setdefault(source, []).append(code)
    found: dict[Subject, dict[str, Row]] = {}
    dialect = connection.dialect.name
    for source, codes in by_source.items():
        query = select(alarms).where(alarms.c.source == source, alarms.c.corrected_at.is_(None))
        of_codes = with_any_key(dialect, query, alarms.c.code, "keys")
        for row in connection.execute(of_codes, {"keys": format_keys(dialect, codes)}).mappings():
            found.setdefault((row["source"], row["code"]), {})[row["milestone"]] = dict(row)
    return found


def _write(
    connection: Connection,
    subjects: list[Subject],
    *,
    announced: list[Row],
    corrected: list[str],
    waiting: list[Row],
    now: datetime,
) -> None:
    of_subject = and_(awaited.c.source == bindparam("of_source"), awaited.c.code == bindparam("of_code"))
    connection.execute(delete(awaited).where(of_subject), [{"of_source": s, "of_code": c} for s, c in subjects])
    if waiting:
        connection.execute(awaited.insert(), waiting)
    if corrected:
        of_alarm = update(alarms).where(alarms.c.alarm == bindparam("of_alarm"))
        values = of_alarm.values(corrected_at=format_instant(now))
        connection.execute(values, [{"of_alarm": alarm} for alarm in corrected])
    if announced:
        insert = _insert(connection, alarms)
        columns = {column.name: insert.excluded[column.name] for column in alarms.c if not column.primary_key}
        connection.execute(insert.on_conflict_do_update(index_elements=["alarm"], set_=columns), announced)


def _insert(connection: Connection, table: Any) -> Any:
    return (postgresql if connection.dialect.name == "postgresql" else sqlite).insert(table)
