"""The tables of notices; see `store.tables`. Recipients and texts are personal data: what shows them hides them."""

from sqlalchemy import BigInteger, Column, Index, Integer, String, Table, Text

from store.metadata import Key, metadata

notices = Table(
    "store_notices",
    metadata,
    Column("notice_id", Key, primary_key=True),
    Column("fact", Key, nullable=False),
    Column("subject", Key, nullable=False),
    Column("happening", Key, nullable=False),
    Column("happened_at", Key, nullable=False),
    Column("seen_at", Key, nullable=False),
    Column("recipient", Key, nullable=False),
    Column("agency", Key),
    Column("template", Key, nullable=False),
    Column("state", Key, nullable=False),
    Column("why", String, nullable=False),
    Column("channel", Key, nullable=False),
    Column("channels", String, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("asks", Integer, nullable=False),
    Column("due_at", Key),
    Column("sent_at", Key),
    Column("useful_until", Key, nullable=False),
    Column("created_at", Key, nullable=False),
    Column("changed_at", Key, nullable=False),
    Column("event_id", Key, nullable=False),
    Column("data", Text, nullable=False),
    Index("store_notices_by_due", "state", "due_at"),
    Index("store_notices_by_subject", "subject", "state"),
    Index("store_notices_by_fact", "fact"),
    Index("store_notices_by_change", "changed_at"),
)
"""A notice of a fact to a recipient. `channel` is the one it is at, `channels` (JSON) those it can go by, each with the
address there: `[["zalo", "84…"], …]`. `data` (JSON) is that of the event, for the template. `attempt` is the number
of its last hand-over to a channel, 0 before.

`due_at`: of a held one, when it is judged again; of one in doubt, when its gateway is asked; else null."""

attempts = Table(
    "store_notice_attempts",
    metadata,
    Column("notice_id", Key, primary_key=True),
    Column("attempt", Integer, primary_key=True),
    Column("channel", Key, nullable=False),
    Column("event_id", Key, nullable=False),
    Column("began_at", Key, nullable=False),
    Column("answered_at", Key),
    Column("verdict", Key),
    Column("code", String),
    Column("why", String),
    Column("gateway_id", Key),
    Column("cost", BigInteger),
    Column("parts", Integer),
    Column("not_before", Key),
    Index("store_notice_attempts_by_answer", "answered_at"),
    Index("store_notice_attempts_by_gateway", "channel", "gateway_id"),
)
"""Each call of a gateway. The row is committed before the call; without `verdict`, its outcome is not known."""

days = Table(
    "store_notice_days",
    metadata,
    Column("recipient", Key, primary_key=True),
    Column("day", Key, primary_key=True),
    Column("count", Integer, nullable=False),
    Index("store_notice_days_by_day", "day"),
)
"""How many notices went to a recipient on a local day."""

subjects = Table(
    "store_notice_subjects",
    metadata,
    Column("subject", Key, primary_key=True),
    Column("fact", Key, nullable=False),
    Column("happened_at", Key, nullable=False),
    Column("place", Integer, nullable=False),
)
"""The newest fact of each dossier or deadline: what is older is not announced any more. `place`: see `Happening`."""
