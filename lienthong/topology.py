"""The queues of a configuration and their names. No I/O: a broker declares them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from lienthong.envelope import Bundle, Envelope
from lienthong.masking import mask_text
from lienthong.settings import Settings

EXCHANGE = "lienthong.events"
"""The exchange of announced events; the routing key is the event's type."""


def route_queue(name: str) -> str:
    """The name of a route's queue, which is also the name of its stage."""
    return f"route.{name}"


def sink_queue(name: str) -> str:
    """The name of a sink's queue, which is also the name of its stage."""
    return f"sink.{name}"


def request_queue(name: str) -> str:
    """The name of the queue of a request's questions. It is there while a process answers, and not in a `Topology`."""
    return f"request.{name}"


def announcement_bundles(envelopes: Sequence[Envelope]) -> Sequence[Bundle]:
    """The bundles that announce these events: one for each event type, with the routing key as its `queue`.

    Personal data travels in `data` alone: a number of a person in a subject is masked.
    """
    envelopes = _masked_subjects(envelopes)
    by_type: dict[str, list[Envelope]] = {}
    for envelope in envelopes:
        by_type.setdefault(envelope.type, []).append(envelope)
    if len(by_type) == 1:
        # The same tuple object as in the bundle of the sink, so that the body is encoded once.
        return [Bundle(envelopes[0].type, envelopes if isinstance(envelopes, tuple) else tuple(envelopes))]
    return [Bundle(kind, tuple(events)) for kind, events in by_type.items()]


def _masked_subjects(envelopes: Sequence[Envelope]) -> Sequence[Envelope]:
    """The same object where no subject has such a number, which is nearly always."""
    subjects = [mask_text(envelope.subject) for envelope in envelopes]
    if all(envelope.subject == subject for envelope, subject in zip(envelopes, subjects, strict=True)):
        return envelopes
    return tuple(envelope._replace(subject=subject) for envelope, subject in zip(envelopes, subjects, strict=True))


def quarantine_queue(queue: str) -> str:
    """The queue for the events of a bundle that a worker died over, one event a bundle. See `processing.quarantine`."""
    return f"{queue}.quarantine"


@dataclass(frozen=True, slots=True)
class Topology:
    """What a broker declares: the queues of stages, their quarantine queues, and one delay queue for each rung."""

    queues: Sequence[str]
    quarantines: Sequence[str]
    rungs: Sequence[timedelta]
    exchange: str = EXCHANGE


def make_topology(settings: Settings) -> Topology:
    """The topology of a configuration: a queue for every route and sink, a rung for every wait that a retry uses."""
    queues = [route_queue(name) for name in settings.routes] + [sink_queue(name) for name in settings.sinks]
    policies = [route.retry for route in settings.routes.values()] + [sink.retry for sink in settings.sinks.values()]
    rungs = {*settings.bus.ladder, *(rung for policy in policies for rung in policy.rungs)}
    return Topology(queues, [quarantine_queue(queue) for queue in queues], sorted(rungs))
