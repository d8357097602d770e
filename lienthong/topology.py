"""The queues of a configuration and their names. Pure; a broker is told by whoever wires it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from lienthong.envelope import Bundle, Envelope
from lienthong.settings import Settings

EXCHANGE = "lienthong.events"
"""Where what is announced goes; the routing key is the event's type."""


def route_queue(name: str) -> str:
    """The queue, and stage, of a route."""
    return f"route.{name}"


def sink_queue(name: str) -> str:
    """The queue, and stage, of a sink."""
    return f"sink.{name}"


def announcement_bundles(envelopes: Sequence[Envelope]) -> Sequence[Bundle]:
    """What subscribers are sent of them: one bundle for each type, its `queue` the routing key."""
    by_type: dict[str, list[Envelope]] = {}
    for envelope in envelopes:
        by_type.setdefault(envelope.type, []).append(envelope)
    if len(by_type) == 1:
        return [Bundle(envelopes[0].type, tuple(envelopes))]  # the same tuple, whose body may be written already
    return [Bundle(kind, tuple(some)) for kind, some in by_type.items()]


def quarantine_queue(queue: str) -> str:
    """Where the events of a bundle go one by one when a worker died over it."""
    return f"{queue}.quarantine"


@dataclass(frozen=True, slots=True)
class Topology:
    """What a broker declares: stages' queues, their quarantines, and one delay queue for each rung."""

    queues: Sequence[str]
    quarantines: Sequence[str]
    rungs: Sequence[timedelta]
    exchange: str = EXCHANGE


def make_topology(settings: Settings) -> Topology:
    """Every route and sink has its queue; every rung any retry uses is among the rungs."""
    queues = [route_queue(name) for name in settings.routes] + [sink_queue(name) for name in settings.sinks]
    policies = [route.retry for route in settings.routes.values()] + [sink.retry for sink in settings.sinks.values()]
    rungs = {*settings.bus.ladder, *(rung for policy in policies for rung in policy.rungs)}
    return Topology(queues, [quarantine_queue(queue) for queue in queues], sorted(rungs))
