"""Acts on who may do what, and looks at personal data: each is an event of the ledger, with who did it and why.

The event has a source of its own, `access.clients`, `access.persons`, `access.sessions` or `access.looks`, and ends at
the stage of the same name, in the transaction that changes the tables. No source of a project has a dot in its name.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lienthong.intake.record_envelope import make_envelope
from lienthong.ledger.records import Entry
from lienthong.masking import mask_text
from lienthong.messages import Message, in_ledger_language, message
from lienthong.ports import LedgerTransaction, Record

CLIENTS, PERSONS, SESSIONS, LOOKS = "access.clients", "access.persons", "access.sessions", "access.looks"
"""The sources."""


@dataclass(frozen=True, slots=True)
class Act:
    """Who acts, as `str(Actor)` gives it, and why."""

    who: str
    reason: str = ""


def record_access_act(
    transaction: LedgerTransaction,
    source: str,
    subject: str,
    kind: str,
    facts: Mapping[str, Any],
    *,
    what: Message,
    act: Act,
    now: datetime,
) -> None:
    """Record an act as an event that is received and done. Its moment is in its content: the same twice is two acts."""
    given = mask_text(act.reason.strip())
    reason = message("{what}: {reason}", what=what, reason=given) if given else what
    body = {**facts, "act": kind, "at": now.isoformat(), "who": act.who, "reason": given}
    envelope = make_envelope(source, Record(f"lienthong.{kind}.v1", subject, body), now)
    transaction.adopt([envelope], source=source, to=(source,), who=act.who)
    entry = Entry(envelope.id, source, subject, envelope.received_at, source, turn=1, verdict="done")
    transaction.record([entry._replace(reason=in_ledger_language(reason), who=act.who)])
