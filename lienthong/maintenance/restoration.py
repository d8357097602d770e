"""Notices that the database was restored to an older state, by a witness that the broker keeps.

The witness states how far the hash chains of the ledger had come. A ledger that does not have those blocks is an older
state of itself; then a new incarnation begins, and messages of the one before are held.
"""

import threading
from collections.abc import Mapping

import structlog

from lienthong.data.message_headers import Origin
from lienthong.errors import LienthongError, Transient
from lienthong.ledger.identity import LedgerIdentity, Position, Witness, incarnation_number
from lienthong.messages import message
from lienthong.ports import Broker, Ledger

WAIT_SECONDS, MOST_WAITS = 0.1, 300
"""How a process waits for another one that looks at the witness at the same moment."""

log = structlog.get_logger(__name__)


class NotAdopted(LienthongError):  # noqa: N818 - the name states what is wrong
    """A restored ledger waits for an operator; the message states what to do."""

    def __init__(self) -> None:
        super().__init__(
            message(
                "the database was restored to an older state, and unfinished work waits for an operator: run "
                "`lienthong adopt`, which shows first what it would do"
            )
        )


class RestorationWatch:
    """Enters the current incarnation at start, and keeps the witness afterwards. `broker.origin` is set here."""

    def __init__(self, broker: Broker, ledger: Ledger) -> None:
        self._broker = broker
        self._ledger = ledger
        self._kept: Mapping[str, Position] | None = None

    def enter(self) -> LedgerIdentity:
        """Call it before anything is consumed or published. Raises `Transient`."""
        pause = threading.Event()
        for _ in range(MOST_WAITS):
            with self._ledger.lease("restoration") as ours:
                if ours:
                    identity = self._look()
                    self._broker.origin = Origin(identity.id, identity.incarnation)
                    return identity
            pause.wait(WAIT_SECONDS)
        raise Transient(message("another process has been looking for a restored database for too long"))

    def require_adopted(self) -> None:
        """Raise `NotAdopted` while a restored ledger waits for an operator."""
        if self._ledger.identity().restored_at is not None:
            raise NotAdopted

    def keep(self) -> None:
        """Write the witness when the ledger has come further. Call it every few seconds, and at the end.

        A database that was restored while this process runs is noticed here, too; so is an incarnation that another
        process began, also when the ledger has the same blocks as before. Raises `Transient`.
        """
        positions = self._ledger.positions()
        if self._kept is not None and positions != self._kept and not self._ledger.has_positions(self._kept):
            log.error("the database was restored while this process runs")
            self._kept = None
            self.enter()
            return
        identity = self._ledger.identity()
        origin = Origin(identity.id, identity.incarnation)
        if positions == self._kept and origin == self._broker.origin:
            return
        self._broker.origin = origin
        self._write(identity, positions)

    def _look(self) -> LedgerIdentity:
        identity = self._ledger.identity()
        witness = self._read(identity)
        if witness is not None and self._shows_restoration(witness, identity):
            identity = self._ledger.begin_incarnation(after=witness.incarnation)
            log.error("the database was restored; earlier messages are held", incarnation=identity.incarnation)
        if self._broker.durable:
            self._write(identity, self._ledger.positions())
        return identity

    def _shows_restoration(self, witness: Witness, identity: LedgerIdentity) -> bool:
        seen, current = incarnation_number(witness.incarnation), incarnation_number(identity.incarnation)
        if seen != current:
            return seen > current  # a smaller number: the restoration was noticed, and the witness is from before
        return witness.incarnation != identity.incarnation or not self._ledger.has_positions(witness.positions)

    def _read(self, identity: LedgerIdentity) -> Witness | None:
        text = self._broker.read_witness(identity.id)
        if text is None:
            return None
        try:
            return Witness.from_json(text)
        except ValueError:
            log.error("the witness of the ledger cannot be read; a new one is written")
            return None

    def _write(self, identity: LedgerIdentity, positions: Mapping[str, Position]) -> None:
        self._broker.keep_witness(identity.id, Witness(identity.incarnation, positions).to_json())
        self._kept = positions
