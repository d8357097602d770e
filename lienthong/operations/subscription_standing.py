"""How subscriptions stand: what was announced for each, and where all of it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from lienthong.operations.subscriptions import facts
from lienthong.subscriptions.model import Subscription
from lienthong.subscriptions.ports import Announcements, Backlog, Subscriptions

SETTLING = timedelta(seconds=5)
"""How long a look waits for transactions that are open when it begins."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A subscription, what waits for it, and what was announced since its start, in events of its types."""

    subscription: Subscription
    waiting: Backlog
    announced: int

    @property
    def difference(self) -> int:
        """Events that are not accounted for. Anything but 0 is an alarm."""
        counts = self.subscription.counts
        return self.announced - counts.delivered - counts.filtered - counts.dead - counts.dropped - self.waiting.events

    def lag(self, now: datetime) -> timedelta:
        """How long the oldest event that waits was announced ago."""
        return max(now - self.waiting.oldest, timedelta()) if self.waiting.oldest else timedelta()


def look_at_subscriptions(subscriptions: Subscriptions, announcements: Announcements) -> Sequence[Standing]:
    """Every subscription by name."""
    upto = announcements.settled(SETTLING)
    return [stand(one, announcements, upto) for one in subscriptions.list()]


def stand(one: Subscription, announcements: Announcements, upto: int) -> Standing:
    """How one stands, of what was announced up to a number."""
    since_start = announcements.backlog(one.start, one.types, upto=upto).events
    waiting = announcements.backlog(one.place, one.types, upto=upto)
    return Standing(one, waiting, one.counts.removed + since_start)


def standing_json(standing: Standing, now: datetime) -> dict[str, Any]:
    """Instants are UTC in ISO 8601; figures are events."""
    one, counts = standing.subscription, standing.subscription.counts
    return {
        **facts(one),
        "state": one.state,
        "created": one.created_at.isoformat(),
        "cursor": str(one.place),
        "announced": standing.announced,
        "delivered": counts.delivered,
        "filtered": counts.filtered,
        "waiting": standing.waiting.events,
        "dead": counts.dead,
        "dropped": counts.dropped,
        "difference": standing.difference,
        "replayed": counts.replayed,
        "oldest_waiting": _iso(standing.waiting.oldest),
        "lag_seconds": round(standing.lag(now).total_seconds(), 3),
        "last_delivery": _iso(one.delivered_at),
        "failing_since": _iso(one.trouble.since),
        "failures": one.trouble.failures,
        "next_attempt": _iso(one.trouble.again_at),
        "why": one.trouble.why,
    }


def _iso(instant: datetime | None) -> str | None:
    return instant.isoformat() if instant else None
