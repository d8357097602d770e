"""The port `Letters` in SQL: dead letters are searched without their bodies, streamed, and grouped by cause."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Engine, Row, Select, exists, func, select

from lienthong.adapters.sql import letter_causes, listings, rows
from lienthong.adapters.sql.database import open_reader, snapshot
from lienthong.adapters.sql.letter_causes import letter_conditions
from lienthong.adapters.sql.letter_edits import approved_data
from lienthong.adapters.sql.letter_tables import edits
from lienthong.adapters.sql.predicates import of_body
from lienthong.adapters.sql.schema import bodies, dead_letters, entries
from lienthong.dead_letters.model import LetterFilter, LetterGroup, LetterSummary, ReplayFate
from lienthong.envelope import Envelope, parse_utc
from lienthong.ledger.double_entry import find_open_stages
from lienthong.ledger.records import DeadLetter
from lienthong.ports import Transaction

PAGE = 500
"""Letters that are read at once."""

_letter = dead_letters.c


class SqlLetters:
    """See `Letters`."""

    def __init__(self, database: Engine) -> None:
        self._database = database

    def groups(self, wanted: LetterFilter) -> Sequence[LetterGroup]:
        with snapshot(self._database) as connection:
            return letter_causes.groups(connection, wanted)

    def search(self, wanted: LetterFilter) -> Iterator[LetterSummary]:
        """See `Letters`. It is read in pages, each of which goes on after the number of the last letter before."""
        after = wanted.after
        while True:
            page = _select_summaries().where(*letter_conditions(wanted), _letter.number > after)
            with open_reader(self._database) as connection:
                found = connection.execute(page.order_by(_letter.number).limit(PAGE)).all()
            for row in found:
                if wanted.group in ("", letter_causes.cause_of_row(row).id):
                    yield _summary(row)
            if len(found) < PAGE:
                return
            after = found[-1].number

    def summaries(self, numbers: Sequence[int]) -> Sequence[LetterSummary]:
        with open_reader(self._database) as connection:
            query = _select_summaries().where(_letter.number.in_(numbers)).order_by(_letter.number)
            return [_summary(row) for row in connection.execute(query)]

    def load(self, numbers: Sequence[int]) -> Sequence[DeadLetter]:
        with open_reader(self._database) as connection:
            query = select(dead_letters).where(_letter.number.in_(numbers)).order_by(_letter.number)
            letters = [rows.parse_letter(row) for row in connection.execute(query)]
            data = approved_data(connection, numbers)
        return [
            replace(letter, envelope=letter.envelope._replace(data=data[letter.number]))
            if letter.number in data
            else letter
            for letter in letters
        ]

    def load_original(self, number: int) -> DeadLetter:
        with open_reader(self._database) as connection:
            query = select(dead_letters).where(_letter.number == number)
            return rows.parse_letter(connection.execute(query).one())

    def last_two_versions(self, event_id: str) -> tuple[Envelope | None, Envelope] | None:
        with open_reader(self._database) as connection:
            return listings.last_two_versions(connection, event_id)

    def last_turns(self, letters: Sequence[DeadLetter], transaction: Transaction) -> Mapping[int, int]:
        connection = transaction.connection
        numbers = [letter.number for letter in letters]
        connection.execute(select(_letter.number).where(_letter.number.in_(numbers)).with_for_update()).all()
        event_ids = [letter.envelope.id for letter in letters]
        query = (
            select(entries.c.event_id, entries.c.stage, func.max(entries.c.turn))
            .join(bodies, of_body)
            .where(bodies.c.event_id.in_(event_ids))
            .group_by(entries.c.event_id, entries.c.stage)
        )
        last = {(event_id, stage): int(turn) for event_id, stage, turn in connection.execute(query)}
        return {letter.number: last.get((letter.envelope.id, letter.stage), letter.turn) for letter in letters}

    def fates(self, numbers: Sequence[int]) -> Mapping[int, ReplayFate]:
        with open_reader(self._database) as connection:
            query = select(_letter.number, _letter.event_id, _letter.stage).where(_letter.number.in_(numbers))
            letters = connection.execute(query).all()
            event_ids = [row.event_id for row in letters]
            open_stages = _open_stages(connection, event_ids)
            deaths: dict[str, list[tuple[int, str]]] = {}
            for event_id, number, stage in connection.execute(
                select(_letter.event_id, _letter.number, _letter.stage).where(_letter.event_id.in_(event_ids))
            ):
                deaths.setdefault(event_id, []).append((number, stage))
        return {
            number: _fate(number, stage, open_stages=open_stages.get(event_id, ()), deaths=deaths[event_id])
            for number, event_id, stage in letters
        }


def _select_summaries() -> Select[Any]:
    of_letter = edits.c.letter == _letter.number
    newest_approved = (
        select(edits.c.digest).where(of_letter, edits.c.state == "approved").order_by(edits.c.number.desc()).limit(1)
    )
    without_envelope = [column for column in dead_letters.columns if column.name not in ("envelope", "source")]
    return select(
        *without_envelope,
        bodies.c.source,
        bodies.c.subject,
        func.coalesce(newest_approved.scalar_subquery(), "").label("edit"),
        exists().where(of_letter, edits.c.state == "proposed").label("proposed"),
    ).join(bodies, bodies.c.event_id == _letter.event_id)


def _summary(row: Row[Any]) -> LetterSummary:
    return LetterSummary(
        number=row.number,
        event_id=row.event_id,
        subject=row.subject,
        source=row.source,
        stage=row.stage,
        turn=row.turn,
        attempt=row.attempt,
        error=row.error,
        field=row.field,
        reason=row.reason,
        died_at=parse_utc(row.died_at),
        state=row.state,
        edit=row.edit,
        proposed=bool(row.proposed),
    )


def _open_stages(connection: Connection, event_ids: Sequence[str]) -> Mapping[str, Sequence[str]]:
    """By event id, the stages at which it is open."""
    query = select(entries).join(bodies, of_body).where(bodies.c.event_id.in_(event_ids)).order_by(entries.c.event_id)
    by_event = groupby(connection.execute(query).all(), key=lambda row: str(row.event_id))
    return {
        event_id: tuple(find_open_stages([rows.parse_entry(row) for row in event_rows]))
        for event_id, event_rows in by_event
    }


def _fate(number: int, stage: str, *, open_stages: Sequence[str], deaths: Sequence[tuple[int, str]]) -> ReplayFate:
    """What became of letter `number`. `deaths`: number and stage of every letter of its event.

    After a route's letter any stage counts, after a sink's letter only its own.
    """
    anywhere = stage.startswith("route.")
    if any(later > number and (anywhere or where == stage) for later, where in deaths):
        return "died"
    return "waiting" if stage in open_stages or (anywhere and open_stages) else "ended"
