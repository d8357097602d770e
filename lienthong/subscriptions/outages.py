"""Which outage of a subscription its owner is informed of: one message for each, however many events it holds up."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from lienthong.ports import Transaction
from lienthong.subscriptions.model import Subscription

Kind = Literal["failing", "paused", "ended"]
"""`failing`: deliveries fail. `paused`: the last attempt has failed, too. `ended`: the receiver wants nothing more."""

FAILURES = 2
"""Attempts in a row after which an outage is one: the second comes five seconds after the first."""


@dataclass(frozen=True, slots=True)
class Outage:
    """`since` (UTC) tells one outage of a subscription from the next one."""

    subscription: str
    kind: Kind
    since: datetime


@dataclass(frozen=True, slots=True)
class Informed:
    """That the owner was informed of an outage at `at` (UTC); `why` not, else "": no address, or one that refuses."""

    outage: Outage
    at: datetime
    why: str = ""


class OutageNotes(Protocol):
    """Which owners were informed of which outages. Every method raises `Transient` without the database."""

    def list(self) -> Sequence[Informed]:
        """All of them, the oldest first."""

    def note(self, informed: Informed, transaction: Transaction) -> None:
        """Keep it. One that is known is replaced."""


def outage_of(subscription: Subscription) -> Outage | None:
    """The outage that a subscription is in now. None for one that a person has paused."""
    trouble = subscription.trouble
    name, since = subscription.name, trouble.since or subscription.delivered_at or subscription.created_at
    if subscription.state == "failing" and trouble.failures >= FAILURES:
        return Outage(name, "failing", since)
    if subscription.state == "paused" and trouble.failures >= FAILURES and trouble.again_at is None:
        return Outage(name, "paused", since)
    return Outage(name, "ended", since) if subscription.state == "ended" else None
