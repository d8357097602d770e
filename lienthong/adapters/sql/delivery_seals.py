"""The seals of deliveries: what sinks gave for the rows that they wrote."""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet

from sqlalchemy import Engine, Row, Select, bindparam, select

from lienthong.adapters.sql.database import open_reader, snapshot
from lienthong.adapters.sql.key_queries import select_by_keys
from lienthong.adapters.sql.predicates import of_body
from lienthong.adapters.sql.schema import bodies, entries

_STREAMED = {"yield_per": 500}
_OF_STAGE = (entries.c.stage == bindparam("of_stage"), entries.c.verdict.in_(("done", "redone")))
_SELECT_SEALS = select(entries.c.event_id, entries.c.turn, entries.c.seal).join(bodies, of_body).where(*_OF_STAGE)
_SELECT_HANDED = select(entries.c.event_id, entries.c.handed_to).join(bodies, of_body).where(entries.c.handed_to != "")
_SELECT_ALL = select(entries.c.event_id, entries.c.seal).where(*_OF_STAGE, entries.c.seal != "")


class StageSeals:
    """The deliveries to a stage; see `Seals`."""

    def __init__(self, database: Engine, stage: str) -> None:
        self._database = database
        self._stage = stage

    def __call__(self, event_ids: Sequence[str]) -> Mapping[str, str]:
        found = self._select(_SELECT_SEALS, event_ids, of_stage=self._stage)
        return {row.event_id: row.seal for row in sorted(found, key=lambda row: int(row.turn))}

    def __iter__(self) -> Iterator[tuple[str, str]]:
        with snapshot(self._database) as connection:
            found = connection.execute(_SELECT_ALL, {"of_stage": self._stage}, execution_options=_STREAMED)
            for row in found:
                yield row.event_id, row.seal

    def awaited(self, event_ids: Sequence[str]) -> AbstractSet[str]:
        found = self._select(_SELECT_HANDED, event_ids)
        return {row.event_id for row in found if self._stage in row.handed_to.split("\n")}

    def _select(
        self, query: Select[tuple[str, ...]], event_ids: Sequence[str], **values: str
    ) -> Sequence[Row[tuple[str, ...]]]:
        with open_reader(self._database) as connection:
            return select_by_keys(connection, query, (bodies.c.event_id,), event_ids, **values).all()
