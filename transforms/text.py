"""Text as senders write it, normalised so that it can be compared; and values quoted in reasons for operators."""

import re
from functools import lru_cache

from lienthong import clean_text, fold

_DATE_LIKE = re.compile(r"[0-9TZ:/.,+\- ]{1,40}")
_PERSONAL_NUMBER = re.compile(r"(?<!\d)\d{9,13}(?!\d)")
_GROUPING = re.compile(r"[\s.,+\-]+")


def clean(value: object) -> str | None:
    """`value` as `lienthong.clean_text` makes it: nothing invisible, NFC, single spaces; None if empty or no text."""
    return clean_text(value) or None if isinstance(value, str) else None


# Names of things repeat in event after event, so their normal forms are cached. Never pass personal data to a cached
# function: it would stay in memory.
_cached = lru_cache(maxsize=4096)


@_cached
def clean_label(name: str) -> str | None:
    """The name of a thing, never of a person, as `clean` returns it."""
    return clean(name)


@_cached
def table_key(name: str) -> str:
    """The name of a thing in the form of the keys of `config/tables/`: NFC, case folded, single spaces."""
    return fold(name)


def quote_value(value: object) -> str:
    """`value` in quotation marks for a reason, or a placeholder if it may be personal.

    Only what looks like a date or a figure is quoted, and never a run of 9 to 13 digits, whatever the field is
    called: senders put identity numbers and phone numbers into wrong fields.
    """
    text = str(value)
    personal = _PERSONAL_NUMBER.search(text) or _PERSONAL_NUMBER.fullmatch(_GROUPING.sub("", text))
    if personal or not _DATE_LIKE.fullmatch(text):
        return "(giá trị không hiện ở đây)"
    return f"“{text}”"
