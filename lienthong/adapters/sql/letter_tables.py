"""The tables of operators' work on dead letters, as the code sees them; the migrations make them.

What was done stands in the ledger; these say what it was about.
Instants are ISO 8601 text in UTC, as in the ledger's tables.
"""

from sqlalchemy import Column, Index, Integer, LargeBinary, PrimaryKeyConstraint, Table, Text

from lienthong.adapters.sql.schema import metadata

edits = Table(
    "dead_letter_edits",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("letter", Integer, nullable=False, index=True),
    Column("event_id", Text, nullable=False),
    Column("stage", Text, nullable=False),
    Column("data", LargeBinary, nullable=False),  # the canonical JSON, deflated
    Column("digest", Text, nullable=False),  # SHA-256 of the canonical JSON
    Column("reason", Text, nullable=False),
    Column("proposed_by", Text, nullable=False),
    Column("proposed_at", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("decided_by", Text, nullable=False, server_default=""),
    Column("decided_at", Text),
    Index("dead_letter_edits_event", "event_id", "stage"),
)

replays = Table(
    "dead_replays",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("digest", Text, nullable=False, index=True),  # of the frozen set
    Column("letters", Integer, nullable=False),
    Column("who", Text, nullable=False),
    Column("began_at", Text, nullable=False),
    Column("sent", Integer, nullable=False, server_default="0"),
    Column("died", Integer, nullable=False, server_default="0"),
    Column("waiting", Integer, nullable=False, server_default="0"),
    Column("stopped", Text, nullable=False, server_default=""),  # why it did not go to the end
    Column("ended_at", Text),
)

parts = Table(
    "dead_replay_parts",
    metadata,
    Column("replay", Integer, nullable=False),
    Column("part", Integer, nullable=False),
    Column("letters", Text, nullable=False),  # JSON: [[number, turn], …]
    Column("recorded_at", Text, nullable=False),
    Column("published", Integer, nullable=False, server_default="0"),
    PrimaryKeyConstraint("replay", "part"),
)
