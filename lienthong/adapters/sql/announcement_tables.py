"""The tables of announced events and of subscriptions, as the code sees them. The migrations create them.

A row of announcements is added and never changed; it is removed by age. Instants are ISO 8601 text in UTC with
microseconds, so that they are compared as text.
"""

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, PrimaryKeyConstraint, Table, Text

from lienthong.adapters.sql.schema import metadata

_Number = BigInteger().with_variant(Integer, "sqlite")

announcements = Table(
    "ledger_announcements",
    metadata,
    Column("number", _Number, primary_key=True, autoincrement=True),
    Column("at", Text, nullable=False),
    Column("stage", Text, nullable=False),  # that finished the events
    Column("type", Text, nullable=False),  # of all events in it
    Column("count", Integer, key="events", nullable=False),
    Column("body", LargeBinary, nullable=False),  # the CloudEvents batch as it was announced, deflated
    Column("digest", Text, nullable=False),  # SHA-256 over number of events, type and body: see `announcing`
    Index("ledger_announcements_type", "type", "number"),
    Index("ledger_announcements_at", "at", "number"),
    sqlite_autoincrement=True,  # a number is never used again, also when all rows are removed
)

subscriptions = Table(
    "subscriptions",
    metadata,
    Column("name", Text, primary_key=True),
    Column("owner", Text, nullable=False),
    Column("client", Text, nullable=False),
    Column("types", Text, nullable=False),  # one a line
    Column("condition", Text, nullable=False),
    Column("field_rule", Text, nullable=False),
    Column("fields", Text, nullable=False),  # one a line
    Column("channel", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("batch", Integer, nullable=False),
    Column("settings", Text, nullable=False),  # JSON, of the channel
    Column("state", Text, nullable=False),
    Column("keep_seconds", _Number, nullable=False),
    Column("created_at", Text, nullable=False),
    Column("start_number", _Number, nullable=False),
    Column("place_number", _Number, nullable=False),
    Column("place_position", Integer, nullable=False),
    Column("delivered", _Number, nullable=False, server_default="0"),
    Column("filtered", _Number, nullable=False, server_default="0"),
    Column("dead", _Number, nullable=False, server_default="0"),
    Column("dropped", _Number, nullable=False, server_default="0"),
    Column("removed", _Number, nullable=False, server_default="0"),
    Column("replayed", _Number, nullable=False, server_default="0"),
    Column("failures", Integer, nullable=False, server_default="0"),
    Column("failing_since", Text),
    Column("again_at", Text),
    Column("why", Text, nullable=False, server_default=""),
    Column("delivered_at", Text),
    Column("secret", Text, nullable=False, server_default=""),
    Column("previous_secret", Text, nullable=False, server_default=""),
    Column("previous_until", Text),
)

subscription_dead = Table(
    "subscription_dead_events",
    metadata,
    Column("subscription", Text, nullable=False),
    Column("number", _Number, nullable=False),  # the event's place
    Column("position", Integer, nullable=False),
    Column("event_id", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("at", Text, nullable=False),
    PrimaryKeyConstraint("subscription", "number", "position"),
)

subscription_replays = Table(
    "subscription_replays",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("subscription", Text, nullable=False, index=True),
    Column("first_number", _Number, nullable=False),  # announcements from this one
    Column("last_number", _Number, nullable=False),  # to this one, both included
    Column("event_ids", Text, nullable=False),  # one a line; "" for all of them
    Column("rate", Integer, nullable=False),  # events a second; 0: no limit
    Column("place_number", _Number, nullable=False),
    Column("place_position", Integer, nullable=False),
    Column("delivered", _Number, nullable=False, server_default="0"),
    Column("who", Text, nullable=False),
    Column("began_at", Text, nullable=False),
    Column("ended_at", Text),
    sqlite_autoincrement=True,
)

subscription_notices = Table(
    "subscription_notices",
    metadata,
    Column("subscription", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("since", Text, nullable=False),  # of the outage
    Column("at", Text, nullable=False),
    Column("why", Text, nullable=False),  # its owner was not informed; "" when it was
    PrimaryKeyConstraint("subscription", "kind", "since"),
)
