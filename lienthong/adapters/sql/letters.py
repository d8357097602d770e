"""Dead letters in SQL: looked through without their bodies, streamed, and grouped by what they died of."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Row, Select, exists, func, select

from lienthong.adapters.sql import rows
from lienthong.adapters.sql.database import reading, snapshot
from lienthong.adapters.sql.letter_edits import approved_data
from lienthong.adapters.sql.letter_tables import edits
from lienthong.adapters.sql.predicates import of_body
from lienthong.adapters.sql.schema import bodies, dead_letters, entries
from lienthong.dead_letters.cause import Cause, cause_of
from lienthong.dead_letters.model import LetterFilter, LetterGroup, LetterSummary, ReplayFate
from lienthong.envelope import parse_utc
from lienthong.ledger.double_entry import find_open_stages
from lienthong.ledger.records import DeadLetter
from lienthong.ports import Transaction

_STREAMED = {"yield_per": 500}
_cause = lru_cache(maxsize=512)(cause_of)
_letter = dead_letters.c


class SqlLetters:
    """See `Letters`."""

    def __init__(self, database: Engine) -> None:
        self._database = database

    def groups(self, wanted: LetterFilter) -> Sequence[LetterGroup]:
        """SQL counts equal reasons; what is left differs in a value at most, and is put together as it streams by."""
        how = (_letter.stage, _letter.error, _letter.field, _letter.reason, bodies.c.source)
        query = (
            select(*how, func.count(), func.min(_letter.died_at), func.max(_letter.died_at))
            .join(bodies, bodies.c.event_id == _letter.event_id)
            .where(*_conditions(wanted))
            .group_by(*how)
        )
        found: dict[Cause, LetterGroup] = {}
        with snapshot(self._database) as connection:
            for stage, error, field, reason, source, count, first, last in connection.execute(
                query, execution_options=_STREAMED
            ):
                cause = _cause(stage, error, field, reason)
                if wanted.group in ("", cause.id):
                    group = LetterGroup(cause, int(count), parse_utc(first), parse_utc(last), (source,))
                    found[cause] = _together(found.get(cause), group)
        return sorted(found.values(), key=lambda group: (-group.count, group.cause))

    def search(self, wanted: LetterFilter) -> Iterator[LetterSummary]:
        query = _lines().where(*_conditions(wanted)).order_by(_letter.number)
        # Whoever stops listening early leaves a cursor behind on the server: it is closed with the connection.
        with snapshot(self._database) as connection, connection.execute(query, execution_options=_STREAMED) as found:
            for row in found:
                if wanted.group in ("", _cause(row.stage, row.error, row.field, row.reason).id):
                    yield _line(row)

    def summaries(self, numbers: Sequence[int]) -> Sequence[LetterSummary]:
        with reading(self._database) as connection:
            query = _lines().where(_letter.number.in_(numbers)).order_by(_letter.number)
            return [_line(row) for row in connection.execute(query)]

    def load(self, numbers: Sequence[int]) -> Sequence[DeadLetter]:
        with reading(self._database) as connection:
            query = select(dead_letters).where(_letter.number.in_(numbers)).order_by(_letter.number)
            found = [rows.letter(row) for row in connection.execute(query)]
            data = approved_data(connection, numbers)
        return [
            replace(letter, envelope=letter.envelope._replace(data=data[letter.number]))
            if letter.number in data
            else letter
            for letter in found
        ]

    def load_original(self, number: int) -> DeadLetter:
        with reading(self._database) as connection:
            return rows.letter(connection.execute(select(dead_letters).where(_letter.number == number)).one())

    def last_turns(self, letters: Sequence[DeadLetter], transaction: Transaction) -> Mapping[int, int]:
        connection = transaction.connection
        numbers = [letter.number for letter in letters]
        connection.execute(select(_letter.number).where(_letter.number.in_(numbers)).with_for_update()).all()
        events = [letter.envelope.id for letter in letters]
        query = (
            select(entries.c.event_id, entries.c.stage, func.max(entries.c.turn))
            .join(bodies, of_body)
            .where(bodies.c.event_id.in_(events))
            .group_by(entries.c.event_id, entries.c.stage)
        )
        last = {(event_id, stage): int(turn) for event_id, stage, turn in connection.execute(query)}
        return {letter.number: last.get((letter.envelope.id, letter.stage), letter.turn) for letter in letters}

    def fates(self, numbers: Sequence[int]) -> Mapping[int, ReplayFate]:
        with reading(self._database) as connection:
            query = select(_letter.number, _letter.event_id, _letter.stage).where(_letter.number.in_(numbers))
            letters = connection.execute(query).all()
            events = [row.event_id for row in letters]
            open_at = _open_stages(connection, events)
            died: dict[str, list[tuple[int, str]]] = {}
            for event_id, number, stage in connection.execute(
                select(_letter.event_id, _letter.number, _letter.stage).where(_letter.event_id.in_(events))
            ):
                died.setdefault(event_id, []).append((number, stage))
        return {
            number: _fate(number, stage, open_at.get(event_id, ()), died[event_id])
            for number, event_id, stage in letters
        }


def _together(one: LetterGroup | None, other: LetterGroup) -> LetterGroup:
    if one is None:
        return other
    sources = tuple(sorted({*one.sources, *other.sources}))
    return LetterGroup(
        one.cause, one.count + other.count, min(one.first, other.first), max(one.last, other.last), sources
    )


def _conditions(wanted: LetterFilter) -> list[ColumnElement[bool]]:
    said = ((_letter.state, wanted.state), (_letter.stage, wanted.stage), (bodies.c.source, wanted.source))
    return [column == value for column, value in said if value]


def _lines() -> Select[Any]:
    own = edits.c.letter == _letter.number
    approved = select(edits.c.digest).where(own, edits.c.state == "approved").order_by(edits.c.number.desc()).limit(1)
    plain = [column for column in dead_letters.columns if column.name != "envelope"]
    return select(
        *plain,
        bodies.c.source,
        bodies.c.subject,
        func.coalesce(approved.scalar_subquery(), "").label("edit"),
        exists().where(own, edits.c.state == "proposed").label("proposed"),
    ).join(bodies, bodies.c.event_id == _letter.event_id)


def _line(row: Row[Any]) -> LetterSummary:
    died_at: datetime = parse_utc(row.died_at)
    return LetterSummary(
        row.number,
        row.event_id,
        row.subject,
        row.source,
        row.stage,
        row.turn,
        row.attempt,
        row.error,
        row.field,
        row.reason,
        died_at,
        row.state,
        row.edit,
        bool(row.proposed),
    )


def _open_stages(connection: Connection, events: Sequence[str]) -> Mapping[str, Sequence[str]]:
    query = select(entries).join(bodies, of_body).where(bodies.c.event_id.in_(events)).order_by(entries.c.event_id)
    stories = groupby(connection.execute(query).all(), key=lambda row: str(row.event_id))
    return {event_id: tuple(find_open_stages([rows.entry(row) for row in own])) for event_id, own in stories}


def _fate(number: int, stage: str, open_at: Sequence[str], died: Sequence[tuple[int, str]]) -> ReplayFate:
    anywhere = stage.startswith("route.")
    if any(later > number and (anywhere or where == stage) for later, where in died):
        return "died"
    return "waiting" if stage in open_at or (anywhere and open_at) else "ended"
