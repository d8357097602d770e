"""The poller of a source: read pages, record them in the ledger with the cursor, publish what is new to the routes."""

import threading
from collections import OrderedDict, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

import structlog

from lienthong.envelope import Bundle, Envelope
from lienthong.errors import Transient
from lienthong.intake.page_batcher import PageBatch, batch_pages
from lienthong.intake.poll_log import PollLog
from lienthong.ledger.records import Received
from lienthong.messages import message
from lienthong.ports import Broker, Clock, Ledger, Source
from lienthong.processing.worker import RETRY_DELAY, Observe, ignore
from lienthong.settings import DEFAULT_BUNDLE_SIZE

REMEMBERED_IDS = 10_000
"""The number of ids kept in memory. Records with these ids cost no transaction when a source shows them again."""

NO_NUMBERS = range(0)

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Poll:
    """The result of a poll: the number of events the source showed, and how many of them were new."""

    shown: int
    new: int


class Poller:
    """Polls one source. Every process may have a poller of it; at any moment only one of them polls."""

    def __init__(
        self,
        name: str,
        source: Source,
        routes: tuple[str, ...],
        *,
        broker: Broker,
        ledger: Ledger,
        clock: Clock,
        observe: Observe = ignore,
        bundle_size: int = DEFAULT_BUNDLE_SIZE,
    ) -> None:
        self.name = name
        self._source = source
        self._routes = routes
        self._broker = broker
        self._ledger = ledger
        self._clock = clock
        self._observe = observe
        self._bundle_size = bundle_size
        self._recent: OrderedDict[str, None] = OrderedDict()
        self.log = PollLog(name, clock)

    def run(self, every: timedelta, stop: threading.Event) -> None:
        """Poll every `every` until `stop` is set.

        A source that does not answer is polled again after `every`, or after the wait it requested if that is longer.
        """
        while not stop.is_set():
            pause = every
            try:
                self.poll(stop)
            except Transient as down:
                pause = max(every, down.after or every)
            self.log.schedule(pause)
            stop.wait(pause.total_seconds())

    def poll(self, stop: threading.Event) -> Poll:
        """Poll once, until the source has nothing more. Does nothing while another process polls this source.

        Raises `Transient` when the source does not answer, or fails in any way that it does not declare: a mistake in
        one source stops no other. The pages read before stay recorded.
        """
        with self._ledger.lease(f"source.{self.name}") as ours:
            if not ours:
                return Poll(0, 0)
            self.log.begin()
            try:
                self._publish_backlog(stop)
                poll = self._poll(stop)
            except Transient as down:
                self.log.fail(down)
                raise
            except Exception as error:
                log.exception("undeclared error of a source", source=self.name)
                name = type(error).__name__
                failure = Transient(message("undeclared error of the source: {error}", error=name))
                self.log.fail(failure, undeclared=True)
                raise failure from error
            self.log.succeed()
            return poll

    def _poll(self, stop: threading.Event) -> Poll:
        """For each batch: one transaction for bodies, entries and cursor, then publish.

        `published` are the numbers of the last batch when durable queues have it. The transaction of the next batch
        records them, which saves a commit; after the last batch they are recorded in one of their own.
        """
        shown = new = 0
        published = NO_NUMBERS
        cursor = self._ledger.cursor(self.name)
        try:
            for batch in batch_pages(self.name, self._source.poll(cursor), self._clock):
                shown += len(batch.envelopes)
                fresh = 0
                received = self._receive(batch, published, cursor_moved=batch.cursor != cursor)
                if received is not None:
                    published = NO_NUMBERS
                    published = self._publish(self._bundles(received.fresh), received.numbers, stop)
                    fresh = len(received.fresh)
                    new += fresh
                self.log.count(shown=len(batch.envelopes), new=fresh)
                self._remember(batch.envelopes)
                cursor = batch.cursor
                if stop.is_set():
                    break
        finally:
            self._mark_published(published)
        return Poll(shown, new)

    def _receive(self, batch: PageBatch, published: range, *, cursor_moved: bool) -> Received | None:
        """Record a batch. None, without a transaction, when nothing of it is new and the cursor has not moved."""
        unseen = [envelope for envelope in batch.envelopes if envelope.id not in self._recent]
        if not unseen and not cursor_moved:
            return None
        with self._ledger.transaction() as transaction:
            if published:
                transaction.mark_published(self.name, published)
            received = transaction.receive(unseen, source=self.name, to=self._routes, cursor=batch.cursor)
        self._observe(received.entries)
        return received

    def _publish_backlog(self, stop: threading.Event) -> None:
        """Publish what a process recorded that died before it published it. For durable queues; see `Recovery`."""
        if not self._broker.durable:
            return
        backlog = self._ledger.unpublished_backlog(self.name)
        waiting: dict[tuple[str, int], list[Envelope]] = defaultdict(list)
        for item in backlog.waiting:
            waiting[item.stage, item.next_turn].append(item.raw)
        bundles = (
            Bundle(stage, tuple(events), turn)
            for (stage, turn), envelopes in waiting.items()
            for events in _slices(envelopes, self._bundle_size)
        )
        self._mark_published(self._publish(bundles, backlog.numbers, stop))

    def _publish(self, bundles: Iterable[Bundle], numbers: range, stop: threading.Event) -> range:
        """Publish bundles that hold the events `numbers`. Returns the numbers that durable queues now have."""
        complete = all(self._publish_one(bundle, stop) for bundle in bundles)
        return numbers if complete and self._broker.durable else NO_NUMBERS

    def _publish_one(self, bundle: Bundle, stop: threading.Event) -> bool:
        """Wait for room, then publish. False when `stop` is set first: the events stay open in the ledger."""
        while not self._broker.has_room():
            if stop.is_set():
                return False
            self.log.touch()
            self._broker.wait_for_change(RETRY_DELAY)
        while True:
            try:
                self._broker.publish([bundle])
            except Transient as down:
                log.error("broker does not answer; waiting", source=self.name, why=down.why)
                if stop.wait(RETRY_DELAY.total_seconds()):
                    return False
            else:
                return True

    def _mark_published(self, numbers: range) -> None:
        if numbers:
            with self._ledger.transaction() as transaction:
                transaction.mark_published(self.name, numbers)

    def _remember(self, recorded: Sequence[Envelope]) -> None:
        """Remember the ids of committed events only: events of a failed transaction must be recorded next time."""
        for envelope in recorded:
            self._recent[envelope.id] = None
            self._recent.move_to_end(envelope.id)
        while len(self._recent) > REMEMBERED_IDS:
            self._recent.popitem(last=False)

    def _bundles(self, fresh: Sequence[Envelope]) -> Iterator[Bundle]:
        for events in _slices(fresh, self._bundle_size):
            for route in self._routes:
                yield Bundle(route, tuple(events))


def _slices(envelopes: Sequence[Envelope], size: int) -> Iterator[Sequence[Envelope]]:
    return (envelopes[start : start + size] for start in range(0, len(envelopes), size))
