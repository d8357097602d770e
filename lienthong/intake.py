"""The intake: pull pages from a source, write them to the ledger with the cursor, hand what is new to the routes."""

import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from lienthong.accounts import Entry
from lienthong.envelope import Bundle, Envelope, canonical, derive_id, digest
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
    """Serves one source. Only one intake may serve a source at a time: the cursor has one writer."""

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
        """Read once what there is to read. Raises `Transient` when the source is down; what came before is kept."""
        shown = new = 0
        cursor = self._ledger.cursor(self.name)
        for page in self._source.poll(cursor):
            shown += len(page.records)
            new += self._take(page.records, page.cursor, moved=page.cursor != cursor, stop=stop)
            cursor = page.cursor
            if stop.is_set():
                break
        return Poll(shown, new)

    def _take(self, records: Sequence[Record], cursor: Cursor, *, moved: bool, stop: threading.Event) -> int:
        """One transaction: bodies, "received", cursor. Then the routes get what is new."""
        now = self._clock.now()
        arrived = self._unseen([arrival(self.name, record, now) for record in records])
        if not arrived and not moved:
            return 0
        with self._ledger.transaction() as transaction:
            fresh = transaction.take(arrived, f"source.{self.name}", self._routes, cursor)
        self._observe([_seen(envelope, self.name) for envelope in fresh])
        for bundle in self._bundles(fresh):
            self._hand_over(bundle, stop)
        return len(fresh)

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
        for start in range(0, len(fresh), self._bundle_size):
            for route in self._routes:
                yield Bundle(route, tuple(fresh[start : start + self._bundle_size]))

    def _hand_over(self, bundle: Bundle, stop: threading.Event) -> None:
        """Wait for room, then publish. What a stop leaves unpublished is open in the ledger and comes at restart."""
        while not self._broker.has_room():
            if stop.is_set():
                return None
            self._broker.wait_for_change(PATIENCE)
        while True:
            try:
                return self._broker.publish([bundle])
            except Transient as down:
                log.error("broker does not answer; waiting", source=self.name, why=down.why)
                if stop.wait(PATIENCE.total_seconds()):
                    return None


def arrival(source: str, record: Record, now: datetime) -> Envelope:
    """The envelope of a record as it was seen at `now`: its id is what it says, whenever that is seen."""
    written = canonical(record.body)
    return Envelope(
        id=derive_id(source, record.key, digest(written)),
        type=record.type,
        source=source,
        subject=record.key,
        time=now,
        received_at=now,
        data=record.body,
        written=written,
    )


def _seen(envelope: Envelope, source: str) -> Entry:
    return Entry(
        envelope.id, envelope.source, envelope.subject, envelope.received_at, f"source.{source}", 0, "received"
    )
