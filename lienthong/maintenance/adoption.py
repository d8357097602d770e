"""Adoption: an operator decides that this ledger takes over what it lacks after its database was restored.

1. Events of held messages that the ledger never received become received, each once.
2. All that was open before the restoration is published again, at its next turn. Its messages were held, or had been
   handled in the time that the ledger lost.
3. Held messages of this ledger are removed then: the ledger has every one of their events.
"""

import threading
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial

from lienthong.data.event_ids import derive_id, digest, is_return
from lienthong.data.message_headers import parse_headers
from lienthong.envelope import Bundle, Envelope
from lienthong.errors import Rejected, Transient
from lienthong.ledger.records import OpenItem
from lienthong.messages import message
from lienthong.ports import AsideMessage, Broker, Clock, Ledger, SetAside
from lienthong.processing.handover import Handover
from lienthong.processing.stage import Stage


@dataclass(slots=True)
class Adoption:
    """What an adoption does, or would do, in numbers.

    - `messages`: held messages of this ledger. `foreign`: by ledger, those of another one; they stay.
    - `received`: events that the ledger never received, and receives now.
    - `later`: events it never received either, of which the messages do not have what was received: a route's result,
      or content that the id does not prove. Their source shows them again; their messages stay until then.
    - `republished`: open events that are handed to their stage again.
    """

    messages: int = 0
    foreign: Counter[str] = field(default_factory=Counter)
    received: int = 0
    later: int = 0
    republished: int = 0
    was_restored: bool = False


class Adopter:
    """Adopts once, for one ledger and broker. `examine` changes nothing; `adopt` does it."""

    def __init__(
        self,
        stages: Mapping[str, Stage],
        *,
        broker: Broker,
        ledger: Ledger,
        clock: Clock,
        aside: SetAside,
        accept: Sequence[str] = (),
        who: str = "",
    ) -> None:
        """`accept`: ids of other ledgers whose messages are adopted, too, because their database is lost."""
        self._stages = stages
        self._broker = broker
        self._ledger = ledger
        self._aside = aside
        self._who = who
        self._identity = ledger.identity()
        self._ours = frozenset({self._identity.id, "", *accept})
        self._why = message("adopted after the database was restored")
        self._handover = Handover(stages, broker=broker, ledger=ledger, clock=clock, why=self._why, who=who)
        self._now = clock.now()

    def examine(self) -> Adoption:
        """What `adopt` would do. Events that it would receive count as published again, too."""
        found = Adoption(was_restored=self._identity.restored_at is not None)
        receivable: dict[str, bool] = {}
        self._aside.walk("foreign", lambda one: self._examine_one(one, found, receivable))
        found.received = sum(receivable.values())
        found.later = len(receivable) - found.received
        found.republished = found.received + sum(1 for _ in self._open_before())
        return found

    def adopt(self, stop: threading.Event) -> Adoption:
        """Do it. What is interrupted can be repeated: every step is recorded, and done once."""
        found = Adoption(was_restored=self._identity.restored_at is not None)
        open_before = list(self._open_before())
        for at_routes in (True, False):  # what a route's message makes known counts for the messages to sinks
            self._aside.walk("foreign", partial(self._adopt_one, found, at_routes))
        found.republished += self._handover.republish(open_before, stop)
        if not stop.is_set():
            with self._ledger.transaction() as transaction:
                transaction.end_restoration()
        with suppress(Transient):
            self._ledger.keep_sums()  # what was open may be old and much, and is not added up at each look
        return found

    def _open_before(self) -> Iterator[OpenItem]:
        """What has been open since before the restoration; all that is open when held messages are all there is."""
        until = self._identity.restored_at
        if until is None:
            return
        for item in self._ledger.open_items(timed=True):
            if item.since is not None and item.since < until:
                yield item

    def _examine_one(self, one: AsideMessage, found: Adoption, receivable: dict[str, bool]) -> bool:
        bundle = _parse(one)
        if bundle is None or not self._is_ours(one, found):
            return False
        known = self._ledger.known([envelope.id for envelope in bundle.envelopes])
        for envelope in bundle.envelopes:
            if envelope.id not in known:
                can = self._can_receive(bundle.queue, envelope)
                receivable[envelope.id] = receivable.get(envelope.id, False) or can
        return False

    def _adopt_one(self, found: Adoption, at_routes: bool, one: AsideMessage) -> bool:
        """Adopt the events of one message. True when it may be removed: the ledger has all of them."""
        bundle = _parse(one)
        if bundle is None or bundle.queue.startswith("route.") is not at_routes or not self._is_ours(one, found):
            return False
        known = self._ledger.known([envelope.id for envelope in bundle.envelopes])
        unknown = [envelope for envelope in bundle.envelopes if envelope.id not in known]
        receivable = [envelope for envelope in unknown if self._can_receive(bundle.queue, envelope)]
        count = self._receive(bundle.queue, receivable) if receivable else 0
        found.received += count
        found.republished += count
        if len(receivable) < len(unknown):
            found.later += len(unknown) - len(receivable)
            return False
        left = replace(bundle, envelopes=tuple(e for e in bundle.envelopes if e.id in known)) if known else None
        if left is not None and self._identity.restored_at is None:
            found.republished += self._hand_back(left)
        return True

    def _can_receive(self, stage: str, envelope: Envelope) -> bool:
        """Whether the message has the event as it was received, which its id proves.

        A version that returned to an earlier content has an id that the ledger alone can prove.
        """
        if stage not in self._stages or not stage.startswith("route.") or is_return(envelope.id):
            return False
        content = digest(envelope.data_json())
        return derive_id(envelope.source, envelope.subject, content) == envelope.id

    def _receive(self, stage: str, envelopes: Sequence[Envelope]) -> int:
        """Receive events, and publish them, in one transaction."""
        by_source: dict[str, list[Envelope]] = {}
        for envelope in envelopes:
            by_source.setdefault(envelope.source, []).append(envelope)
        count = 0
        with self._ledger.transaction() as transaction:
            for source, of_source in by_source.items():
                fresh = transaction.adopt(of_source, source=source, to=(stage,), who=self._who)
                count += len(fresh)
                if fresh and self._broker.durable:
                    self._broker.publish([Bundle(stage, tuple(fresh))])
        return count

    def _hand_back(self, bundle: Bundle) -> int:
        """Publish again those events of a message that are open at its stage; another bus had held it.

        What a route passed on in a time that the ledger lost is open at the route now, or has ended there.
        """
        waiting = self._ledger.open_among(bundle.queue, [envelope.id for envelope in bundle.envelopes])
        waiting -= self._ledger.overtaken(bundle.queue, bundle.envelopes, bundle.turn)
        left = tuple(envelope for envelope in bundle.envelopes if envelope.id in waiting)
        if not left or bundle.queue not in self._stages:
            return 0
        if self._broker.durable:
            self._broker.publish([replace(bundle, envelopes=left)])
        return len(left)

    def _is_ours(self, one: AsideMessage, found: Adoption) -> bool:
        ledger = parse_headers(one.headers).origin.ledger
        if ledger not in self._ours:
            found.foreign[ledger] += 1
            return False
        found.messages += 1
        return True


def _parse(one: AsideMessage) -> Bundle | None:
    """The bundle of a held message, at its stage; None when it is none, which only an operator's own hand can cause."""
    try:
        return Bundle.from_wire(one.queue.removesuffix(".quarantine"), one.body, one.headers)
    except Rejected:
        return None
