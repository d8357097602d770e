"""Quarantine: a bundle that a worker died over is handled one event at a time, until the guilty event is found.

One crash alone does not say which event caused it. When such a bundle comes back, its events go one by one to the
quarantine queue of the stage, whose worker holds one event at a time: the event it holds at the next crash is the
guilty one, and no other event is harmed. A bundle may also come back because a connection was lost or the broker
restarted; only a crash marker is evidence of a crash.
"""

import hashlib
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from typing import Protocol

from lienthong.envelope import NO_WAIT, Bundle
from lienthong.messages import message_n
from lienthong.outcome import Dead
from lienthong.topology import quarantine_queue

MAX_SOLO_CRASHES = 2
"""Crashes over a single event after which it is dead. One is no proof: an operator may have killed the worker."""


def poison() -> Dead:
    """The outcome of an event that kills the workers that handle it."""
    why = message_n(
        "the process died while it handled this event, {count} time with this event alone",
        "the process died while it handled this event, {count} times with this event alone",
        count=MAX_SOLO_CRASHES,
    )
    return Dead(why, error="Poison")


def split_for_quarantine(bundle: Bundle) -> Sequence[Bundle]:
    """One bundle for each event, for the quarantine queue, with the same turn and attempt."""
    queue = quarantine_queue(bundle.queue)
    return [replace(bundle, queue=queue, envelopes=(envelope,), wait=NO_WAIT) for envelope in bundle.envelopes]


def marker_key(stage: str, bundle: Bundle) -> str:
    """The key of a bundle's crash marker. Derived from its stage and event ids, so it is the same in every queue."""
    identity = "\n".join((stage, *(envelope.id for envelope in bundle.envelopes)))
    return hashlib.sha256(identity.encode()).hexdigest()[:32]


class CrashMarkers(Protocol):
    """Evidence of crashes: which bundle a worker was handling when its process died.

    - `mark(key)`: a block during which `key` is being handled. The marker is removed when the block is left in any
      way; only the death of the process leaves it behind.
    - `count(key)`: the number of processes that died inside such a block, as far as this machine knows.
    - `clear(key)`: remove the evidence of those deaths.
    """

    def mark(self, key: str, /) -> AbstractContextManager[None]: ...

    def count(self, key: str, /) -> int: ...

    def clear(self, key: str, /) -> None: ...


class NoCrashMarkers:
    """See `CrashMarkers`. For brokers that are not durable: no bundle comes back after a crash."""

    def mark(self, _key: str, /) -> AbstractContextManager[None]:
        return nullcontext()

    def count(self, _key: str, /) -> int:
        return 0

    def clear(self, _key: str, /) -> None: ...
