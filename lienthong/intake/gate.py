"""What a source waits for before it is polled: others, until each was read once to its end and that is handled."""

from collections.abc import Sequence

import structlog

from lienthong.ports import Ledger

FEW_EVENTS = 200
"""Up to this number of open events it is looked whether they all wait for another attempt."""

log = structlog.get_logger(__name__)


class Gate:
    """Holds a source back until the sources `after` are handled. Open once, it stays open in all processes."""

    def __init__(self, source: str, after: Sequence[str], ledger: Ledger) -> None:
        self._source = source
        self._awaited = tuple(after)
        self._ledger = ledger
        self._is_logged = False

    def awaited(self) -> Sequence[str]:
        """The sources that are still awaited. Raises `Transient` when the ledger does not answer."""
        if self._awaited:
            self._awaited = tuple(name for name in self._awaited if not self._is_handled(name))
            self._tell()
        return self._awaited

    def _tell(self) -> None:
        """Log the wait when it begins and when it ends."""
        if self._awaited and not self._is_logged:
            self._is_logged = True
            log.info("source waits for others to be read once to their end", source=self._source, after=self._awaited)
        elif not self._awaited and self._is_logged:
            log.info("source waits no more", source=self._source)

    def _is_handled(self, name: str) -> bool:
        reading = self._ledger.reading(name)
        if reading == "read" and not self._is_busy(name):
            reading = "handled"
            with self._ledger.transaction() as transaction:
                transaction.mark_reading(name, reading)
        return reading == "handled"

    def _is_busy(self, name: str) -> bool:
        """Whether an event of a source has not been tried yet. One that waits for another attempt holds nothing up."""
        in_flight = self._ledger.in_flight(name)
        if not 0 < in_flight <= FEW_EVENTS:
            return in_flight > 0
        return any(item.next_turn == 1 for item in self._ledger.open_items(source=name))
