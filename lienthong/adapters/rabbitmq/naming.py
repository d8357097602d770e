"""The names of our queues and exchanges on RabbitMQ. A name carries the version of its declaration.

RabbitMQ refuses a changed declaration of a queue that exists. When our declarations change, `VERSION` changes, and the
new queues stand beside the old ones until the old ones are drained.
"""

from datetime import timedelta

VERSION = "lt1"

UNREADABLE = f"{VERSION}.unreadable"
"""The queue for messages that are not bundles. They are kept byte for byte."""

FOREIGN = f"{VERSION}.foreign"
"""The queue for messages of another ledger, or of one that was restored since."""


def witness_name(ledger: str) -> str:
    """The name of the queue that holds one message: how far this ledger had come."""
    return f"{VERSION}.witness.{ledger}"


_UNITS = {
    "d": timedelta(days=1),
    "h": timedelta(hours=1),
    "m": timedelta(minutes=1),
    "s": timedelta(seconds=1),
    "ms": timedelta(milliseconds=1),
}


def queue_name(queue: str) -> str:
    """The name on the broker of the queue of a stage or quarantine: `lt1.route.x` for `route.x`."""
    return f"{VERSION}.{queue}"


def rung_name(wait: timedelta) -> str:
    """The name of a rung's delay queue and of its exchange, e.g. `lt1.delay.5s`. Different waits differ in name.

    Raises ValueError unless the wait is a whole number of milliseconds.
    """
    for unit, length in _UNITS.items():
        if wait % length == timedelta(0):
            return f"{VERSION}.delay.{wait // length}{unit}"
    raise ValueError(f"a wait of whole milliseconds is needed, not {wait}")
