"""What came of asking a webhook's receiver for consent. It is kept with the subscription, and shown."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from lienthong.ports import Clock
from lienthong.subscriptions.model import Subscription

State = Literal["granted", "not granted", "left out"]

SETTING = "handshake"
"""The key of a subscription's `settings` under which the last handshake is kept."""


@dataclass(frozen=True, slots=True)
class Handshake:
    """A handshake and what came of it. `at`: UTC, ISO 8601.

    `status`: of the reply, None when none came. `per_minute`: requests that were allowed, None without a limit.
    `why`: why nothing was granted, for people.
    """

    state: State
    at: str
    status: int | None = None
    per_minute: int | None = None
    why: str = ""

    @property
    def is_given(self) -> bool:
        """Whether events may be sent."""
        return self.state in ("granted", "left out")

    @property
    def is_outage(self) -> bool:
        """Whether the receiver did not answer, or could not."""
        return self.status is None or self.status >= 500

    def setting(self) -> Mapping[str, Any]:
        """As it is kept with the subscription."""
        return asdict(self)


def consent_of(subscription: Subscription) -> Handshake:
    """The last handshake that is kept with a subscription; one that granted nothing where none was made."""
    kept = subscription.settings.get(SETTING)
    return Handshake(**kept) if kept else Handshake("not granted", "")


def leave_out(clock: Clock) -> Handshake:
    """Named by an operator: the receiver is known, and does not know the handshake."""
    return Handshake("left out", clock.now().isoformat())
