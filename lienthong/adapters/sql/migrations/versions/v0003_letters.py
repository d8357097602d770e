"""Tables for the work on dead letters: proposed edits, replays and their parts."""

from alembic import op
from sqlalchemy import Column, Index, Integer, LargeBinary, MetaData, PrimaryKeyConstraint, Table, Text

revision = "0003"
down_revision = "0002"

metadata = MetaData()
"""As this step leaves them, and never changed afterwards. Today's are in `lienthong.adapters.sql.letter_tables`."""

Table(
    "dead_letter_edits",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("letter", Integer, nullable=False, index=True),
    Column("event_id", Text, nullable=False),
    Column("stage", Text, nullable=False),
    Column("data", LargeBinary, nullable=False),
    Column("digest", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("proposed_by", Text, nullable=False),
    Column("proposed_at", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("decided_by", Text, nullable=False, server_default=""),
    Column("decided_at", Text),
    Index("dead_letter_edits_event", "event_id", "stage"),
)
Table(
    "dead_replays",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("digest", Text, nullable=False, index=True),
    Column("letters", Integer, nullable=False),
    Column("who", Text, nullable=False),
    Column("began_at", Text, nullable=False),
    Column("sent", Integer, nullable=False, server_default="0"),
    Column("died", Integer, nullable=False, server_default="0"),
    Column("waiting", Integer, nullable=False, server_default="0"),
    Column("stopped", Text, nullable=False, server_default=""),
    Column("ended_at", Text),
)
Table(
    "dead_replay_parts",
    metadata,
    Column("replay", Integer, nullable=False),
    Column("part", Integer, nullable=False),
    Column("letters", Text, nullable=False),
    Column("recorded_at", Text, nullable=False),
    Column("published", Integer, nullable=False, server_default="0"),
    PrimaryKeyConstraint("replay", "part"),
)


def upgrade() -> None:
    metadata.create_all(op.get_bind())
