"""Tables for what was announced, and for the subscriptions that read it."""

from alembic import op
from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, MetaData, PrimaryKeyConstraint, Table, Text

revision = "0019"
down_revision = "0018"

metadata = MetaData()
"""As this step leaves them, and never changed afterwards. Today's: `lienthong.adapters.sql.announcement_tables`."""

_Number = BigInteger().with_variant(Integer, "sqlite")
_Bytes = Text().with_variant(Text(collation="C"), "postgresql")
"""Text that is compared by its bytes."""

Table(
    "ledger_announcements",
    metadata,
    Column("number", _Number, primary_key=True, autoincrement=True),
    Column("at", _Bytes, nullable=False),
    Column("stage", _Bytes, nullable=False),
    Column("type", _Bytes, nullable=False),
    Column("count", Integer, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("digest", _Bytes, nullable=False),
    Index("ledger_announcements_type", "type", "number"),
    Index("ledger_announcements_at", "at", "number"),
    sqlite_autoincrement=True,
)
Table(
    "subscriptions",
    metadata,
    Column("name", _Bytes, primary_key=True),
    *(
        Column(name, Text, nullable=False)
        for name in ("owner", "client", "types", "condition", "field_rule", "fields", "channel", "url")
    ),
    Column("batch", Integer, nullable=False),
    Column("settings", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("keep_seconds", _Number, nullable=False),
    Column("created_at", _Bytes, nullable=False),
    Column("start_number", _Number, nullable=False),
    Column("place_number", _Number, nullable=False),
    Column("place_position", Integer, nullable=False),
    *(
        Column(name, _Number, nullable=False, server_default="0")
        for name in ("delivered", "filtered", "dead", "dropped", "removed", "replayed")
    ),
    Column("failures", Integer, nullable=False, server_default="0"),
    Column("failing_since", _Bytes),
    Column("again_at", _Bytes),
    Column("why", Text, nullable=False, server_default=""),
    Column("delivered_at", _Bytes),
    Column("secret", Text, nullable=False, server_default=""),
    Column("previous_secret", Text, nullable=False, server_default=""),
    Column("previous_until", _Bytes),
)
Table(
    "subscription_dead_events",
    metadata,
    Column("subscription", _Bytes, nullable=False),
    Column("number", _Number, nullable=False),
    Column("position", Integer, nullable=False),
    Column("event_id", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("at", _Bytes, nullable=False),
    PrimaryKeyConstraint("subscription", "number", "position"),
)
Table(
    "subscription_replays",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("subscription", _Bytes, nullable=False, index=True),
    Column("first_number", _Number, nullable=False),
    Column("last_number", _Number, nullable=False),
    Column("event_ids", Text, nullable=False),
    Column("rate", Integer, nullable=False),
    Column("place_number", _Number, nullable=False),
    Column("place_position", Integer, nullable=False),
    Column("delivered", _Number, nullable=False, server_default="0"),
    Column("who", Text, nullable=False),
    Column("began_at", _Bytes, nullable=False),
    Column("ended_at", _Bytes),
    sqlite_autoincrement=True,
)

_UNCHANGED = """
CREATE FUNCTION lienthong_announced_once() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'rows of % are never changed', TG_TABLE_NAME; END $$
"""
_GUARD = """
CREATE TRIGGER never_changed BEFORE UPDATE ON ledger_announcements
FOR EACH STATEMENT EXECUTE FUNCTION lienthong_announced_once()
"""
_AS_IT_IS = "ALTER TABLE ledger_announcements ALTER COLUMN body SET STORAGE EXTERNAL"


def upgrade() -> None:
    metadata.create_all(op.get_bind())
    if op.get_bind().dialect.name == "postgresql":
        for statement in (_UNCHANGED, _GUARD, _AS_IT_IS):  # the body is deflated already
            op.execute(statement)
