"""What our queues are called on RabbitMQ. A name carries the version of its declaration.

RabbitMQ refuses a changed declaration of a queue that exists. When ours changes, `VERSION` does, and the new queues
stand beside the old ones until those are drained.
"""

from datetime import timedelta

VERSION = "lt1"

UNREADABLE = f"{VERSION}.unreadable"
"""Where a message goes, byte for byte, that is no bundle of ours."""

_UNITS = {
    "d": timedelta(days=1),
    "h": timedelta(hours=1),
    "m": timedelta(minutes=1),
    "s": timedelta(seconds=1),
    "ms": timedelta(milliseconds=1),
}


def on_broker(queue: str) -> str:
    """The queue of a stage or quarantine: `route.x` is `lt1.route.x`."""
    return f"{VERSION}.{queue}"


def rung_name(wait: timedelta) -> str:
    """The delay queue of a rung, and its exchange: `lt1.delay.5s`. No two waits share a name."""
    for unit, length in _UNITS.items():
        if wait % length == timedelta(0):
            return f"{VERSION}.delay.{wait // length}{unit}"
    raise ValueError(f"a wait of whole milliseconds is needed, not {wait}")
