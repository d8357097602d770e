"""The tables of edits and replays of dead letters, as the code sees them. The migrations create them.

The ledger records that an operator acted; these tables hold what the act was about.
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
    Column("digest", Text, nullable=False, index=True),  # of the replay set
    Column("letters", Integer, nullable=False),
    Column("who", Text, nullable=False),
    Column("began_at", Text, nullable=False),
    Column("sent", Integer, nullable=False, server_default="0"),
    Column("died", Integer, nullable=False, server_default="0"),
    Column("waiting", Integer, nullable=False, server_default="0"),
    Column("stopped", Text, nullable=False, server_default=""),  # why the replay was aborted
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
