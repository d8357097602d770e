"""Suspects: what comes back after a worker died over it, one event at a time.

A crash is nobody's fault until it is proved. A bundle somebody died over is taken apart when it comes back, and its
events are handled alone, one in hand at a time: whichever is in hand when the next crash comes is the guilty one, and
takes no other with it. What merely comes back, because a connection was lost or the broker restarted, is no suspect.
"""

import hashlib
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from typing import Protocol

from lienthong.envelope import NO_WAIT, Bundle
from lienthong.outcome import Dead
from lienthong.topology import quarantine_of

CHANCES = 2
"""How many deaths an event is allowed when it is alone: one may have been somebody's `kill`."""

POISON = Dead(f"tiến trình chết khi xử lý sự kiện này, {CHANCES} lần khi chỉ có một mình nó", error="Poison")


def singles(bundle: Bundle) -> Sequence[Bundle]:
    """The events of a bundle one by one, for its quarantine. They are in the same turn and attempt as before."""
    queue = quarantine_of(bundle.queue)
    return [replace(bundle, queue=queue, envelopes=(envelope,), wait=NO_WAIT) for envelope in bundle.envelopes]


def key_of(stage: str, bundle: Bundle) -> str:
    """What a bundle in hand is known by: its stage and its events, in whichever queue it came."""
    told = "\n".join((stage, *(envelope.id for envelope in bundle.envelopes)))
    return hashlib.sha256(told.encode()).hexdigest()[:32]


class Hands(Protocol):
    """Evidence of what a worker had in hand when it died: how often, as far as is known here.

    While the block of `holding` runs, `key` is in hand; however it is left, but by death, it leaves no evidence.
    """

    def holding(self, key: str, /) -> AbstractContextManager[None]: ...

    def deaths(self, key: str, /) -> int: ...

    def forget(self, key: str, /) -> None: ...


class NoEvidence:
    """See `Hands`: for brokers that forget, where nothing comes back after a crash."""

    def holding(self, _key: str, /) -> AbstractContextManager[None]:
        return nullcontext()

    def deaths(self, _key: str, /) -> int:
        return 0

    def forget(self, _key: str, /) -> None: ...
