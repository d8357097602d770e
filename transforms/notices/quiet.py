"""Quiet hours: the part of each local day (Asia/Ho_Chi_Minh) in which a channel sends nothing."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from lienthong import LOCAL_ZONE

PATTERN = r"([01][0-9]|2[0-3]):[0-5][0-9]-([01][0-9]|2[0-3]):[0-5][0-9]"

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Quiet:
    """From `begins` on nothing is sent, until `ends`, which may be on the next day. They differ."""

    begins: time
    ends: time

    def opens(self, moment: datetime) -> datetime:
        """The first moment from `moment` on at which may be sent (UTC)."""
        local = moment.astimezone(LOCAL_ZONE)
        if not self._is_quiet(local.time()):
            return moment.astimezone(UTC)
        day = local.date() if local.time() < self.ends else local.date() + _DAY
        return _at(day, self.ends)

    def closes(self, moment: datetime) -> datetime:
        """The first moment after `moment`, at which may be sent, from which nothing is sent any more (UTC)."""
        local = moment.astimezone(LOCAL_ZONE)
        return _at(local.date() if local.time() < self.begins else local.date() + _DAY, self.begins)

    def _is_quiet(self, at: time) -> bool:
        if self.begins < self.ends:
            return self.begins <= at < self.ends
        return at >= self.begins or at < self.ends


def read_quiet(text: str) -> Quiet:
    """The quiet hours of a text such as `21:00-07:00`. Raises ValueError for another text."""
    if not re.fullmatch(PATTERN, text):
        raise ValueError(text)
    begins, ends = (time.fromisoformat(part) for part in text.split("-"))
    if begins == ends:
        raise ValueError(text)
    return Quiet(begins, ends)


def next_day(moment: datetime, quiet: Quiet | None) -> datetime:
    """The first moment of the next local day at which may be sent (UTC)."""
    begin = _at(moment.astimezone(LOCAL_ZONE).date() + _DAY, time())
    return quiet.opens(begin) if quiet else begin


def local_day(moment: datetime) -> str:
    """The local day of an instant, as ISO 8601 writes it."""
    return moment.astimezone(LOCAL_ZONE).date().isoformat()


def _at(day: date, at: time) -> datetime:
    return datetime.combine(day, at, LOCAL_ZONE).astimezone(UTC)
