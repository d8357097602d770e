"""Moments and dates: local time (Asia/Ho_Chi_Minh) outside, UTC inside.

Nothing and "" are None, "not yet". What is there and cannot be read raises `Rejected` naming the field.
"""

import re
from datetime import UTC, date, datetime, time

from lienthong import LOCAL_ZONE, Rejected
from transforms.text import shown

_YEARS = range(1900, 2200)
"""Outside them stands no real date: .NET writes year 1 for "none", and year 9999 has no day after it."""

_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})", re.ASCII)
_SLASHED = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})(?: (\d{1,2}):(\d{2})(?::(\d{2}))?)?", re.ASCII)
_COMPACT_DAY = re.compile(r"(\d{4})-?(\d{2})-?(\d{2})", re.ASCII)


def instant(value: object, field: str) -> datetime | None:
    """The UTC instant of ISO 8601 text with its offset (`+0000`, `+07:00` or `Z`), as iGate and VNeID write it.

    Text without an offset is refused: seven hours more or less would be a guess.
    """
    if value is None or (text := _text(value)) is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is not None and moment.year in _YEARS:
            return moment if moment.tzinfo is UTC else moment.astimezone(UTC)
    except ValueError:
        pass
    raise _unreadable(value, field, "thời điểm hợp lệ có múi giờ", "2023-11-15T01:25:00.000+0000")


def local_instant(value: object, field: str) -> datetime | None:
    """The UTC instant of local time as the national portal and CCVC write it.

    `yyyyMMddHHmmss`; also `dd/MM/yyyy HH:mm:ss` and ISO 8601 (local unless it carries an offset).
    """
    text = _text(value)
    if text is None:
        return None
    try:
        moment = _local(text)
        if moment is not None and moment.year in _YEARS:
            return moment.astimezone(UTC)
    except ValueError:
        pass
    raise _unreadable(value, field, "thời điểm hợp lệ", "20231115082500 (năm, tháng, ngày, giờ, phút, giây)")


def day(value: object, field: str) -> date | None:
    """A calendar day: `yyyyMMdd`, `yyyy-MM-dd` or `dd/MM/yyyy`."""
    text = _text(value)
    if text is None:
        return None
    try:
        if match := _COMPACT_DAY.fullmatch(text):
            found = date(*map(int, match.groups()))
        elif (match := _SLASHED.fullmatch(text)) and match[4] is None:
            found = date(int(match[3]), int(match[2]), int(match[1]))
        else:
            raise ValueError
        if found.year in _YEARS:
            return found
    except ValueError:
        pass
    raise _unreadable(value, field, "ngày hợp lệ", "20231115 (năm, tháng, ngày)")


def local_date(moment: datetime) -> date:
    """The day of an instant in Vietnam, whatever its own zone."""
    return moment.astimezone(LOCAL_ZONE).date()


def local_midnight(on: date) -> datetime:
    """The first instant of a day in Vietnam, in UTC."""
    return datetime.combine(on, time(), LOCAL_ZONE).astimezone(UTC)


def _local(text: str) -> datetime | None:
    if match := _COMPACT.fullmatch(text):
        year, month, on, hour, minute, second = map(int, match.groups())
    elif (match := _SLASHED.fullmatch(text)) and match[4] is not None:
        on, month, year, hour, minute = map(int, match.groups()[:5])
        second = int(match[6] or 0)
    elif ":" in text:
        moment = datetime.fromisoformat(text)
        return moment if moment.tzinfo else moment.replace(tzinfo=LOCAL_ZONE)
    else:
        return None
    return datetime(year, month, on, hour, minute, second, tzinfo=LOCAL_ZONE)


def _text(value: object) -> str | None:
    if isinstance(value, str):
        return value.strip() or None
    if value is None:
        return None
    return repr(value) if not isinstance(value, int) or isinstance(value, bool) else str(value)


def _unreadable(value: object, field: str, what: str, form: str) -> Rejected:
    return Rejected(f"không phải {what}: {shown(value)}; phải viết như {form}", field=field)
