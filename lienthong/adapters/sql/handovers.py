"""When open events were published again, and why: for operators. The trail of each event has its entry, too."""

from datetime import UTC, datetime

from sqlalchemy import Column, Engine, Integer, Table, Text, func, select

from lienthong.adapters.sql.database import open_reader
from lienthong.adapters.sql.schema import metadata

handovers = Table(
    "ledger_handovers",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("at", Text, nullable=False, index=True),
    Column("stage", Text, nullable=False),
    Column("events", Integer, nullable=False),
    Column("why", Text, nullable=False),
    Column("who", Text, nullable=False),
)


def republished_since(engine: Engine, since: datetime) -> dict[str, int]:
    """By stage, how many events were published again by themselves since then. What an operator adopted is no loss."""
    query = select(handovers.c.stage, func.sum(handovers.c.events)).where(
        handovers.c.at >= since.astimezone(UTC).isoformat(), handovers.c.who == ""
    )
    with open_reader(engine) as connection:
        return {stage: int(events) for stage, events in connection.execute(query.group_by(handovers.c.stage))}
