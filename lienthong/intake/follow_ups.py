"""The intake of what sinks hand back: recorded with the sink's own entries, then handed to the routes.

On durable queues the events are published by one process at a time, from the ledger: so what was recorded by a process
that died then is published all the same, and what was not recorded is never published.
"""

import threading
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from lienthong.data.event_ids import CAUSE
from lienthong.envelope import Bundle, Envelope
from lienthong.errors import Transient
from lienthong.intake.poller import Poller
from lienthong.intake.record_envelope import make_envelope
from lienthong.ledger.records import Received
from lienthong.ports import Broker, Clock, Cursor, Ledger, LedgerTransaction, Page, Record
from lienthong.processing.condition import Condition, Undecided
from lienthong.processing.observe import Observe
from lienthong.processing.oversize import publish_bundles

WAKE_SECONDS, LOOKS = 0.2, 25
"""How soon a stop is noticed; and after how many such spans the ledger is looked at without a call."""


class FollowUpIntake:
    """The follow-ups of one sink. See `FollowUps`.

    The id of a follow-up is derived from the sink, its key, its content and the id of its cause. So the same record,
    handed back about two events, becomes two events; and about one event, however often that is delivered, one.

    `conditions`: those of routes that have one. A follow-up is received for the routes whose condition it meets or that
    have none; one that meets no condition is received for all of them, which drop it and state why.
    """

    def __init__(
        self,
        source: str,
        routes: tuple[str, ...],
        *,
        broker: Broker,
        ledger: Ledger,
        clock: Clock,
        observe: Observe,
        conditions: Mapping[str, Condition] = MappingProxyType({}),
    ) -> None:
        self.source = source
        self.routes = routes
        self._conditions = conditions
        self.called = threading.Event()
        self._broker = broker
        self._ledger = ledger
        self._clock = clock
        self._observe = observe

    def make(self, cause: Envelope, records: Sequence[Any]) -> Sequence[Envelope]:
        """See `FollowUps`. Their trace is that of the cause."""
        now = self._clock.now()
        envelopes = [make_envelope(self.source, _with_cause(record, cause), now) for record in records]
        return [envelope._replace(trace=cause.trace, tracestate=cause.tracestate) for envelope in envelopes]

    def receive(self, envelopes: Sequence[Envelope], transaction: LedgerTransaction) -> Received:
        """See `FollowUps`."""
        by_routes: dict[tuple[str, ...], list[Envelope]] = defaultdict(list)
        for envelope in envelopes:
            by_routes[self._routes_of(envelope)].append(envelope)
        parts = [
            transaction.receive(events, source=self.source, to=routes, cursor={})
            for routes, events in by_routes.items()
        ]
        fresh = [envelope for part in parts for envelope in part.fresh]
        numbers = range(parts[0].numbers.start, parts[-1].numbers.stop)  # one follows the other
        return Received(fresh, numbers, [entry for part in parts for entry in part.entries])

    def pass_on(self, received: Received) -> None:
        """On queues that keep nothing, publish: after a crash the recovery does so. Else call the publisher."""
        self._observe(received.entries)
        if self._broker.durable:
            self.called.set()
        elif received.fresh:
            events: dict[str, list[Envelope]] = defaultdict(list)
            for envelope in received.fresh:
                for route in self._routes_of(envelope):
                    events[route].append(envelope)
            bundles = [Bundle(route, tuple(wanted)) for route, wanted in events.items()]
            publish_bundles(bundles, broker=self._broker, ledger=self._ledger, clock=self._clock)

    def _routes_of(self, envelope: Envelope) -> tuple[str, ...]:
        return tuple(route for route in self.routes if self._takes(route, envelope)) or self.routes

    def _takes(self, route: str, envelope: Envelope) -> bool:
        condition = self._conditions.get(route)
        try:
            return condition is None or condition.holds(envelope)
        except Undecided:  # the event dies at the route, which names the reason
            return True


class FollowUpPublisher(Poller):
    """Publishes, in one process at a time, the follow-ups that the ledger has and durable queues do not have yet."""

    def __init__(self, intake: FollowUpIntake, **more: Any) -> None:
        super().__init__(intake.source, _Nothing(), intake.routes, **more)
        self._called = intake.called

    def serve(self, stop: threading.Event) -> None:
        """Publish when called, and every few seconds what other processes left, until `stop` is set."""
        while not stop.is_set():
            self._called.clear()
            with suppress(Transient):  # the log has it; nothing is lost, and the next look publishes it
                self.poll(stop)
            for _ in range(LOOKS):
                if stop.is_set() or self._called.wait(WAKE_SECONDS):
                    break


class _Nothing:
    """A source that has nothing to show: its events come by another way."""

    def poll(self, cursor: Cursor) -> Iterable[Page]:  # noqa: ARG002 - there is nothing to read on
        return ()


def _with_cause(record: Any, cause: Envelope) -> Any:
    """The record with the id of its cause. What is no record stays: `make_envelope` states what it is."""
    if not (isinstance(record, Record) and isinstance(record.body, Mapping)):
        return record
    return replace(record, body={**record.body, CAUSE: cause.id})
