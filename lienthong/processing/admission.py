"""Which events of a delivery a worker may attempt: those of this ledger that no other attempt has overtaken.

A message of another ledger, or of an earlier incarnation of this one, is set aside and never attempted. An old message
and a redelivery are compared with the ledger first: a copy of their events may have been published meanwhile.
"""

import threading
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import structlog

from lienthong.data.message_headers import Origin
from lienthong.envelope import Bundle
from lienthong.errors import Transient, UnreadableData
from lienthong.messages import Message, message
from lienthong.ports import Broker, Delivery, Ledger
from lienthong.processing.outage_log import OutageLog

OLD_AFTER_SECONDS = 120.0
"""The age from which a message is compared with the ledger before it is attempted. Younger ones are too many for that,
and nothing publishes their events again so soon."""

RETRY_DELAY = timedelta(seconds=2)
"""How long to wait before trying again when the broker or the ledger does not answer."""

log = structlog.get_logger(__name__)


class Admission:
    """Admits deliveries of one stage."""

    def __init__(self, stage: str, *, broker: Broker, ledger: Ledger) -> None:
        self._stage = stage
        self._broker = broker
        self._ledger = ledger
        self._outage = OutageLog("ledger or broker", stage=stage)

    def admit(self, delivery: Delivery, stop: threading.Event) -> Sequence[Bundle] | None:
        """The bundle to attempt, or nothing when the delivery can be acked as it is.

        None when `stop` was set while the ledger or the broker did not answer.
        """
        while True:
            try:
                admitted = self._admit(delivery)
            except Transient as down:
                self._outage.note_failure(down.why)
                if stop.wait(RETRY_DELAY.total_seconds()):
                    return None
            else:
                self._outage.note_success()
                return admitted

    def _admit(self, delivery: Delivery) -> Sequence[Bundle]:
        bundle = delivery.bundle
        if self._broker.origin.ledger and (why := self._why_not_ours(bundle)):
            self._hold(bundle, why)
            return ()
        if not delivery.redelivered and not _is_old(bundle):
            return (bundle,)
        overtaken = self._ledger.overtaken(self._stage, bundle.envelopes, bundle.turn)
        if not overtaken:
            return (bundle,)
        log.info("events are recorded already", stage=self._stage, events=len(overtaken), turn=bundle.turn)
        left = tuple(envelope for envelope in bundle.envelopes if envelope.id not in overtaken)
        return (replace(bundle, envelopes=left),) if left else ()

    def _hold(self, bundle: Bundle, why: str) -> None:
        """Set the bundle aside; events whose data cannot be read by themselves, as what they are."""
        sound = []
        for envelope in bundle.envelopes:
            try:
                envelope.data_dict()
            except UnreadableData as error:
                self._broker.set_aside(replace(bundle, envelopes=(envelope,)), "unreadable", str(error))
            else:
                sound.append(envelope)
        if sound:
            self._broker.set_aside(replace(bundle, envelopes=tuple(sound)), "foreign", why)
        log.error("a message is held", stage=self._stage, events=len(bundle.envelopes), why=why)

    def _why_not_ours(self, bundle: Bundle) -> Message | str:
        """Why the bundle must be held; "" when it is ours."""
        origin = bundle.origin
        if origin.ledger and origin != self._broker.origin:
            return self._why_of_another(origin)
        if origin.ledger and not _is_old(bundle):
            return ""
        # A message of the version before has no origin. An old one may precede a restoration that nothing showed.
        ids = {envelope.id for envelope in bundle.envelopes}
        unknown = len(ids - self._ledger.known(list(ids)))
        return message("this ledger never received {count} of its events", count=unknown) if unknown else ""

    def _why_of_another(self, origin: Origin) -> Message | str:
        """Another process may have begun a new incarnation, so the ledger is asked before the message is held."""
        identity = self._ledger.identity()
        current = Origin(identity.id, identity.incarnation)
        self._broker.origin = current
        if origin == current:
            return ""
        if origin.ledger == current.ledger:
            return message("it was sent before the database was restored")
        return message("it is of the ledger {ledger}", ledger=origin.ledger)


def _is_old(bundle: Bundle) -> bool:
    return bundle.sent > 0 and time.time() - bundle.sent > OLD_AFTER_SECONDS
