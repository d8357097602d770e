"""Suspects: what comes back after a worker died over it, one event at a time.

A crash is nobody's fault until it is proved. A bundle that comes back is taken apart, and its events are handled
alone, one in hand at a time: whichever is in hand when the next crash comes is the guilty one, and takes no other
with it.
"""

from collections.abc import Sequence
from dataclasses import replace

from lienthong.envelope import NO_WAIT, Bundle
from lienthong.outcome import Dead
from lienthong.topology import quarantine_of

CHANCES = 5
"""How often an event alone may come back before it is held to be poison. The broker counts its own restarts and lost
connections like crashes, and during an outage one event meets several: with two, innocent ones were parked."""

POISON = Dead(f"tiến trình chết khi xử lý sự kiện này, {CHANCES} lần khi chỉ có một mình nó", error="Poison")


def singles(bundle: Bundle) -> Sequence[Bundle]:
    """The events of a bundle one by one, for its quarantine. They are in the same turn and attempt as before."""
    queue = quarantine_of(bundle.queue)
    return [replace(bundle, queue=queue, envelopes=(envelope,), wait=NO_WAIT) for envelope in bundle.envelopes]
