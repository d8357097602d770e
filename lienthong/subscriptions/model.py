"""The nouns of subscriptions: what one is, how far it has come, and what became of its events."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal, NamedTuple

from lienthong.errors import LienthongError, WrongUse
from lienthong.messages import message

ChannelKind = Literal["pull", "queue", "webhook"]

State = Literal["active", "failing", "paused", "ended"]
"""`failing`: deliveries fail, and are tried again. `paused`: nothing is delivered, by an act or after the last try; its
events are held. `ended`: the subscriber wants nothing any more."""

FieldRule = Literal["all", "only", "without"]

MANAGES = "subscriptions"
"""The scope of a client that manages subscriptions of its own, and pulls."""

SEES_PERSONAL_DATA = "personal-data"
"""The scope of a client whose subscriptions are sent personal data in clear. Each batch is recorded as a look."""

MAX_NAME = 60
_NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,58}[a-z0-9])?")


_PLACE = re.compile(r"(0|[1-9][0-9]{0,17})[.](0|[1-9][0-9]{0,8})")


class NoSuchSubscription(LienthongError):  # noqa: N818 - the name states what is wrong
    """A subscription is not there, is there already, or cannot do this now. The text is for who manages it."""


class NotThere(NoSuchSubscription):
    """There is no subscription of this name, or it is another client's."""


class Place(NamedTuple):
    """A place in the order of what was announced: `position` (from 0) of announcement `number` is the next to read.

    Whatever is before it is settled: delivered, filtered out, dead or dropped.
    """

    number: int = 0
    position: int = 0

    def __str__(self) -> str:
        return f"{self.number}.{self.position}"


BEGIN = Place()


def parse_place(text: str) -> Place:
    """The place that `str` has written. Raises ValueError."""
    found = _PLACE.fullmatch(text)
    if found is None:
        raise ValueError("not a cursor")
    return Place(int(found[1]), int(found[2]))


@dataclass(frozen=True, slots=True)
class Counts:
    """Of the events of its types that were announced since its start, in numbers of events.

    - `dead`: refused for good by the subscriber. `dropped`: removed by age before it had them.
    - `removed`: those whose announcements are removed, whatever became of them.
    - `replayed`: delivered once more by replays; they count nowhere else.
    """

    delivered: int = 0
    filtered: int = 0
    dead: int = 0
    dropped: int = 0
    removed: int = 0
    replayed: int = 0


@dataclass(frozen=True, slots=True)
class Trouble:
    """How deliveries fail: attempts in a row, since when, when the next one is, and the last reason in words."""

    failures: int = 0
    since: datetime | None = None
    again_at: datetime | None = None
    why: str = ""


NO_COUNTS, NO_TROUBLE = Counts(), Trouble()


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """Who receives which announced events. Instants are UTC.

    - `client`: the one of `access` that it belongs to; "" for one that operators made.
    - `types`: event types, at least one. `condition`: CEL over the event, "" for all.
    - `fields`: top-level keys of `data`, by `field_rule`.
    - `url`: of a webhook, else "". `batch`: events of one delivery at most.
    - `keep`: how long its events are held at most; older ones are dropped and counted.
    - `start`: where it began. `place`: how far it has come.
    - `secret`, `previous_secret`: what a webhook is signed with. They are kept as they are, in the database alone.
    - `settings`: of its channel, such as `allow_private` or the limits of a queue.
    """

    name: str
    owner: str
    client: str
    types: tuple[str, ...]
    channel: ChannelKind
    created_at: datetime
    keep: timedelta
    condition: str = ""
    field_rule: FieldRule = "all"
    fields: tuple[str, ...] = ()
    url: str = ""
    batch: int = 100
    state: State = "active"
    start: Place = BEGIN
    place: Place = BEGIN
    counts: Counts = NO_COUNTS
    trouble: Trouble = NO_TROUBLE
    delivered_at: datetime | None = None
    secret: str = field(default="", repr=False)
    previous_secret: str = field(default="", repr=False)
    previous_until: datetime | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_pushed(self) -> bool:
        """Whether the bus delivers by itself: not paused, not ended, not pulled."""
        return self.channel != "pull" and self.state in ("active", "failing")


def check_subscription_name(name: str) -> str:
    """The name, which is part of a queue's name. Raises `WrongUse`."""
    if not _NAME.fullmatch(name):
        raise WrongUse(
            message(
                "The name {name} is not one of a subscription: write at most {count} of a-z, 0-9 and -, not beginning "
                "or ending with -.",
                name=repr(name),
                count=MAX_NAME,
            )
        )
    return name
