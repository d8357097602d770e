"""How many events are open, counted on from the last count: who waits for a bus to finish asks again and again."""

import threading
from collections import Counter
from collections.abc import Mapping
from typing import NamedTuple

from sqlalchemy import Connection, Engine, bindparam, func, or_, select

from lienthong.adapters.sql.database import open_reader, snapshot
from lienthong.adapters.sql.marks import read_marks
from lienthong.adapters.sql.predicates import STAGE_PREFIXES, at_stage
from lienthong.adapters.sql.schema import blocks, postings, writers
from lienthong.adapters.sql.sum_tables import sums
from lienthong.adapters.sql.sums import PURPOSE

_KEPT = (
    select(sums.c.source, func.sum(sums.c.amount))
    .where(sums.c.kind == "account", or_(*(sums.c.name.startswith(prefix) for prefix in STAGE_PREFIXES)))
    .group_by(sums.c.source)
)
_HEADS = select(writers.c.writer, writers.c.blocks, writers.c.head).where(writers.c.blocks > 0)
_HASH = select(blocks.c.hash).where(blocks.c.writer == bindparam("chain"), blocks.c.number == bindparam("number"))
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

    The first count begins with the sums that are kept; each later one reads only what was posted since. A ledger of
    which a chain no longer has the last block that was counted was restored, however long the chain has become since:
    it is counted from the beginning.
    """

    def __init__(self, database: Engine) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._open: Counter[str] = Counter()
        self._counted: _Heads | None = None

    def count(self, source: str | None = None) -> int:
        """Of all events, or of one source's, at one moment."""
        with self._lock:
            with open_reader(self._database) as connection:
                heads = _read_heads(connection)
                if self._counted is not None and _goes_on(connection, self._counted, heads):
                    self._add(connection, heads, {name: block.number for name, block in self._counted.items()})
                    return self._sum(source)
            kept = self._begin()
            with open_reader(self._database) as connection:
                self._add(connection, _read_heads(connection), kept)
            return self._sum(source)

    def _begin(self) -> dict[str, int]:
        """Take the sums that are kept; returns the number of the last block that is in them, by chain."""
        with snapshot(self._database) as connection:
            self._open = Counter({name: int(amount) for name, amount in connection.execute(_KEPT).all()})
            return {name: mark.number for name, mark in read_marks(connection, PURPOSE).items()}

    def _add(self, connection: Connection, heads: "_Heads", counted: Mapping[str, int]) -> None:
        """Add what was posted up to `heads`. They are of one moment, and what a chain has is never changed."""
        added: Counter[str] = Counter()
        for name, head in heads.items():
            if head.number > counted.get(name, 0):
                parameters = {"chain": name, "counted": counted.get(name, 0), "head": head.number}
                for source, amount in connection.execute(_ADDED, parameters):
                    added[source] += int(amount)
        for source, amount in added.items():
            self._open[source] += amount
        self._counted = heads

    def _sum(self, source: str | None) -> int:
        return self._open.total() if source is None else self._open[source]


class _Block(NamedTuple):
    number: int
    hash: str


_Heads = Mapping[str, _Block]
"""The last block of each chain."""


def _read_heads(connection: Connection) -> _Heads:
    return {row.writer: _Block(row.blocks, row.head) for row in connection.execute(_HEADS)}


def _goes_on(connection: Connection, counted: _Heads, heads: _Heads) -> bool:
    """Whether each chain still has the block that was its last one; a block proves all before it."""
    for name, block in counted.items():
        head = heads.get(name)
        if head == block:  # the usual case
            continue
        if head is None or head.number <= block.number:
            return False
        if connection.scalar(_HASH, {"chain": name, "number": block.number}) != block.hash:
            return False
    return True
