"""The tables of kept sums and of marks, as the code sees them. The migrations create them.

A mark is a place up to which something was done, by chain: the number of a block and its hash. So what goes on from a
mark costs what was written since, however long the history is.
"""

from sqlalchemy import BigInteger, Column, Integer, PrimaryKeyConstraint, Table, Text

from lienthong.adapters.sql.schema import metadata

sums = Table(
    "ledger_sums",
    metadata,
    Column("kind", Text, nullable=False),  # see `lienthong.adapters.sql.sums`
    Column("source", Text, nullable=False),
    Column("day", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("since", Text, nullable=False, server_default=""),  # no event open at a stage was received earlier
    PrimaryKeyConstraint("kind", "source", "day", "name"),
)

marks = Table(
    "ledger_marks",
    metadata,
    Column("purpose", Text, nullable=False),
    Column("name", Text, nullable=False),  # of a chain
    Column("number", Integer, nullable=False),
    Column("hash", Text, nullable=False),
    Column("at", Text, nullable=False),
    PrimaryKeyConstraint("purpose", "name"),
)
