"""The tables of pushes, as the code sees them. The migrations create them. Instants are ISO 8601 text in UTC."""

from sqlalchemy import Column, Integer, LargeBinary, PrimaryKeyConstraint, Table, Text

from lienthong.adapters.sql.schema import metadata

push_replies = Table(
    "push_replies",
    metadata,
    Column("inbox", Text, nullable=False),
    Column("client", Text, nullable=False),
    Column("push_key", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("status", Integer, nullable=False),
    Column("content_type", Text, nullable=False),
    Column("headers", Text, nullable=False),  # JSON
    Column("body", LargeBinary, nullable=False),
    Column("at", Text, nullable=False, index=True),
    PrimaryKeyConstraint("inbox", "client", "push_key"),
)

push_notes = Table(
    "push_notes",
    metadata,
    Column("inbox", Text, primary_key=True),
    Column("pushes", Integer, nullable=False),
    Column("refused", Integer, nullable=False),
    Column("pushed_at", Text),
    Column("new_at", Text),
    Column("refused_at", Text),
    Column("refusal", Text, nullable=False),
)
