"""Acts on those who may call or log in, as events of the ledger: received and done in the transaction of the act."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lienthong.intake.record_envelope import make_envelope
from lienthong.ledger.records import Entry
from lienthong.masking import mask_text
from lienthong.messages import Message, in_ledger_language, message
from lienthong.ports import LedgerTransaction, Record

CLIENTS = "access.clients"
"""The source and the stage of the acts on clients. No source of a project has a dot in its name."""


@dataclass(frozen=True, slots=True)
class Act:
    """Who acts, as `str(Actor)` gives it, and why."""

    who: str
    reason: str = ""


def record_act(
    transaction: LedgerTransaction,
    subject: str,
    kind: str,
    facts: Mapping[str, Any],
    *,
    what: Message,
    act: Act,
    now: datetime,
    source: str = CLIENTS,
) -> None:
    """Record an act as an event that is received and done. Its moment is in its content: the same twice is two acts.

    `source` is the name of the stage as well; `subject` is the client or person that the act concerns.
    """
    given = mask_text(act.reason.strip())
    reason = message("{what}: {reason}", what=what, reason=given) if given else what
    body = {**facts, "act": kind, "at": now.isoformat(), "who": act.who, "reason": given}
    envelope = make_envelope(source, Record(f"lienthong.{kind}.v1", subject, body), now)
    transaction.adopt([envelope], source=source, to=(source,), who=act.who)
    entry = Entry(envelope.id, source, subject, envelope.received_at, source, turn=1, verdict="done")
    transaction.record([entry._replace(reason=in_ledger_language(reason), who=act.who)])
