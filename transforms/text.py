"""Text as senders write it, made comparable; and what of it may be shown to operators."""

import re
import unicodedata
from functools import lru_cache

_DATE_LIKE = re.compile(r"[0-9TZ:/.,+\- ]{1,40}")
_NUMBER_OF_A_PERSON = re.compile(r"(?<!\d)\d{9,13}(?!\d)")
_GROUPING = re.compile(r"[\s.,+\-]+")


def clean(value: object) -> str | None:
    """`value` in composed Unicode (NFC), trimmed, each run of white space one space; None if empty or no text.

    White space is Unicode's: no-break (U+00A0, U+202F) and figure spaces (U+2007) count.
    """
    if not isinstance(value, str):
        return None
    composed = value if value.isascii() else unicodedata.normalize("NFC", value)
    return " ".join(composed.split()) or None


# A province has few names for things and says them all day, so these are remembered. Nothing personal is given here.
_remembered = lru_cache(maxsize=4096)


@_remembered
def label(name: str) -> str | None:
    """The name of a thing, never of a person, as `clean` makes it."""
    return clean(name)


@_remembered
def fold(text: str) -> str:
    """The key form of the tables in `config/tables/`: NFC, case folded, single spaces. For names of things."""
    folded = unicodedata.normalize("NFC", text).casefold()
    return " ".join(unicodedata.normalize("NFC", folded).split())


def shown(value: object) -> str:
    """`value` in quotation marks for an error message, or words that stand in for it.

    Only what looks like a date or a figure is quoted, and never a run of 9 to 13 digits, whatever the field is
    called: senders do put identity numbers and phones in wrong fields.
    """
    text = str(value)
    personal = _NUMBER_OF_A_PERSON.search(text) or _NUMBER_OF_A_PERSON.fullmatch(_GROUPING.sub("", text))
    if personal or not _DATE_LIKE.fullmatch(text):
        return "(giá trị không hiện ở đây)"
    return f"“{text}”"
