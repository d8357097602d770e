"""Acts of operators that are events of the ledger: who did what, when and why, in the transaction that does it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lienthong.dead_letters.actor import Actor
from lienthong.intake.record_envelope import make_envelope
from lienthong.ledger.records import Entry
from lienthong.masking import mask_text
from lienthong.messages import Message, in_ledger_language, message
from lienthong.ports import LedgerTransaction, Record


@dataclass(frozen=True, slots=True)
class Acting:
    """Who acts, and why. Numbers of persons in the reason are masked before it is recorded."""

    person: Actor
    reason: str

    @property
    def why(self) -> str:
        """The reason as it is recorded."""
        return mask_text(self.reason.strip())


@dataclass(frozen=True, slots=True)
class OperatorAct:
    """An act: source and stage of its event, its kind, what it was about, its facts, and a sentence for the trail."""

    source: str
    kind: str
    subject: str
    facts: Mapping[str, Any]
    what: Message


def record_act(act: OperatorAct, acting: Acting, transaction: LedgerTransaction, now: datetime) -> None:
    """Record an act as an event that is received and done. `lienthong trail SUBJECT` shows it."""
    who, given = str(acting.person), acting.why
    body = {**act.facts, "act": act.kind, "at": now.isoformat(), "who": who, "reason": given}
    event = make_envelope(act.source, Record(f"lienthong.{act.kind}.v1", act.subject, body), now)
    transaction.adopt([event], source=act.source, to=(act.source,), who=who)
    reason = message("{what}: {reason}", what=act.what, reason=given) if given else act.what
    entry = Entry(event.id, act.source, act.subject, event.received_at, act.source, turn=1, verdict="done")
    transaction.record([entry._replace(reason=in_ledger_language(reason), who=who)])
