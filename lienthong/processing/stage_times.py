"""How long a stage takes: sums that its worker adds to once for each bundle, never for each event."""

import time
from collections.abc import Mapping, Sequence
from operator import attrgetter

from lienthong.envelope import Bundle, Envelope
from lienthong.ledger.records import Entry
from lienthong.ports.status import NOTHING_SPENT, Spent, TimeKey

_RECEIVED_AT = attrgetter("received_at")


class StageTimes:
    """Written by the worker's thread, read by the one that reports: each value is replaced as a whole."""

    def __init__(self, stage: str) -> None:
        self._stage = stage
        self._is_sink = stage.startswith("sink.")
        self._sums: dict[TimeKey, Spent] = {}

    def note(self, bundle: Bundle, written: Sequence[Entry], began: float) -> None:
        """Add one bundle that was just recorded. `began` is when its attempt began, in seconds since 1970.

        - A bundle that waited on purpose, for another try, has no wait here. Brokers state whole seconds.
        - The critical time of a bundle is that of its event which was received first, once a sink has it.
        """
        ended = now()
        self._add(TimeKey("duration", self._stage), ended - began)
        if bundle.sent and bundle.turn == 1:
            self._add(TimeKey("wait", self._stage), began - bundle.sent)
        if self._is_sink and written and written[0].verdict == "done":
            first: Envelope = min(bundle.envelopes, key=_RECEIVED_AT)
            self._add(TimeKey("critical", self._stage, first.source), ended - first.received_at.timestamp())

    def sums(self) -> Mapping[TimeKey, Spent]:
        """The sums since the start of the process."""
        return dict(self._sums)

    def _add(self, key: TimeKey, seconds: float) -> None:
        count, total = self._sums.get(key, NOTHING_SPENT)
        self._sums[key] = Spent(count + 1, total + max(seconds, 0.0))


def now() -> float:
    """Seconds since 1970: moments of several processes are compared."""
    return time.time()
