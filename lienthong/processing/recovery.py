"""After a crash: what the ledger knows to be open, and no queue holds any more, is handed over again."""

import threading
from collections import defaultdict
from collections.abc import Mapping, Sequence

import structlog

from lienthong.envelope import Bundle, Envelope
from lienthong.errors import Transient
from lienthong.ledger.records import OpenItem
from lienthong.messages import message
from lienthong.outcome import Dead, Done, Dropped, Later, Outcome
from lienthong.ports import Broker, Clock, Ledger
from lienthong.processing.stage import Stage, plan_effects
from lienthong.processing.worker import RETRY_DELAY

log = structlog.get_logger(__name__)

AS_IT_IS = "source."
"""In place of the stage it came from: what two operators made of an event by hand is not made again."""

Place = tuple[str, str, int]
"""(the stage it came from, the stage it waits at, its next turn there)"""


class Recovery:
    """For brokers that forget, and for the day such a one is exchanged for one that does not.

    Run it while workers serve and before intake starts: an event is handed over once. What a crash left between the
    ledger and a durable broker is handed over by the intakes.
    """

    def __init__(
        self, stages: Mapping[str, Stage], *, broker: Broker, ledger: Ledger, clock: Clock, bundle_size: int = 200
    ) -> None:
        self._stages = stages
        self._broker = broker
        self._ledger = ledger
        self._clock = clock
        self._bundle_size = bundle_size

    def run(self, stop: threading.Event) -> int:
        """Hand over again what no queue holds; returns how many. Raises `Transient` when a lookup cannot answer now."""
        if not self._broker.durable:
            with self._ledger.transaction() as transaction:
                transaction.reset_published()
            return self._everything_open(stop)
        forgotten = self._ledger.never_published()
        if not forgotten:
            return 0
        with self._ledger.lease("recovery") as ours:
            if not ours:
                return 0
            handed = self._everything_open(stop)
            if not stop.is_set():
                with self._ledger.transaction() as transaction:
                    for source, numbers in forgotten.items():
                        transaction.mark_published(source, numbers)
        return handed

    def _everything_open(self, stop: threading.Event) -> int:
        waiting: dict[Place, list[Envelope]] = defaultdict(list)
        handed = 0
        for item in self._ledger.open_items():
            if stop.is_set():
                return handed
            if not self._is_served(item):
                continue
            place = (item.via if item.edited is None else AS_IT_IS, item.stage, item.next_turn)
            waiting[place].append(item.edited or item.raw)
            handed += 1
            if len(waiting[place]) >= self._bundle_size:
                self._hand_over(place, waiting.pop(place), stop)
        for place, raw in waiting.items():
            self._hand_over(place, raw, stop)
        return handed

    def _is_served(self, item: OpenItem) -> bool:
        if item.stage in self._stages and (item.via.startswith("source.") or item.via in self._stages):
            return True
        log.error("event waits at a stage that is no longer configured", event_id=item.raw.id, stage=item.stage)
        return False

    def _hand_over(self, place: Place, raw: Sequence[Envelope], stop: threading.Event) -> None:
        via, name, turn = place
        while not self._broker.has_room() and not stop.is_set():
            self._broker.wait_for_change(RETRY_DELAY)
        if via.startswith("source."):
            self._broker.publish([Bundle(name, tuple(raw), turn)])
            return
        # A sink waits for what its route made of the event; the route is pure, so it is made again.
        with self._ledger.transaction() as transaction:
            made = [self._for_sink(name, via, outcome) for outcome in self._stages[via].handle(raw, transaction)]
        onward = tuple(outcome.envelope for outcome in made if isinstance(outcome, Done))
        if onward:
            self._broker.publish([Bundle(name, onward, turn)])
        self._bury(self._stages[name], turn, via, raw, made)

    def _for_sink(self, name: str, via: str, outcome: Outcome) -> Outcome:
        """What the route `via` yields, seen by one of its sinks: where that has a condition, it may now be false."""
        if isinstance(outcome, Done) and name not in self._stages[via].destinations(outcome):
            return Dropped(message("the condition `when` of `{stage}` is false for this event", stage=name))
        return outcome

    def _bury(self, sink: Stage, turn: int, via: str, raw: Sequence[Envelope], made: Sequence[Outcome]) -> None:
        """The route was changed meanwhile and no longer yields these events: say so where they waited."""
        lost = []
        for envelope, outcome in zip(raw, made, strict=True):
            match outcome:
                case Later(why=why):
                    raise Transient(why)
                case Dropped(why=why) | Dead(why=why):
                    lost.append(
                        (envelope, Dead(f"{via} nay không còn chuyển sự kiện này: {why}", error="RouteChanged"))
                    )
                case Done():
                    pass
        if not lost:
            return
        bundle = Bundle(sink.name, tuple(envelope for envelope, _ in lost), turn)
        after = plan_effects(sink, bundle, [dead for _, dead in lost], self._clock.now())
        with self._ledger.transaction() as transaction:
            transaction.record(after.entries, after.letters)
