"""Publishes again, at start, what the ledger holds as open and no queue holds any more."""

import threading
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import structlog

from lienthong.envelope import Bundle, Envelope
from lienthong.errors import Transient
from lienthong.ledger.records import OpenItem
from lienthong.messages import message
from lienthong.outcome import Dead, Done, Dropped, Later, Outcome
from lienthong.ports import Broker, Clock, Ledger
from lienthong.processing.effects import plan_effects
from lienthong.processing.oversize import publish_bundles
from lienthong.processing.stage import Stage
from lienthong.processing.worker import RETRY_DELAY
from lienthong.route import parse_origin
from lienthong.settings import DEFAULT_BUNDLE_SIZE

log = structlog.get_logger(__name__)


class _Destination(NamedTuple):
    """Where open events go: to `stage`, in `turn`.

    `via` is the route that must be run for them first; "" when they go as they are.
    """

    stage: str
    turn: int
    via: str


class Recovery:
    """Republishes open events for a broker that is not durable, and once after a change to a durable one.

    Run it while the workers serve and before the pollers start, so that every event is published once. Events that a
    crash left between the ledger and a durable broker are published by the pollers. So is, on every broker, what was
    pushed to an inbox and waits at its routes: it may be pushed at any moment, also while the recovery runs.
    """

    def __init__(
        self,
        stages: Mapping[str, Stage],
        *,
        broker: Broker,
        ledger: Ledger,
        clock: Clock,
        bundle_size: int = DEFAULT_BUNDLE_SIZE,
    ) -> None:
        self._stages = stages
        self._broker = broker
        self._ledger = ledger
        self._clock = clock
        self._bundle_size = bundle_size

    def run(self, stop: threading.Event) -> int:
        """Republish; returns the number of (event, stage) pairs. Raises `Transient` when a lookup cannot answer now."""
        if not self._broker.durable:
            with self._ledger.transaction() as transaction:
                transaction.reset_published()
            return self._republish_open(stop)
        unpublished = {
            source: numbers for source, numbers in self._ledger.never_published().items() if not _is_pushed(source)
        }
        if not unpublished:
            return 0
        with self._ledger.lease("recovery") as ours:
            if not ours:
                return 0
            count = self._republish_open(stop)
            if not stop.is_set():
                with self._ledger.transaction() as transaction:
                    for source, numbers in unpublished.items():
                        transaction.mark_published(source, numbers)
        return count

    def _republish_open(self, stop: threading.Event) -> int:
        return self._republish_items(self._ledger.open_items(), stop)

    def _republish_items(self, items: Iterable[OpenItem], stop: threading.Event) -> int:
        waiting: dict[_Destination, list[Envelope]] = defaultdict(list)
        count = 0
        for item in items:
            if stop.is_set():
                return count
            if _is_pushed(item.via.removeprefix("source.")) or not self._is_configured(item):
                continue
            destination = _destination(item)
            waiting[destination].append(item.edited or item.raw)
            count += 1
            if len(waiting[destination]) >= self._bundle_size:
                self._republish(destination, waiting.pop(destination), stop)
        for destination, envelopes in waiting.items():
            self._republish(destination, envelopes, stop)
        return count

    def _is_configured(self, item: OpenItem) -> bool:
        if item.stage in self._stages and (item.via.startswith("source.") or item.via in self._stages):
            return True
        log.error("event waits at a stage that is no longer configured", event_id=item.raw.id, stage=item.stage)
        return False

    def _republish(self, destination: _Destination, envelopes: Sequence[Envelope], stop: threading.Event) -> None:
        while not self._broker.has_room() and not stop.is_set():
            self._broker.wait_for_change(RETRY_DELAY)
        if not destination.via:
            self._publish(Bundle(destination.stage, tuple(envelopes), destination.turn))
            return
        # The ledger keeps events as received. A sink waits for what its route makes of them; the route is pure, so
        # running it again gives the same.
        with self._ledger.transaction() as transaction:
            outcomes = self._stages[destination.via].handle(envelopes, transaction)
        outcomes = [self._for_sink(destination, outcome) for outcome in outcomes]
        done = tuple(outcome.envelope for outcome in outcomes if isinstance(outcome, Done))
        if done:
            self._publish(Bundle(destination.stage, done, destination.turn))
        self._park_lost(destination, envelopes, outcomes)

    def _publish(self, bundle: Bundle) -> None:
        publish_bundles([bundle], broker=self._broker, ledger=self._ledger, clock=self._clock)

    def _for_sink(self, destination: _Destination, outcome: Outcome) -> Outcome:
        """The outcome of the route for this sink: `Dropped` when the condition of the sink is false by now."""
        if isinstance(outcome, Done) and destination.stage not in self._stages[destination.via].destinations(outcome):
            why = message("the condition `when` of `{stage}` is false for this event", stage=destination.stage)
            return Dropped(why)
        return outcome

    def _park_lost(self, destination: _Destination, envelopes: Sequence[Envelope], outcomes: Sequence[Outcome]) -> None:
        """Park the events that the route no longer yields, because it was changed, at the sink they waited for."""
        lost: list[Envelope] = []
        deaths: list[Outcome] = []
        for envelope, outcome in zip(envelopes, outcomes, strict=True):
            match outcome:
                case Later(why=why):
                    raise Transient(why)
                case Dropped(why=why) | Dead(why=why):
                    reason = message("{route} no longer passes this event on: {why}", route=destination.via, why=why)
                    lost.append(envelope)
                    deaths.append(Dead(reason, error="RouteChanged"))
                case Done():
                    pass
        if not lost:
            return
        bundle = Bundle(destination.stage, tuple(lost), destination.turn)
        effects = plan_effects(self._stages[destination.stage], bundle, deaths, now=self._clock.now())
        with self._ledger.transaction() as transaction:
            transaction.record(effects.entries, effects.letters)


def _is_pushed(source: str) -> bool:
    return parse_origin(source).door == "inbox"


def _destination(item: OpenItem) -> _Destination:
    as_it_is = item.via.startswith("source.") or item.edited is not None
    return _Destination(item.stage, item.next_turn, "" if as_it_is else item.via)
