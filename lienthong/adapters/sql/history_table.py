"""The table of the runs that replay the history of a source, as the code sees it. The migrations create it."""

from sqlalchemy import Column, Integer, Table, Text

from lienthong.adapters.sql.schema import metadata

history_runs = Table(
    "ledger_history_runs",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("source", Text, nullable=False),
    Column("first", Text, nullable=False),
    Column("end", Text, nullable=False),
    Column("last", Integer, nullable=False),
    Column("who", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("began_at", Text, nullable=False),
    Column("phase", Text, nullable=False),
    Column("position", Integer, nullable=False),
    Column("tally", Text, nullable=False),
    Column("ended_at", Text),
)
