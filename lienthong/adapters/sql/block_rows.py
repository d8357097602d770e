"""The rows of blocks, streamed block by block."""

from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, Connection, FromClause, Row, select

from lienthong.adapters.sql.schema import writers


class BlockRows:
    """The entries or the postings of all registered chains, read once in the order of chains and blocks.

    No index has this order: it would be updated with every entry and used here only. So the database sorts.
    """

    def __init__(
        self,
        connection: Connection,
        table: FromClause,
        *order: ColumnElement[int],
        where: ColumnElement[bool] | None = None,
    ) -> None:
        """`order`: the columns that order the rows of one block. `where`: only the rows of which it is true."""
        registered = select(table).where(table.c.writer.in_(select(writers.c.writer)))
        if where is not None:
            registered = registered.where(where)
        result = connection.execute(registered.order_by(table.c.writer, table.c.block, *order))
        self._groups = groupby(result, key=lambda row: (str(row.writer), int(row.block)))
        self._next = next(self._groups, None)
        self._skipped: list[tuple[str, int]] = []

    def take(self, writer: str, number: int) -> list[Row[Any]]:
        """The rows of a block. Blocks must be taken in order; those in between are skipped."""
        wanted = (writer, number)  # compared by code points, which is how both databases sort these columns
        while self._next is not None and self._next[0] < wanted:
            self._skipped.append(self._next[0])
            self._next = next(self._groups, None)
        if self._next is None or self._next[0] != wanted:
            return []
        rows = list(self._next[1])
        self._next = next(self._groups, None)
        return rows

    def unclaimed(self) -> list[tuple[str, int]]:
        """Writer and number of the blocks that have rows and were never taken. Reads to the end."""
        remaining = [self._next[0]] if self._next else []
        return self._skipped + remaining + [block for block, _ in self._groups]
