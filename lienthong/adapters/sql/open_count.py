"""How many events are open, counted on from the last count: who waits for a bus to finish asks again and again."""

import threading
from collections import Counter

from sqlalchemy import Connection, Engine, bindparam, func, or_, select

from lienthong.adapters.sql.database import open_reader, snapshot
from lienthong.adapters.sql.marks import read_marks
from lienthong.adapters.sql.predicates import STAGE_PREFIXES, at_stage
from lienthong.adapters.sql.schema import postings, writers
from lienthong.adapters.sql.sum_tables import sums
from lienthong.adapters.sql.sums import PURPOSE

_KEPT = (
    select(sums.c.source, func.sum(sums.c.amount))
    .where(sums.c.kind == "account", or_(*(sums.c.name.startswith(prefix) for prefix in STAGE_PREFIXES)))
    .group_by(sums.c.source)
)
_HEADS = select(writers.c.writer, writers.c.blocks).where(writers.c.blocks > 0)
_ADDED = (
    select(postings.c.source, func.sum(postings.c.amount))
    .where(
        postings.c.writer == bindparam("chain"),
        postings.c.block > bindparam("counted"),
        postings.c.block <= bindparam("head"),
        at_stage,
    )
    .group_by(postings.c.source)
)


class OpenCount:
    """(event, stage) pairs without a final verdict, by the postings. Threads may share it.

    The first count begins with the sums that are kept; each later one reads only what was posted since. A ledger whose
    chains are shorter than they were was restored: it is counted from the beginning.
    """

    def __init__(self, database: Engine) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._open: Counter[str] = Counter()
        self._counted: dict[str, int] | None = None

    def count(self, source: str | None = None) -> int:
        """Of all events, or of one source's, at one moment."""
        with self._lock:
            with open_reader(self._database) as connection:
                heads = {row.writer: row.blocks for row in connection.execute(_HEADS)}
                if self._counted is not None and all(heads.get(name, 0) >= n for name, n in self._counted.items()):
                    self._add(connection, heads, self._counted)
                    return self._sum(source)
            kept = self._begin()
            with open_reader(self._database) as connection:
                self._add(connection, {row.writer: row.blocks for row in connection.execute(_HEADS)}, kept)
            return self._sum(source)

    def _begin(self) -> dict[str, int]:
        """Take the sums that are kept; returns the number of the last block that is in them, by chain."""
        with snapshot(self._database) as connection:
            self._open = Counter({name: int(amount) for name, amount in connection.execute(_KEPT).all()})
            return {name: mark.number for name, mark in read_marks(connection, PURPOSE).items()}

    def _add(self, connection: Connection, heads: dict[str, int], counted: dict[str, int]) -> None:
        """Add what was posted up to `heads`. They are of one moment, and what a chain has is never changed."""
        added: Counter[str] = Counter()
        for name, head in heads.items():
            if head > counted.get(name, 0):
                parameters = {"chain": name, "counted": counted.get(name, 0), "head": head}
                for source, amount in connection.execute(_ADDED, parameters):
                    added[source] += int(amount)
        for source, amount in added.items():
            self._open[source] += amount
        self._counted = heads

    def _sum(self, source: str | None) -> int:
        return self._open.total() if source is None else self._open[source]
