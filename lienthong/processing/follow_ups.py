"""What a sink hands back about its deliveries: it becomes events of the source `sink.<name>`."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

from lienthong.envelope import Envelope
from lienthong.ledger.records import Received
from lienthong.messages import message, message_n
from lienthong.ports import LedgerTransaction

if TYPE_CHECKING:
    from lienthong.processing.effects import Effects
    from lienthong.processing.stage import Stage

SHOWN_IDS = 3
"""Ids of follow-ups that the trail of their cause names."""


class FollowUps(Protocol):
    """Receives the follow-ups of one sink. See `lienthong.intake.follow_ups`."""

    def make(self, cause: Envelope, records: Sequence[Any]) -> Sequence[Envelope]:
        """The events of the records that the sink handed back about `cause`. Their ids are derived from both."""

    def receive(self, envelopes: Sequence[Envelope], transaction: LedgerTransaction) -> Received:
        """Record them in the transaction of the sink's own entries."""

    def pass_on(self, received: Received) -> None:
        """Hand them to their routes, after the commit."""


def receive_follow_ups(stage: "Stage", effects: "Effects", transaction: LedgerTransaction) -> Received | None:
    """Record what was handed back; None when there is nothing, which is nearly always."""
    if not effects.follow_ups or stage.follow_ups is None:
        return None
    return stage.follow_ups.receive([envelope for _, envelope in effects.follow_ups], transaction)


def pass_on_follow_ups(stage: "Stage", received: Received | None) -> None:
    """Hand on what was recorded. For after the commit."""
    if received is not None and stage.follow_ups is not None:
        stage.follow_ups.pass_on(received)


def note_of(note: str, envelopes: Sequence[Envelope]) -> str:
    """The note of the cause in the trail, with the ids of what was handed back."""
    shown = [envelope.id for envelope in envelopes[:SHOWN_IDS]]
    ids = ", ".join(shown if len(envelopes) <= SHOWN_IDS else [*shown, "..."])
    handed_back = message_n(
        "handed back {count} event: {ids}", "handed back {count} events: {ids}", count=len(envelopes), ids=ids
    )
    return message("{note}; {handed_back}", note=note, handed_back=handed_back) if note else handed_back
