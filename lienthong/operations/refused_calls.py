"""Calls of known clients that were refused: counted, and written to the ledger now and then, one event a client.

A client that calls a thousand times a second too often must not fill the ledger, so its refusals are counted between
two writes. Calls without a key that is accepted name no client; they are counted by `/metrics` alone.
"""

import threading
from collections import Counter
from collections.abc import Mapping

from lienthong.messages import message_n
from lienthong.operations.access_acts import Act
from lienthong.operations.clients import ClientStore, record_act


class RefusedCalls:
    """Counts refusals of one process by client and code. Any number of threads may use it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: Counter[tuple[str, str]] = Counter()

    def note(self, client: str, code: str) -> None:
        """Count one."""
        with self._lock:
            self._counts[client, code] += 1

    def write(self, store: ClientStore) -> None:
        """Write what was counted since this was called last. Raises `Transient`; then it is kept for later."""
        with self._lock:
            counts, self._counts = self._counts, Counter()
        try:
            if counts:
                _record(store, counts)
        except BaseException:
            with self._lock:
                self._counts += counts
            raise


def _record(store: ClientStore, counts: Mapping[tuple[str, str], int]) -> None:
    now = store.clock.now()
    with store.ledger.transaction() as transaction:
        for client in sorted({client for client, _ in counts}):
            codes = {code: count for (of, code), count in sorted(counts.items()) if of == client}
            what = message_n(
                "{count} call refused: {codes}",
                "{count} calls refused: {codes}",
                count=sum(codes.values()),
                codes=", ".join(codes),
            )
            record_act(transaction, client, "calls-refused", {"codes": codes}, what=what, act=Act(client), now=now)
