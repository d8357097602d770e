"""Events that ended at more stages than they were passed on to."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from sqlalchemy import Connection, Engine, select

from lienthong.adapters.sql import rows
from lienthong.adapters.sql.database import open_reader, snapshot
from lienthong.adapters.sql.event_states import find_ended_twice
from lienthong.adapters.sql.key_queries import select_by_keys, slices
from lienthong.adapters.sql.predicates import of_body
from lienthong.adapters.sql.schema import bodies, dead_letters, entries
from lienthong.adapters.sql.sum_tables import sums
from lienthong.ledger.records import Contradiction, Entry

_SELECT_BODIES = select(bodies)
_SELECT_ENTRIES = select(entries).join(bodies, of_body)
_SELECT_PARKED = select(dead_letters.c.event_id, dead_letters.c.stage, dead_letters.c.number).where(
    dead_letters.c.state == "parked"
)
_SELECT_DAYS = select(sums.c.source, sums.c.day, sums.c.amount).where(
    sums.c.kind == "state", sums.c.name == "ended_twice", sums.c.amount > 0
)


def ended_twice(connection: Connection) -> Mapping[tuple[str, str], int]:
    """By source and day, how many there were when the sums were last kept."""
    return {(source, day): int(amount) for source, day, amount in connection.execute(_SELECT_DAYS)}


def read(database: Engine, source: str, day: str) -> Iterator[Contradiction]:
    """Those of a source and day now, with their entries in the order of their turns."""
    with snapshot(database) as connection:
        event_ids = find_ended_twice(connection, source, day)
    for part in slices(event_ids):
        with open_reader(database) as connection:
            yield from _read(connection, part)


def _read(connection: Connection, event_ids: Sequence[str]) -> Iterator[Contradiction]:
    known: dict[str, list[Entry]] = defaultdict(list)
    for row in select_by_keys(connection, _SELECT_ENTRIES, (bodies.c.event_id,), event_ids):
        known[row.event_id].append(rows.parse_entry(row))
    letters: dict[str, dict[str, int]] = defaultdict(dict)
    for event_id, stage, number in select_by_keys(connection, _SELECT_PARKED, (dead_letters.c.event_id,), event_ids):
        letters[event_id][stage] = number
    for row in select_by_keys(connection, _SELECT_BODIES, (bodies.c.event_id,), event_ids).all():
        of_event = sorted(known[row.event_id], key=lambda entry: entry.turn)
        yield Contradiction(rows.received_envelope(row), of_event, letters[row.event_id])
