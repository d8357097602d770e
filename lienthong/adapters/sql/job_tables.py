"""The tables of jobs and of notes on groups of dead letters, as the code sees them. The migrations create them.

Instants are ISO 8601 text in UTC.
"""

from sqlalchemy import Column, Index, Integer, Table, Text

from lienthong.adapters.sql.schema import metadata

jobs = Table(
    "jobs",
    metadata,
    Column("job", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("asked_for", Text, nullable=False),  # JSON
    Column("who", Text, nullable=False),
    Column("asked_at", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("done", Integer, nullable=False, server_default="0"),
    Column("total", Integer, nullable=False, server_default="0"),
    Column("result", Text, nullable=False, server_default="{}"),  # JSON
    Column("why", Text, nullable=False, server_default=""),
    Column("stop_by", Text, nullable=False, server_default=""),
    Column("began_at", Text),
    Column("ended_at", Text),
    Column("seen_at", Text),
    Index("jobs_latest", "asked_at", "job"),
)

group_notes = Table(
    "dead_letter_group_notes",
    metadata,
    Column("cause", Text, primary_key=True),  # the id of the group
    Column("owner", Text, nullable=False),
    Column("ticket", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("known_until", Text),  # a local day, YYYY-MM-DD
    Column("noted_by", Text, nullable=False),
    Column("noted_at", Text, nullable=False),
)
