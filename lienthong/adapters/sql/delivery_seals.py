"""The seals of deliveries: what sinks gave for the rows that they wrote."""

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, bindparam, select

from lienthong.adapters.sql.key_queries import select_by_keys
from lienthong.adapters.sql.predicates import of_body
from lienthong.adapters.sql.schema import bodies, entries

_SELECT_SEALS = (
    select(entries.c.event_id, entries.c.turn, entries.c.seal)
    .join(bodies, of_body)
    .where(entries.c.stage == bindparam("of_stage"), entries.c.verdict == "done")
)


def read_seals(connection: Connection, stage: str, event_ids: Sequence[str]) -> Mapping[str, str]:
    """By event, the seal of its last delivery to a stage. Events never delivered there are absent."""
    found = select_by_keys(connection, _SELECT_SEALS, (bodies.c.event_id,), event_ids, of_stage=stage)
    return {row.event_id: row.seal for row in sorted(found, key=lambda row: int(row.turn))}
