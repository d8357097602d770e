"""The intake of what sinks hand back: recorded with the sink's own entries, then handed to the routes.

On durable queues the events are published by one process at a time, from the ledger: so what was recorded by a process
that died then is published all the same, and what was not recorded is never published.
"""

import threading
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

from lienthong.envelope import Bundle, Envelope
from lienthong.errors import Transient
from lienthong.intake.poller import Poller
from lienthong.intake.record_envelope import make_envelope
from lienthong.ledger.records import Received
from lienthong.ports import Broker, Clock, Cursor, Ledger, LedgerTransaction, Page, Record
from lienthong.processing.observe import Observe
from lienthong.processing.oversize import publish_bundles

CAUSE = "lienthong:causationid"
"""The key in the data of a follow-up with the id of the event that the sink had."""

WAKE_SECONDS, LOOKS = 0.2, 25
"""How soon a stop is noticed; and after how many such spans the ledger is looked at without a call."""


class FollowUpIntake:
    """The follow-ups of one sink. See `FollowUps`.

    The id of a follow-up is derived from the sink, its key, its content and the id of its cause. So the same record,
    handed back about two events, becomes two events; and about one event, however often that is delivered, one.
    """

    def __init__(
        self, source: str, routes: tuple[str, ...], *, broker: Broker, ledger: Ledger, clock: Clock, observe: Observe
    ) -> None:
        self.source = source
        self.routes = routes
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
        return transaction.receive(envelopes, source=self.source, to=self.routes, cursor={})

    def pass_on(self, received: Received) -> None:
        """On queues that keep nothing, publish: after a crash the recovery does so. Else call the publisher."""
        self._observe(received.entries)
        if self._broker.durable:
            self.called.set()
        elif received.fresh:
            bundles = [Bundle(route, tuple(received.fresh)) for route in self.routes]
            publish_bundles(bundles, broker=self._broker, ledger=self._ledger, clock=self._clock)


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
