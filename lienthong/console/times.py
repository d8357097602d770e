"""Moments as people say them, and exactly: Vietnam's local time."""

from datetime import datetime, timedelta

from lienthong.data.local_time import DAY, local_time
from lienthong.messages import Message, message, message_n

FAR = timedelta(days=60)
"""From this distance on the day itself tells more than the number of days."""

_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def exact(instant: datetime) -> str:
    """29/11/2026 08:59:01, local."""
    return local_time(instant)


def distance(instant: datetime, now: datetime) -> str:
    """“3 minutes ago”, “in 2 hours”; in whole units, the largest that fits. What is far is a day: 29/11/2026."""
    past = instant <= now
    span = abs(now - instant)
    if span > FAR:
        return local_time(instant, DAY)
    if span < _MINUTE:
        return message("just now") if past else message("in a moment")
    if span < _HOUR:
        return _minutes(span // _MINUTE, past=past)
    if span < 2 * _DAY:
        return _hours(span // _HOUR, past=past)
    return _days(span // _DAY, past=past)


def _minutes(count: int, *, past: bool) -> Message:
    if past:
        return message_n("{count} minute ago", "{count} minutes ago", count=count)
    return message_n("in {count} minute", "in {count} minutes", count=count)


def _hours(count: int, *, past: bool) -> Message:
    if past:
        return message_n("{count} hour ago", "{count} hours ago", count=count)
    return message_n("in {count} hour", "in {count} hours", count=count)


def _days(count: int, *, past: bool) -> Message:
    if past:
        return message_n("{count} day ago", "{count} days ago", count=count)
    return message_n("in {count} day", "in {count} days", count=count)
