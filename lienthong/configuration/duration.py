"""Durations as people write them: `500ms`, `5s`, `2m`, `1h`, `1d`."""

import re
from datetime import timedelta

FORM = "write a number and a unit, such as 500ms, 5s, 2m, 1h or 1d"
_WRITTEN = re.compile(r"([0-9]{1,9})(ms|s|m|h|d)", re.ASCII)
_UNITS = {
    "d": timedelta(days=1),
    "h": timedelta(hours=1),
    "m": timedelta(minutes=1),
    "s": timedelta(seconds=1),
    "ms": timedelta(milliseconds=1),
}


def parse(text: object) -> timedelta:
    """The duration that `text` writes. Raises ValueError for anything else, a bare number too: it names no unit."""
    if isinstance(text, timedelta):
        return text
    written = _WRITTEN.fullmatch(text) if isinstance(text, str) else None
    if written is None:
        raise ValueError(FORM)
    try:
        return int(written[1]) * _UNITS[written[2]]
    except OverflowError:
        raise ValueError("is longer than a calendar") from None


def show(wait: timedelta) -> str:
    """`wait` in at most two units, the largest first: `5s`, `4m35s`, `7h12m`. What is smaller is cut off."""
    parts = []
    for unit, length in _UNITS.items():
        count, wait = divmod(wait, length)
        if count:
            parts.append(f"{count}{unit}")
    return "".join(parts[:2]) or "0s"
