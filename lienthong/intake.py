"""The intake: pull pages from a source, write them to the ledger with the cursor, hand what is new to the routes."""

import threading
from collections import OrderedDict, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from lienthong.accounts import Entry
from lienthong.envelope import Bundle, Envelope, derive_id, digest
from lienthong.errors import Transient
from lienthong.ports import Broker, Clock, Cursor, Ledger, Record, Source
from lienthong.worker import PATIENCE, Observe

REMEMBERED = 50_000
"""Ids kept in memory so that a window read again costs no query; the ledger is asked about the others."""

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
        self._handed_over = False

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
            for page in self._source.poll(cursor):
                shown += len(page.records)
                new += self._take(page.records, page.cursor, moved=page.cursor != cursor, stop=stop)
                cursor = page.cursor
                if stop.is_set():
                    break
        finally:
            self._note_handed_over()
        return Poll(shown, new)

    def _take(self, records: Sequence[Record], cursor: Cursor, *, moved: bool, stop: threading.Event) -> int:
        """One transaction: bodies, "received", cursor. Then the routes get what is new."""
        now = self._clock.now()
        arrived = self._unseen([arrival(self.name, record, now) for record in records])
        if not arrived and not moved:
            return 0
        with self._ledger.transaction() as transaction:
            if self._handed_over:  # what the pages before brought; noted here, it costs no commit of its own
                transaction.handed_over(self.name)
            fresh = transaction.take(arrived, f"source.{self.name}", self._routes, cursor)
        self._observe([_seen(envelope, self.name) for envelope in fresh])
        self._handed_over = self._broker.durable and all(
            [self._hand_over(bundle, stop) for bundle in self._bundles(fresh)]
        )
        return len(fresh)

    def _catch_up(self, stop: threading.Event) -> None:
        """Hand over what somebody recorded and did not live to hand over. Queues that forget are `Recovery`'s."""
        if not self._broker.durable:
            return
        late: dict[tuple[str, int], list[Envelope]] = defaultdict(list)
        for item in self._ledger.not_handed_over(self.name):
            late[item.stage, item.next_turn].append(item.raw)
        self._handed_over = bool(late) and all(
            [
                self._hand_over(Bundle(stage, tuple(some), turn), stop)
                for (stage, turn), waiting in late.items()
                for some in _slices(waiting, self._bundle_size)
            ]
        )
        self._note_handed_over()

    def _note_handed_over(self) -> None:
        if self._handed_over:
            with self._ledger.transaction() as transaction:
                transaction.handed_over(self.name)
        self._handed_over = False

    def _unseen(self, arrived: Sequence[Envelope]) -> list[Envelope]:
        unseen = [envelope for envelope in arrived if envelope.id not in self._recent]
        for envelope in arrived:
            self._recent[envelope.id] = None
            self._recent.move_to_end(envelope.id)
        while len(self._recent) > REMEMBERED:
            self._recent.popitem(last=False)
        known = self._ledger.known([envelope.id for envelope in unseen])
        return [envelope for envelope in unseen if envelope.id not in known]

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


def arrival(source: str, record: Record, now: datetime) -> Envelope:
    """The envelope of a record as it was seen at `now`: its id is what it says, whenever that is seen."""
    key = record.key.replace("\0", "\N{REPLACEMENT CHARACTER}")  # PostgreSQL's text cannot hold NUL
    return Envelope(
        id=derive_id(source, key, digest(record.body)),
        type=record.type,
        source=source,
        subject=key,
        time=now,
        received_at=now,
        data=record.body,
    )


def _seen(envelope: Envelope, source: str) -> Entry:
    return Entry(
        envelope.id, envelope.source, envelope.subject, envelope.received_at, f"source.{source}", 0, "received"
    )
