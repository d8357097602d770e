"""Looking back in tiers, for systems that cannot list what changed: each date is looked at again at certain ages.

A tier `{back: 4h, every: 30m}` reads, every 30 minutes, the dates that have become 4 hours old since it read last. A
record costs one reading a tier, however often the system is polled. The promise: a change that happens up to `back`
after a date is found `back` + `every` after that date, at the latest. A tier with `up_to` reads all ages from `back`
down to `up_to` each time: it finds a change within `every`, and costs as many readings as `every` fits into these ages.

The cursor is `{"through": instant, "tiers": {"4h": instant}}`: what each tier read, and by `through` what every poll
reads: all that is dated since the poll before. `{"through": instant}` alone means that all tiers have read until then.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Annotated

from pydantic import Field, model_validator

from connectors.protocols.windows import Window
from lienthong import LOCAL_ZONE, Cursor, parse_utc
from lienthong.connectors.protocols.shapes import Duration, Shape

_DAY = timedelta(days=1)
_AT_ONCE = timedelta(0)
_AT_NIGHT = "02:00"


class Tier(Shape):
    """One tier: how far `back`, and its rhythm: `every`, or `at` a local time ("02:00") once a day."""

    back: Duration
    every: Duration = _AT_ONCE
    at: Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")] | None = None
    up_to: Duration | None = None

    @model_validator(mode="after")
    def _reads_something(self) -> "Tier":
        if self.up_to is not None and self.up_to > self.back:
            raise ValueError("up_to is longer than back")
        return self

    @property
    def name(self) -> str:
        """The tier in the cursor."""
        return f"{self.back.total_seconds():.0f}s"

    @property
    def youngest(self) -> timedelta:
        """The least age that it reads."""
        return self.back if self.up_to is None else self.up_to

    def is_due(self, read: datetime, now: datetime) -> bool:
        """Whether it is to be read at `now`, when it was read at `read`."""
        if self.at is None:
            return now - read >= self.every
        local = read.astimezone(LOCAL_ZONE)
        due = datetime.combine(local.date(), time.fromisoformat(self.at), LOCAL_ZONE)
        return now >= (due if due > local else due + _DAY)

    def window(self, read: datetime, now: datetime) -> Window:
        """What is to be read at `now`. It may be empty."""
        return Window(min(read, now) - self.back, now - self.youngest)

    def ahead(self, read: datetime, now: datetime, ahead: timedelta) -> Window:
        """What is to be read at `now` of dates that are to come, looked at `ahead` before they do."""
        return Window(min(read + ahead, now + self.youngest), now + ahead)


@dataclass(frozen=True, slots=True)
class Plan:
    """What a poll reads: everything from `start` on, or with `tiers` what these tiers have to read.

    `tiers`: each due tier with the moment until which it was read. `since`: the moment of the poll before.
    """

    start: datetime
    since: datetime
    tiers: Sequence[tuple[Tier, datetime]] | None


class LookBack:
    """The tiers of a source; the longest looks back `overlap`.

    `thorough`: each poll reads as far back as that one. So it does without tiers, too.
    """

    def __init__(self, tiers: Sequence[Tier], *, overlap: timedelta, since: datetime | None, thorough: bool) -> None:
        shorter = sorted((tier for tier in tiers if tier.back <= overlap), key=lambda tier: tier.back)
        if not shorter or shorter[-1].back < overlap:
            shorter.append(Tier(back=overlap, at=_AT_NIGHT))
        self._tiers = shorter
        self._since = since
        self._thorough = thorough or not tiers
        self.longest = shorter[-1]
        self.first_of_days = next((tier for tier in shorter if tier.back >= _DAY), self.longest)

    def plan(self, cursor: Cursor, now: datetime) -> Plan:
        """What to read at `now`. After a stop of more than a day it is everything, once, and so it is at first."""
        if not (through := cursor.get("through")):
            return Plan(self._first(now), now, None)
        since = min(parse_utc(through), now)
        read = {tier: min(moment, now) for tier, moment in self._read(cursor, since).items()}
        if self._thorough or now - since > _DAY:
            return Plan(min([since, *(moment - tier.back for tier, moment in read.items())]), since, None)
        due = [(tier, moment) for tier, moment in read.items() if tier.is_due(moment, now)]
        return Plan(since, since, due)

    def end(self, cursor: Cursor, plan: Plan, now: datetime) -> Cursor:
        """The cursor after a complete poll at `now`."""
        instant = now.astimezone(UTC).isoformat()
        if plan.tiers is None:
            return {"through": instant}
        kept: Mapping[Tier, datetime] = self._read(cursor, plan.since)
        due = {tier for tier, _ in plan.tiers}
        tiers = {tier.name: instant if tier in due else min(moment, now).isoformat() for tier, moment in kept.items()}
        return {"through": instant, "tiers": tiers}

    def _read(self, cursor: Cursor, since: datetime) -> dict[Tier, datetime]:
        """Until when each tier was read. A tier that the cursor does not know was read as far as any other."""
        given = cursor.get("tiers")
        known = {name: parse_utc(moment) for name, moment in given.items()} if isinstance(given, Mapping) else {}
        oldest = min(known.values(), default=since)
        return {tier: known.get(tier.name, oldest) for tier in self._tiers}

    def _first(self, now: datetime) -> datetime:
        if self._since is None:
            return now - self.longest.back
        local = self._since if self._since.tzinfo else self._since.replace(tzinfo=LOCAL_ZONE)
        return min(local, now)


def merge(windows: Iterable[Window]) -> list[Window]:
    """The same time as windows that neither overlap nor adjoin, oldest first."""
    merged: list[Window] = []
    for window in sorted((window for window in windows if window.start < window.end), key=lambda window: window.start):
        if merged and window.start <= merged[-1].end:
            merged[-1] = Window(merged[-1].start, max(merged[-1].end, window.end))
        else:
            merged.append(window)
    return merged
