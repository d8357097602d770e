"""The intake: pull pages from a source, write them to the ledger with the cursor, hand what is new to the routes."""

import threading
from collections import OrderedDict, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

import structlog

from lienthong.arrivals import Arrivals, together
from lienthong.envelope import Bundle, Envelope
from lienthong.errors import Transient
from lienthong.ports import Broker, Clock, Ledger, Source
from lienthong.worker import PATIENCE, Observe

REMEMBERED = 10_000
"""Ids kept in memory so that a window read again costs no transaction; the ledger is asked about the others."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Poll:
    """What one poll of a source came to."""

    shown: int
    new: int


class Intake:
    """Serves one source, together with the intakes of other processes: at any moment one of them polls."""

    def __init__(
        self,
        name: str,
        source: Source,
        routes: tuple[str, ...],
        *,
        broker: Broker,
        ledger: Ledger,
        clock: Clock,
        observe: Observe,
        bundle_size: int = 200,
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
        self._handed_over = range(0)

    def run(self, every: timedelta, stop: threading.Event) -> None:
        """Poll again and again. A source that is down stops nothing else and is asked again at the next turn."""
        while not stop.is_set():
            pause = every
            try:
                self.poll(stop)
            except Transient as down:
                log.warning("source does not answer", source=self.name, why=down.why)
                pause = max(every, down.after or every)
            stop.wait(pause.total_seconds())

    def poll(self, stop: threading.Event) -> Poll:
        """Read once what there is to read. Raises `Transient` when the source is down; what came before is kept.

        Does nothing while another process polls this source.
        """
        with self._ledger.lease(f"source.{self.name}") as ours:
            if not ours:
                return Poll(0, 0)
            self._catch_up(stop)
            return self._poll(stop)

    def _poll(self, stop: threading.Event) -> Poll:
        shown = new = 0
        cursor = self._ledger.cursor(self.name)
        try:
            for arrivals in together(self.name, self._source.poll(cursor), self._clock):
                shown += len(arrivals.envelopes)
                new += self._take(arrivals, moved=arrivals.cursor != cursor, stop=stop)
                cursor = arrivals.cursor
                if stop.is_set():
                    break
        finally:
            self._note_handed_over()
        return Poll(shown, new)

    def _take(self, arrivals: Arrivals, *, moved: bool, stop: threading.Event) -> int:
        """One transaction: bodies, "received", cursor. Then the routes get what is new."""
        fresh: Sequence[Envelope] = ()
        unseen = [envelope for envelope in arrivals.envelopes if envelope.id not in self._recent]
        if unseen or moved:
            with self._ledger.transaction() as transaction:
                if self._handed_over:  # the pages before; noted here, that costs no commit of its own
                    transaction.handed_over(self.name, self._handed_over)
                taken = transaction.take(unseen, f"source.{self.name}", self._routes, arrivals.cursor)
            fresh = taken.fresh
            self._observe(taken.entries)
            self._publish(self._bundles(fresh), taken.numbers, stop)
        self._remember(arrivals.envelopes)
        return len(fresh)

    def _catch_up(self, stop: threading.Event) -> None:
        """Hand over what somebody recorded and did not live to hand over. Queues that forget are `Recovery`'s."""
        if not self._broker.durable:
            return
        late: dict[tuple[str, int], list[Envelope]] = defaultdict(list)
        backlog = self._ledger.not_handed_over(self.name)
        for item in backlog.waiting:
            late[item.stage, item.next_turn].append(item.raw)
        bundles = (
            Bundle(stage, tuple(some), turn)
            for (stage, turn), waiting in late.items()
            for some in _slices(waiting, self._bundle_size)
        )
        self._publish(bundles, backlog.numbers, stop)
        self._note_handed_over()

    def _publish(self, bundles: Iterable[Bundle], numbers: range, stop: threading.Event) -> None:
        """Hand bundles over; if all of them are where nothing is forgotten, that is worth a note."""
        self._handed_over = range(0)
        if all(self._hand_over(bundle, stop) for bundle in bundles) and self._broker.durable:
            self._handed_over = numbers

    def _note_handed_over(self) -> None:
        if self._handed_over:
            with self._ledger.transaction() as transaction:
                transaction.handed_over(self.name, self._handed_over)
        self._handed_over = range(0)

    def _remember(self, recorded: Sequence[Envelope]) -> None:
        """Only what is committed: what a failed transaction did not keep must be taken when it is shown again."""
        for envelope in recorded:
            self._recent[envelope.id] = None
            self._recent.move_to_end(envelope.id)
        while len(self._recent) > REMEMBERED:
            self._recent.popitem(last=False)

    def _bundles(self, fresh: Sequence[Envelope]) -> Iterator[Bundle]:
        for some in _slices(fresh, self._bundle_size):
            for route in self._routes:
                yield Bundle(route, tuple(some))

    def _hand_over(self, bundle: Bundle, stop: threading.Event) -> bool:
        """Wait for room, then publish. What a stop leaves unpublished is open in the ledger and comes at restart."""
        while not self._broker.has_room():
            if stop.is_set():
                return False
            self._broker.wait_for_change(PATIENCE)
        while True:
            try:
                self._broker.publish([bundle])
            except Transient as down:
                log.error("broker does not answer; waiting", source=self.name, why=down.why)
                if stop.wait(PATIENCE.total_seconds()):
                    return False
            else:
                return True


def _slices(envelopes: Sequence[Envelope], size: int) -> Iterator[Sequence[Envelope]]:
    return (envelopes[start : start + size] for start in range(0, len(envelopes), size))
