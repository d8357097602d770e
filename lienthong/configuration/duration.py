"""Durations as people write them: `500ms`, `5s`, `2m`, `1h`, `1d`."""

import re
from datetime import timedelta

PATTERN = "[0-9]{1,9}(ms|s|m|h|d)"
"""A duration as a regular expression."""

_DURATION = re.compile(r"(?P<count>[0-9]{1,9})(?P<unit>ms|s|m|h|d)", re.ASCII)
_UNITS = {
    "d": timedelta(days=1),
    "h": timedelta(hours=1),
    "m": timedelta(minutes=1),
    "s": timedelta(seconds=1),
    "ms": timedelta(milliseconds=1),
}


def parse(text: object) -> timedelta:
    """The duration that `text` writes. Raises ValueError for anything else; a bare number has no unit."""
    if isinstance(text, timedelta):
        return text
    parts = _DURATION.fullmatch(text) if isinstance(text, str) else None
    if parts is None:
        raise ValueError("not a number and a unit")
    try:
        return int(parts["count"]) * _UNITS[parts["unit"]]
    except OverflowError:
        raise ValueError("longer than a calendar") from None


def show(duration: timedelta) -> str:
    """`duration` in at most two units, the largest first: `5s`, `4m35s`, `7h12m`. Smaller units are cut off."""
    parts = []
    rest = duration
    for unit, length in _UNITS.items():
        count, rest = divmod(rest, length)
        if count:
            parts.append(f"{count}{unit}")
    return "".join(parts[:2]) or "0s"
