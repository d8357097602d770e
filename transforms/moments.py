"""Instants and days: local time (Asia/Ho_Chi_Minh) in the senders' data, UTC in ours.

The parsers return None for a missing or empty value, which means "not yet". A value that cannot be read raises
`Rejected`, which names the field.
"""

import re
from datetime import UTC, date, datetime, time, timedelta

from lienthong import LOCAL_ZONE, Envelope, Rejected, clean_text
from transforms.text import quote_value

_YEARS = range(1900, 2200)
"""Years of real dates. .NET writes year 1 for "none"; year 9999 has no next day."""

CLOCK_SKEW = timedelta(minutes=10)
"""How far a sender's clock may be ahead of ours before what it dates is flagged."""

ABSENT = "absent-at-source"
"""Quality flag of a record that its source no longer has. It was there until the event's moment of receipt."""

IN_FUTURE, TOO_OLD = "date-in-future", "date-too-old"
"""Quality flags of a version whose date of change cannot be its date of change."""

_FIRST_MOMENT = datetime(_YEARS.start, 1, 1, tzinfo=UTC)
_LAST_MOMENT = datetime(_YEARS.stop - 1, 12, 31, tzinfo=UTC)

_FIRST_CHANGE = datetime(2000, 1, 1, tzinfo=UTC)
"""No system of ours is older: an earlier date of change is a default value, such as 1970-01-01 or 0001-01-01."""

_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})", re.ASCII)
_SLASHED = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})(?: (\d{1,2}):(\d{2})(?::(\d{2}))?)?", re.ASCII)
_COMPACT_DAY = re.compile(r"(\d{4})-?(\d{2})-?(\d{2})", re.ASCII)


def parse_instant(value: object, field: str) -> datetime | None:
    """Parse ISO 8601 text with an offset (`+0000`, `+07:00` or `Z`), as iGate and VNeID write it. Returns UTC.

    Text without an offset is rejected: it could be UTC or local time, seven hours apart.
    """
    if value is None:
        return None
    try:  # the usual case, with the least work: every event has several dates
        moment = datetime.fromisoformat(value)  # type: ignore[arg-type]  # anything else raises
    except (TypeError, ValueError):
        return _parse(value, field, clamps=False)
    return moment if moment.tzinfo is UTC and moment.year in _YEARS else _parse(value, field, clamps=False)


def parse_local_instant(value: object, field: str) -> datetime | None:
    """Parse local time as the national portal and CCVC write it. Returns UTC.

    Accepts `yyyyMMddHHmmss`, `dd/MM/yyyy HH:mm:ss` and ISO 8601 (local time unless it has an offset).
    """
    return _parse(value, field, clamps=False, local=True)


def parse_change(value: object, field: str, *, local: bool = False) -> datetime | None:
    """Parse the date of a change, local time or not. A year that no real date has becomes 1900 or 2199.

    The version is not rejected for it: `date_change` takes the moment at which it was seen instead.
    """
    if not local:
        try:
            return parse_instant(value, field)
        except Rejected:
            pass
    return _parse(value, field, clamps=True, local=local)


def date_change(envelope: Envelope, stated: datetime | None) -> datetime:
    """When a version counts as changed: at its own date, but no later than the moment at which it was seen.

    Without a date of its own, or with one before 2000, it counts as changed when it was seen. `date_flags` tells which.
    """
    seen = envelope.received_at
    return seen if stated is None or stated < _FIRST_CHANGE else min(stated, seen)


def presence_flags(envelope: Envelope) -> list[str]:
    """The quality flag of a record that is no longer at its source, which lists everything it has."""
    return [ABSENT] if envelope.is_absent else []


def date_flags(envelope: Envelope, *dates: datetime | None) -> list[str]:
    """The quality flags of the dates at which something happened to a record, as seen when it was received."""
    latest = envelope.received_at + CLOCK_SKEW
    flags = []
    for moment in dates:
        if moment is not None and not _FIRST_CHANGE <= moment <= latest:
            flags.append(IN_FUTURE if moment > latest else TOO_OLD)
    return sorted(set(flags)) if flags else flags


def parse_day(value: object, field: str) -> date | None:
    """Parse a calendar day: `yyyyMMdd`, `yyyy-MM-dd` or `dd/MM/yyyy`."""
    text = _text(value)
    if text is None:
        return None
    try:
        if match := _COMPACT_DAY.fullmatch(text):
            day = date(*map(int, match.groups()))
        elif (match := _SLASHED.fullmatch(text)) and match[4] is None:
            day = date(int(match[3]), int(match[2]), int(match[1]))
        else:
            raise ValueError
        if day.year in _YEARS:
            return day
    except ValueError:
        pass
    raise _unreadable(value, field, "ngày hợp lệ", "20231115 (năm, tháng, ngày)")


def local_date(moment: datetime) -> date:
    """The day in Vietnam of an instant in any time zone."""
    return moment.astimezone(LOCAL_ZONE).date()


def local_midnight(day: date) -> datetime:
    """The first instant of a day in Vietnam, in UTC."""
    return datetime.combine(day, time(), LOCAL_ZONE).astimezone(UTC)


def _parse(value: object, field: str, *, clamps: bool, local: bool = False) -> datetime | None:
    if value is None or (text := _text(value)) is None:
        return None
    try:
        moment = _parse_local(text) if local else datetime.fromisoformat(text)
        if moment is not None and moment.tzinfo is not None and (clamps or moment.year in _YEARS):
            if moment.year not in _YEARS:
                return _FIRST_MOMENT if moment.year < _YEARS.start else _LAST_MOMENT
            return moment if moment.tzinfo is UTC else moment.astimezone(UTC)
    except ValueError:
        pass
    if local:
        raise _unreadable(value, field, "thời điểm hợp lệ", "20231115082500 (năm, tháng, ngày, giờ, phút, giây)")
    raise _unreadable(value, field, "thời điểm hợp lệ có múi giờ", "2023-11-15T01:25:00.000+0000")


def _parse_local(text: str) -> datetime | None:
    if match := _COMPACT.fullmatch(text):
        year, month, day, hour, minute, second = map(int, match.groups())
    elif (match := _SLASHED.fullmatch(text)) and match[4] is not None:
        day, month, year, hour, minute = map(int, match.groups()[:5])
        second = int(match[6] or 0)
    elif ":" in text:
        moment = datetime.fromisoformat(text)
        return moment if moment.tzinfo else moment.replace(tzinfo=LOCAL_ZONE)
    else:
        return None
    return datetime(year, month, day, hour, minute, second, tzinfo=LOCAL_ZONE)


def _text(value: object) -> str | None:
    """The text to parse, None if there is none. A value of another type becomes text that no parser accepts."""
    if isinstance(value, str):
        # Plain figures and letters need no cleaning, and every event has several dates.
        return (value.strip() if value.isascii() and value.isprintable() else clean_text(value)) or None
    if value is None:
        return None
    return repr(value) if not isinstance(value, int) or isinstance(value, bool) else str(value)


def _unreadable(value: object, field: str, what: str, form: str) -> Rejected:
    return Rejected(f"không phải {what}: {quote_value(value)}; phải viết như {form}", field=field)
