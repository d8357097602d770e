"""What makes events of pushes go on: it publishes to the routes what the ledger has received and no queue has yet.

Pushes are received by processes that may have no broker, and while the broker is down. So the queues get them from the
ledger, by one process at a time, whichever process received them.
"""

import threading
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from lienthong.envelope import Bundle, Envelope
from lienthong.errors import Transient
from lienthong.intake.poller import Poll, Poller
from lienthong.ledger.records import OpenItem
from lienthong.ports import Cursor, Page

LOOK = timedelta(milliseconds=200)
"""How soon a push is noticed that another process has received."""

LOOKS = 25
"""After how many looks a poll is made although nothing was noticed: another process may have died with its lease."""

AT_ONCE = 1000
"""Events that are read and published at a time, so that memory does not grow with a long wait."""


class InboxPoller(Poller):
    """The poller of one inbox."""

    def __init__(self, name: str, routes: tuple[str, ...], **more: Any) -> None:
        super().__init__(name, _Nothing(), routes, **more)
        self._seen = -1
        self._in_queues: int | None = None
        """On queues that keep nothing: the number of the last event that this process has published."""

    def run(self, every: timedelta, stop: threading.Event) -> None:  # noqa: ARG002 - a push may come at any moment
        """Publish what is pushed until `stop` is set. `every` is not heeded."""
        looks = 0
        while not stop.is_set():
            try:
                looks = 0 if self._is_due(looks) and not self.poll(stop).awaited else looks + 1
            except Transient:  # the log of the polls has it
                looks = 0
            self.log.schedule(LOOK * LOOKS)
            stop.wait(LOOK.total_seconds())

    def _is_due(self, looks: int) -> bool:
        return looks >= LOOKS or self._ledger.received_count(self.name) != self._seen

    def _poll(self, stop: threading.Event) -> Poll:
        """Publish, oldest first, everything that is not published."""
        self._seen = self._ledger.received_count(self.name)
        count = 0 if self._broker.durable or self._in_queues is not None else self._publish_earlier(stop)
        while not stop.is_set():
            backlog = self._ledger.unpublished_backlog(self.name, after=self._in_queues, at_most=AT_ONCE)
            if not backlog.numbers or not self._publish_items(backlog.waiting, stop):
                break
            if self._broker.durable:
                self._mark_published(backlog.numbers)
            else:
                self._in_queues = backlog.numbers[-1]
            count += len(backlog.waiting)
        return Poll(count, count, more=stop.is_set())

    def _publish_backlog(self, stop: threading.Event) -> None:
        """There is nothing else to publish."""

    def _publish_earlier(self, stop: threading.Event) -> int:
        """On queues that keep nothing: publish what an earlier process left open. Recovery leaves it to this."""
        known = self._ledger.received_count(self.name)
        found = [item for item in self._ledger.open_items(source=self.name) if item.via == f"source.{self.name}"]
        later = {item.raw.id for item in self._ledger.unpublished_backlog(self.name, after=known).waiting}
        items = [item for item in found if item.raw.id not in later]
        if self._publish_items(items, stop):
            self._in_queues = known
        return len(items)

    def _publish_items(self, items: Iterable[OpenItem], stop: threading.Event) -> bool:
        """False when `stop` was set before everything was published."""
        waiting: dict[tuple[str, int], list[Envelope]] = defaultdict(list)
        for item in items:
            waiting[item.stage, item.next_turn].append(item.raw)
        done = True
        for (stage, turn), envelopes in waiting.items():
            done = done and all(
                self._publish_one(Bundle(stage, tuple(part), turn), stop) for part in self._parts_of(envelopes)
            )
        if done:
            self.log.count(shown=sum(map(len, waiting.values())), new=sum(map(len, waiting.values())))
        return done

    def _parts_of(self, envelopes: Sequence[Envelope]) -> Iterable[Sequence[Envelope]]:
        return (envelopes[start : start + self._bundle_size] for start in range(0, len(envelopes), self._bundle_size))


class _Nothing:
    """A source that has nothing to show: its events come by another way."""

    def poll(self, cursor: Cursor) -> Iterable[Page]:  # noqa: ARG002 - there is nothing to read on
        return ()
