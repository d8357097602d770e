"""The poller of a source: read pages, record them in the ledger with the cursor, publish what is new to the routes."""

import threading
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

import structlog

from lienthong.data import spans
from lienthong.envelope import Bundle, Envelope
from lienthong.errors import BrokenSource, Transient, pass_interrupt_on
from lienthong.intake.gate import Gate
from lienthong.intake.guilty_place import guilty_place
from lienthong.intake.listing import Listing
from lienthong.intake.page_batcher import batch_pages
from lienthong.intake.poll_log import PollLog
from lienthong.intake.reading import LatestContents, Part, Reading
from lienthong.intake.receiving import NO_NUMBERS, Receiver
from lienthong.messages import message
from lienthong.ports import Broker, Clock, Ledger, Source
from lienthong.processing.outage_log import OutageLog
from lienthong.processing.oversize import publish_bundles
from lienthong.processing.worker import RETRY_DELAY, Observe, ignore
from lienthong.settings import DEFAULT_BUNDLE_SIZE

GATE_INTERVAL = timedelta(seconds=1)
"""How often a source that waits for others looks whether they are read."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Poll:
    """The result of a poll: the number of events the source showed, and how many of them were new.

    - `more`: the source ended before it had shown everything.
    - `awaited`: the sources that must be read before this one; then it was not polled.
    """

    shown: int
    new: int
    more: bool = False
    awaited: Sequence[str] = ()


class Poller:
    """Polls one source. Every process may have a poller of it; at any moment only one of them polls.

    - `recorded`: the source plays a recording, see `LedgerTransaction.receive`.
    - `after`: the sources that must be read once to their end before this one is polled.
    - `lists_everything`: see `Listing`.
    """

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
        recorded: bool = False,
        after: Sequence[str] = (),
        lists_everything: bool = False,
    ) -> None:
        self.name = name
        self._source = source
        self._routes = routes
        self._broker = broker
        self._ledger = ledger
        self._clock = clock
        self._observe = observe
        self._bundle_size = bundle_size
        self._receiver = Receiver(name, routes, ledger=ledger, recorded=recorded)
        self._latest = LatestContents()
        self._outage = OutageLog("broker", source=name)
        self._gate = Gate(name, after, ledger)
        self._listing = Listing(name, ledger, clock, is_whole=lists_everything)
        self._is_read = False
        self._pages: object = None
        self.log = PollLog(name, clock)

    def run(self, every: timedelta, stop: threading.Event) -> None:
        """Poll every `every` until `stop` is set.

        A source that does not answer is polled again after `every`, or after the wait it requested if that is longer.
        """
        while not stop.is_set():
            try:
                pause = min(every, GATE_INTERVAL) if self.poll(stop).awaited else self.pause(every)
            except Transient as down:
                pause = max(every, down.after or every)
            self.log.schedule(pause)
            stop.wait(pause.total_seconds())

    def pause(self, every: timedelta) -> timedelta:
        """How long to wait after a poll that went well."""
        return every

    def poll(self, stop: threading.Event) -> Poll:
        """Poll once, until the source has nothing more.

        Does nothing while another process polls this source, or while a source is awaited that must be read before it.
        Raises `Transient` when the source does not answer, or fails in any way that it does not declare: a mistake in
        one source stops no other. The pages read before stay recorded.
        """
        if awaited := self._gate.awaited():
            return Poll(0, 0, awaited=awaited)
        with self._ledger.lease(f"source.{self.name}") as ours:
            if not ours:
                return Poll(0, 0)
            self.log.begin()
            try:
                self._publish_backlog(stop)
                with spans.polling(f"source.{self.name}") as span:
                    poll = self._poll(stop)
                    span.note("messaging.batch.message_count", poll.shown)
                if not (poll.more or stop.is_set()):
                    self._mark_read()
            except Transient as down:
                self.log.fail(down)
                raise
            except BaseException as error:  # a source that wants to end the process ends its own poll
                pass_interrupt_on(error)
                log.exception("undeclared error of a source", source=self.name)
                failure = Transient(self._why(error))
                self.log.fail(failure, undeclared=True)
                raise failure from error
            self.log.succeed()
            return poll

    def _poll(self, stop: threading.Event) -> Poll:
        """For each batch: one transaction for bodies, entries and cursor, then publish.

        `published` are the numbers of the last batch when durable queues have it. The transaction of the next batch
        records them, which saves a commit; after the last batch they are recorded in one of their own.
        """
        new = 0
        published = NO_NUMBERS
        reading = Reading(self._latest, self._ledger.cursor(self.name), self._ledger.received_count(self.name))
        try:
            for part in self._parts(reading, stop):
                unmarked = NO_NUMBERS
                for received in self._receiver.receive(part, published, reading):
                    published = NO_NUMBERS
                    self._mark_published(unmarked)  # none, unless the database refused a record of the part
                    self._observe(received.entries)
                    unmarked = published = self._publish(self._bundles(received.fresh), received.numbers, stop)
                    new += len(received.fresh)
                    self.log.count(shown=0, new=len(received.fresh))
        finally:
            self._mark_published(published)
        return Poll(reading.shown, new, more=reading.ended_early)

    def _mark_read(self) -> None:
        """Record, once, that the source was read to its end: others may wait for it."""
        if not self._is_read and not self._ledger.reading(self.name):
            with self._ledger.transaction() as transaction:
                transaction.mark_reading(self.name, "read")
        self._is_read = True

    def _parts(self, reading: Reading, stop: threading.Event) -> Iterator[Part]:
        """What is to be recorded of a poll, until it ends or `stop` is set.

        Records that wait for what the poll shows next are decided when it ends, also when the source fails then.
        """
        self._listing.begin(reading.before)
        try:
            self._pages = self._source.poll(reading.cursor)
            for batch in batch_pages(self.name, self._pages, self._clock):
                self.log.count(shown=len(batch.envelopes), new=0)
                self._listing.note(batch.envelopes)
                if part := reading.part(batch):
                    yield part
                if reading.is_full:
                    yield from reading.rest()
                if stop.is_set():
                    return
        except GeneratorExit:
            raise
        except BaseException:  # judged by `poll`
            yield from reading.rest()
            raise
        yield from reading.rest()
        yield from self._listing.absent(reading)

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
                publish_bundles([bundle], broker=self._broker, ledger=self._ledger, clock=self._clock)
            except Transient as down:
                self._outage.note_failure(down.why)
                self.log.touch()
                if stop.wait(RETRY_DELAY.total_seconds()):
                    return False
            else:
                self._outage.note_success()
                return True

    def _mark_published(self, numbers: range) -> None:
        if numbers:
            with self._ledger.transaction() as transaction:
                transaction.mark_published(self.name, numbers)

    def _why(self, error: BaseException) -> str:
        place = guilty_place(error, self._source, self._pages)
        if isinstance(error, BrokenSource):
            return message("{why} (at {place})", why=error.args[0], place=place)
        return message("undeclared error of the source: {error} at {place}", error=type(error).__name__, place=place)

    def _bundles(self, fresh: Sequence[Envelope]) -> Iterator[Bundle]:
        for events in _slices(fresh, self._bundle_size):
            for route in self._routes:
                yield Bundle(route, tuple(events))


def _slices(envelopes: Sequence[Envelope], size: int) -> Iterator[Sequence[Envelope]]:
    return (envelopes[start : start + size] for start in range(0, len(envelopes), size))
