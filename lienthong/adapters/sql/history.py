"""The port `History` in SQL."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Engine, Row, func, insert, select, update

from lienthong.adapters.sql import rows
from lienthong.adapters.sql.database import open_reader
from lienthong.adapters.sql.history_table import history_runs
from lienthong.adapters.sql.key_queries import select_by_keys
from lienthong.adapters.sql.letter_edits import edited_envelopes
from lienthong.adapters.sql.predicates import of_body
from lienthong.adapters.sql.schema import bodies, dead_letters, entries
from lienthong.envelope import Envelope, format_instant, parse_utc
from lienthong.ledger.records import Entry
from lienthong.ports import Transaction
from lienthong.ports.history import HistoryRange, HistoryRun, HistorySize, PastEvent, Tally

_SELECT_ENTRIES = select(entries).join(bodies, of_body)


class SqlHistory:
    """See `History`."""

    def __init__(self, database: Engine) -> None:
        self._database = database

    def size(self, of: HistoryRange) -> HistorySize:
        query = select(func.count(), func.max(bodies.c.number)).where(*_in_range(of))
        with open_reader(self._database) as connection:
            events, last = connection.execute(query).one()
        return HistorySize(int(events), int(last or 0))

    def pages(self, of: HistoryRange, *, after: int, last: int, size: int) -> Iterator[Sequence[PastEvent]]:
        while True:
            up_to = (bodies.c.number > after, bodies.c.number <= last)
            query = select(bodies).where(*_in_range(of), *up_to).order_by(bodies.c.number).limit(size)
            with open_reader(self._database) as connection:
                found = connection.execute(query).all()
            if not found:
                return
            yield self._events(found)
            after = found[-1].number

    def _events(self, found: Sequence[Row[Any]]) -> Sequence[PastEvent]:
        ids = [row.event_id for row in found]
        known: dict[str, list[Entry]] = defaultdict(list)
        edited: dict[str, dict[str, Envelope]] = defaultdict(dict)
        with open_reader(self._database) as connection:
            for row in select_by_keys(connection, _SELECT_ENTRIES, (bodies.c.event_id,), ids):
                known[row.event_id].append(rows.parse_entry(row))
            have_died = {row.event_id for row in select_by_keys(connection, _SELECT_DEAD, (_LETTER_OF,), ids)}
            for (event_id, stage), envelope in (
                edited_envelopes(connection, sorted(have_died)).items() if have_died else ()
            ):
                edited[event_id][stage] = envelope
        return [
            PastEvent(
                row.number,
                rows.received_envelope(row),
                sorted(known[row.event_id], key=lambda entry: entry.turn),
                edited.get(row.event_id, _NO_EDITS),
            )
            for row in found
        ]

    def open_run(self, of: HistoryRange) -> HistoryRun | None:
        return next((run for run in self.runs() if run.of == of and run.ended_at is None), None)

    def begin(self, run: HistoryRun, transaction: Transaction) -> int:
        result = transaction.connection.execute(insert(history_runs).values(**_values(run)))
        assert result.inserted_primary_key is not None  # noqa: S101 - for the type: one row was inserted
        return int(result.inserted_primary_key[0])

    def advance(self, run: HistoryRun, transaction: Transaction) -> None:
        of_run = history_runs.c.number == run.number
        transaction.connection.execute(update(history_runs).where(of_run).values(**_values(run)))

    def runs(self) -> Sequence[HistoryRun]:
        with open_reader(self._database) as connection:
            found = connection.execute(select(history_runs).order_by(history_runs.c.number.desc())).all()
        return [_run(row) for row in found]


_LETTER_OF = dead_letters.c.event_id
_SELECT_DEAD = select(dead_letters.c.event_id)
_NO_EDITS: Mapping[str, Envelope] = {}


def _in_range(of: HistoryRange) -> tuple[Any, ...]:
    """The day selects the partitions on PostgreSQL."""
    return (bodies.c.source == of.source, bodies.c.day >= of.first, bodies.c.day < of.end)


def _values(run: HistoryRun) -> dict[str, Any]:
    return {
        **run.of._asdict(),
        "last": run.last,
        "who": run.who,
        "why": run.why,
        "began_at": format_instant(run.began_at),
        "phase": run.phase,
        "position": run.position,
        "tally": orjson.dumps(asdict(run.tally)).decode(),
        "ended_at": _instant(run.ended_at),
    }


def _run(row: Row[Any]) -> HistoryRun:
    return HistoryRun(
        number=row.number,
        of=HistoryRange(row.source, row.first, row.end),
        last=row.last,
        who=row.who,
        why=row.why,
        began_at=parse_utc(row.began_at),
        phase=row.phase,
        position=row.position,
        tally=Tally(**orjson.loads(row.tally)),
        ended_at=parse_utc(row.ended_at) if row.ended_at else None,
    )


def _instant(moment: datetime | None) -> str | None:
    return None if moment is None else format_instant(moment)
