"""The part of the doctor's examination that looks at messages which were set aside."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from lienthong.messages import Message, message, message_n
from lienthong.operations.health_items import HealthItem, Installation
from lienthong.operations.set_aside import open_set_aside
from lienthong.ports import AsideKind

RECENTLY = timedelta(days=1)
"""How far back events count that were published again."""


def examine_messages(installation: Installation) -> Iterator[HealthItem]:
    """Messages that could not be read, and those of another ledger."""
    topic = message("Messages")
    counts = open_set_aside(installation.broker, installation.data).counts()
    for kind, count in counts.items():
        if count:
            yield HealthItem(topic, "fail", found(kind, count), advice(kind))
    if not any(counts.values()):
        yield HealthItem(topic, "ok", message("none was set aside"))


def examine_ledger(installation: Installation) -> Iterator[HealthItem]:
    """Whether the database was restored, and whether events were lost by the broker and published again."""
    from lienthong.adapters.sql.handovers import republished_since
    from lienthong.adapters.sql.identity import read_identity

    if not installation.has_board:
        return
    topic, database = message("Ledger"), installation.ledger_database
    identity, lost = read_identity(database), republished_since(database, datetime.now(UTC) - RECENTLY)
    if identity is not None and identity.restored_at is not None:
        what = message("the database was restored to an older state; earlier messages are held")
        yield HealthItem(topic, "fail", what, message("run `lienthong adopt`, which shows first what it would do"))
    for stage, events in sorted(lost.items()):
        what = message_n(
            "{stage}: {count} event that no queue had was published again in the last day",
            "{stage}: {count} events that no queue had were published again in the last day",
            count=events,
            stage=stage,
        )
        advice = message("nothing, if a queue was purged; otherwise see whether RabbitMQ loses messages")
        yield HealthItem(topic, "warn", what, advice)


def found(kind: AsideKind, count: int) -> Message:
    """How many messages of a kind lie there."""
    if kind == "unreadable":
        return message_n(
            "{count} message could not be read and was set aside",
            "{count} messages could not be read and were set aside",
            count=count,
        )
    return message_n(
        "{count} message is of another ledger, or of one that was restored since, and is held",
        "{count} messages are of another ledger, or of one that was restored since, and are held",
        count=count,
    )


def advice(kind: AsideKind) -> Message:
    """What to do about messages of a kind."""
    if kind == "unreadable":
        return message("see `lienthong queues unreadable`; remove them with `--remove ID` when their cause is known")
    return message("see `lienthong queues foreign`, then `lienthong adopt`, which shows first what it would do")
