"""Owners of subscriptions are informed of an outage: by e-mail, once for each, and soon.

The bus informs them by another way than the one that fails. What cannot be informed stands in the log and is found by
the doctor.
"""

import hashlib
from collections.abc import Callable, Sequence
from typing import Protocol

import structlog

from lienthong.errors import Rejected, Transient
from lienthong.messages import in_ledger_language, message
from lienthong.ports import Clock, Ledger
from lienthong.subscriptions.model import Subscription
from lienthong.subscriptions.outage_letter import Held, write_letter
from lienthong.subscriptions.outages import Informed, Outage, OutageNotes, outage_of
from lienthong.subscriptions.ports import Subscriptions

LEASE = "subscription-notices"

log = structlog.get_logger(__name__)


class SendMail(Protocol):
    """See `SendsMail.send_mail`."""

    def __call__(self, recipient: str, subject: str, text: str, *, key: str) -> None: ...


class OutageNotices:
    """Looks at all subscriptions, in one process at a time.

    - `send`: None where the project has no sink that sends e-mail.
    - `held_for`: what waits for a subscription.
    - A letter is noted after it was sent: a process that ends between the two sends it again.
    """

    def __init__(
        self,
        subscriptions: Subscriptions,
        notes: OutageNotes,
        ledger: Ledger,
        clock: Clock,
        *,
        send: SendMail | None,
        held_for: Callable[[Subscription], Held],
    ) -> None:
        self._subscriptions = subscriptions
        self._notes = notes
        self._ledger = ledger
        self._clock = clock
        self._send = send
        self._held_for = held_for

    def run(self) -> int:
        """Look once. Returns how many owners were informed. Raises `Transient` without the database."""
        if not self._unknown():
            return 0
        with self._ledger.lease(LEASE) as ours:
            return sum(self._inform(one, outage) for one, outage in self._unknown()) if ours else 0

    def _unknown(self) -> Sequence[tuple[Subscription, Outage]]:
        found = [(one, outage) for one in self._subscriptions.list() if (outage := outage_of(one)) is not None]
        known = {one.outage for one in self._notes.list()} if found else set()
        return [(one, outage) for one, outage in found if outage not in known]

    def _inform(self, subscription: Subscription, outage: Outage) -> bool:
        why = self._try(subscription, outage)
        if why is None:
            return False
        if why:
            log.error(
                "an owner is not informed of an outage", subscription=subscription.name, kind=outage.kind, why=why
            )
        with self._ledger.transaction() as transaction:
            self._notes.note(Informed(outage, self._clock.now(), in_ledger_language(why)), transaction)
        return not why

    def _try(self, subscription: Subscription, outage: Outage) -> str | None:
        """An empty text when the letter was sent, why it never will be, or None when it is tried again."""
        if "@" not in subscription.owner:
            return message("the subscription has no e-mail address of an owner (`--owner`)")
        if self._send is None:
            return message("no sink of this project sends e-mail")
        letter = write_letter(subscription, outage, self._held_for(subscription))
        try:
            self._send(subscription.owner, letter.subject, letter.text, key=_key(outage))
        except Transient as down:
            log.warning("an owner cannot be informed yet", subscription=subscription.name, why=down.why)
            return None
        except Rejected as refused:
            return refused.why
        return ""


def _key(outage: Outage) -> str:
    text = f"{outage.subscription} {outage.kind} {outage.since.isoformat()}"
    return "outage-" + hashlib.sha256(text.encode()).hexdigest()[:32]
