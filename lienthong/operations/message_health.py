"""The part of the doctor's examination that looks at messages which were set aside."""

from collections.abc import Iterator

from lienthong.messages import Message, message, message_n
from lienthong.operations.health_items import HealthItem, Installation
from lienthong.operations.set_aside import open_set_aside
from lienthong.ports import AsideKind


def examine_messages(installation: Installation) -> Iterator[HealthItem]:
    """Messages that could not be read, and those of another ledger."""
    topic = message("Messages")
    counts = open_set_aside(installation.broker, installation.data).counts()
    for kind, count in counts.items():
        if count:
            yield HealthItem(topic, "fail", found(kind, count), advice(kind))
    if not any(counts.values()):
        yield HealthItem(topic, "ok", message("none was set aside"))


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
