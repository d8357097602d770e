"""Publishes open events again: in the next turn of their stage, with an entry that states why.

A copy of the lost message that turns up later has a turn with an entry already. It is not attempted when it is old or a
redelivery (see `Admission`), and in any case the ledger takes no second verdict of that turn.
"""

import threading
from collections.abc import Iterable, Mapping
from dataclasses import replace

from lienthong.envelope import Bundle
from lienthong.errors import EventsTooLarge
from lienthong.ledger.records import Entry, OpenItem
from lienthong.messages import in_ledger_language
from lienthong.ports import Broker, Clock, Ledger
from lienthong.processing.recovery import Recovery
from lienthong.processing.stage import Stage
from lienthong.settings import DEFAULT_BUNDLE_SIZE


class Handover(Recovery):
    """See above. `why` is a sentence for the trail, `who` the operator who decided it, or ""."""

    def __init__(
        self,
        stages: Mapping[str, Stage],
        *,
        broker: Broker,
        ledger: Ledger,
        clock: Clock,
        bundle_size: int = DEFAULT_BUNDLE_SIZE,
        why: str = "",
        who: str = "",
    ) -> None:
        super().__init__(stages, broker=broker, ledger=ledger, clock=clock, bundle_size=bundle_size)
        self._why = why
        self._who = who

    def republish(self, items: Iterable[OpenItem], stop: threading.Event) -> int:
        """Publish the items again; returns their number. Raises `Transient`; what was published before stays so."""
        return self._republish_items(items, stop)

    def _publish(self, bundle: Bundle) -> None:
        """Record the turn that is lost, and publish the next one in the same transaction."""
        try:
            with self._ledger.transaction() as transaction:
                written = {entry.event_id for entry in transaction.record(self._entries(bundle))}
                left = tuple(envelope for envelope in bundle.envelopes if envelope.id in written)
                if left:
                    transaction.note_handover(bundle.queue, len(left), self._why, self._who)
                    if self._broker.durable:
                        self._broker.publish([replace(bundle, envelopes=left, turn=bundle.turn + 1)])
        except EventsTooLarge:
            super()._publish(bundle)

    def _entries(self, bundle: Bundle) -> list[Entry]:
        reason = in_ledger_language(self._why)
        return [
            Entry(
                each.id,
                each.source,
                each.subject,
                each.received_at,
                bundle.queue,
                bundle.turn,
                "later",
                reason,
                who=self._who,
            )
            for each in bundle.envelopes
        ]
