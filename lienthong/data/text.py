"""Text that is compared: what looks equal is made equal. The one place that knows which characters are not seen."""

import re
import unicodedata

# Unicode's Default_Ignorable_Code_Point (DerivedCoreProperties.txt): soft hyphen, combining grapheme joiner, zero-width
# marks, directions, variation selectors, tags. Control characters, annotation marks and noncharacters are not seen
# either. White space is not in it: it becomes a space.
_IGNORABLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\uffff\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
_CONTROL = "\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f"
_SEEN = "\ufffc\ufffd"  # the replacement characters within the last ranges
_INVISIBLE = re.compile(f"(?![{_SEEN}])[{_CONTROL}{_IGNORABLE}]")
_COMPOSED = re.compile("[\x20-\x7e\u00c0-\u024f\u1ea0-\u1ef9]*")
"""Texts of these characters alone, which are nearly all in Vietnamese, are in NFC and hide nothing."""
_BLANKS = re.compile("[\u2800]")  # looks like a space, and is none for Unicode


def drop_invisible(text: str) -> str:
    """`text` in composed Unicode (NFC) without the characters that are not seen. White space stays as it is."""
    if text.isascii() and text.isprintable():  # codes: the regular expression takes six times as long
        return text
    if _COMPOSED.fullmatch(text):
        return text
    # The marks go first: letter and accent may be apart only because of one between them.
    return unicodedata.normalize("NFC", _BLANKS.sub(" ", _INVISIBLE.sub("", text)))


def clean_text(text: str) -> str:
    """`text` as keys, codes and names are compared: nothing invisible, NFC, single spaces, none at the ends.

    White space is Unicode's: no-break (U+00A0, U+202F), figure (U+2007) and ideographic spaces (U+3000), tabs and line
    breaks count. Letters and digits stay as they are, with their case.
    """
    return " ".join(drop_invisible(text).split())


def fold(text: str) -> str:
    """`text` in the form that keys of tables are compared in: `clean_text` of it, case folded."""
    # Case folding can undo the composition, so NFC is applied again.
    return " ".join(unicodedata.normalize("NFC", drop_invisible(text).casefold()).split())
