"""Publishing what was answered: from the ledger, to the sinks of its route and to subscribers.

An answer waits for no broker. What answers, in this process or in another one, leaves the answered events in the
ledger, as handed to their sinks. One process at a time publishes those that are not marked as published, and marks
them.
"""

import threading
from collections import defaultdict
from collections.abc import Iterator, Sequence

import structlog

from lienthong.envelope import Bundle, Envelope
from lienthong.errors import EventsTooLarge, Transient
from lienthong.ledger.records import Backlog
from lienthong.ports import Broker, Clock, Ledger
from lienthong.processing.outage_log import OutageLog
from lienthong.processing.oversize import publish_bundles
from lienthong.processing.stage import Stage
from lienthong.requests.answering import ANSWER
from lienthong.settings import DEFAULT_BUNDLE_SIZE
from lienthong.topology import announcement_bundles

LOOK_SECONDS = 0.5
"""How often it is looked for answered events. That is how long they wait, at most, while all is well."""

MAX_EVENTS = 1_000
"""Events that are published and marked together."""

log = structlog.get_logger(__name__)


class AnswerPublisher:
    """Publishes the answered events of one request. `stage` is that of its route, `name` the source of its events."""

    def __init__(
        self,
        name: str,
        stage: Stage,
        *,
        broker: Broker,
        ledger: Ledger,
        clock: Clock,
        bundle_size: int = DEFAULT_BUNDLE_SIZE,
    ) -> None:
        self.name = name
        self._stage = stage
        self._broker = broker
        self._ledger = ledger
        self._clock = clock
        self._bundle_size = bundle_size
        self._outage = OutageLog("ledger or broker", request=name)

    def serve(self, stop: threading.Event) -> None:
        """Publish what there is, now and then, until `stop` is set."""
        while not stop.is_set():
            try:
                is_full = self.publish() == MAX_EVENTS
            except Transient as down:  # nothing is lost, and a later look publishes it
                self._outage.note_failure(down.why)
                is_full = False
            else:
                self._outage.note_success()
            if not is_full:
                stop.wait(LOOK_SECONDS)

    def publish(self) -> int:
        """Publish what comes next; returns how many events that was. Does nothing while another process does it.

        A process that ends between the two may publish some of them once more: sinks know an event by its id. Raises
        `Transient`.
        """
        if not self._ledger.unpublished_count(self.name) or not self._broker.has_room():
            return 0
        with self._ledger.lease(f"source.{self.name}") as ours:
            backlog = self._backlog() if ours else Backlog(range(0), ())
            if backlog.numbers:
                bundles = list(self._bundles(backlog))
                publish_bundles(bundles, broker=self._broker, ledger=self._ledger, clock=self._clock)
                announced = self._announce([one for one in backlog.handled if ANSWER in one.data])
                with self._ledger.transaction() as transaction:
                    transaction.mark_published(self.name, backlog.numbers)
                    if announced and self._stage.keep:
                        transaction.announce(self._stage.name, announcement_bundles(announced))
        return len(backlog.numbers)

    def _backlog(self) -> Backlog:
        return self._ledger.unpublished_backlog(self.name, route=self._stage.name, at_most=MAX_EVENTS)

    def _bundles(self, backlog: Backlog) -> Iterator[Bundle]:
        waiting: dict[tuple[str, int], list[Envelope]] = defaultdict(list)
        for item in backlog.waiting:
            waiting[item.stage, item.next_turn].append(item.edited or item.raw)
        for (stage, turn), envelopes in waiting.items():
            for start in range(0, len(envelopes), self._bundle_size):
                yield Bundle(stage, tuple(envelopes[start : start + self._bundle_size]), turn)

    def _announce(self, answered: Sequence[Envelope]) -> Sequence[Envelope]:
        """Announce what was answered, if the route does; returns what was announced."""
        if not self._stage.announce or not answered:
            return ()
        try:
            self._broker.publish((), answered)
        except EventsTooLarge as error:
            log.error("an answered event is too large to be announced", request=self.name, events=len(error.sizes))
            return self._announce([one for one in answered if one.id not in error.sizes])
        return answered
