"""Instants as operators write them: `2h` (two hours ago), `2023-11-15`, `15/11/2023`, `2023-11-15 08:30`."""

from datetime import UTC, datetime

from lienthong.configuration import duration
from lienthong.envelope import LOCAL_ZONE
from lienthong.errors import WrongUse
from lienthong.messages import message

_WRITTEN = ("%d/%m/%Y", "%d/%m/%Y %H:%M", "%d/%m/%YT%H:%M")
"""Further ways to write a local time, beside those of ISO 8601."""


def parse_since(text: str, now: datetime) -> datetime | None:
    """The instant in UTC; None for "". Without an offset it is Vietnam's local time. Raises `WrongUse`."""
    if not text:
        return None
    try:
        return (_ago(text, now) or _iso(text) or _written(text)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise WrongUse(
            message(
                "The time {text} cannot be read; write for example 30m, 2h, 7d, 2023-11-15 or 2023-11-15T08:30.",
                text=repr(text),
            )
        ) from None


def parse_until(text: str, now: datetime) -> datetime | None:
    """An instant to come, in UTC: `90d` from now, or as `parse_since` reads it; None for "". Raises `WrongUse`."""
    if not text:
        return None
    try:
        until = now + duration.parse(text)
    except ValueError:
        until = parse_since(text, now) or now
    if until <= now:
        raise WrongUse(message("The time {text} is over; name one that is to come.", text=repr(text)))
    return until


def _ago(text: str, now: datetime) -> datetime | None:
    try:
        return now - duration.parse(text)
    except ValueError:
        return None


def _iso(text: str) -> datetime | None:
    try:
        return _local(datetime.fromisoformat(text))
    except ValueError:
        return None


def _written(text: str) -> datetime:
    for form in _WRITTEN:
        try:
            return _local(datetime.strptime(text, form))  # noqa: DTZ007 - local time is added
        except ValueError:
            continue
    raise ValueError(text)


def _local(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=LOCAL_ZONE)
