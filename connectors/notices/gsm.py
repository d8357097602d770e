"""Text of an SMS: Vietnamese without its marks, the alphabet of GSM, the number of parts.

Source of the alphabet and the lengths: 3GPP TS 23.038 (6.2.1, 6.2.1.1) and TS 23.040 (9.2.3.24.1, six bytes of a
concatenated part are its header).
"""

import unicodedata
from typing import NamedTuple

BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
"""The basic table, one septet each. Its position 0x1B is the escape to the extension table."""

EXTENSION = "\f^{}\\[~]|€"
"""Characters that take two septets: the escape and one."""

_ALPHABET = frozenset(BASIC)
_ESCAPED = frozenset(EXTENSION)

_WHOLE_7_BIT, _PART_7_BIT = 160, 153
_WHOLE_UCS_2, _PART_UCS_2 = 70, 67

_PLAIN = {
    **dict.fromkeys("\u2018\u2019\u201a\u201b\u2032\u00b4`", "'"),
    **dict.fromkeys("\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb", '"'),
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\uff0d", "-"),
    **dict.fromkeys("\u2022\u00b7\u25cf\u2043\u2219", "-"),
    "\u2026": "...",
    "\u2044": "/",
    "\u00d7": "x",
    "\u00ba": "o",
    "\u00b0": "o",
    "\u20ab": "d",
    "Đ": "D",
    "đ": "d",
    "Ð": "D",
    "ð": "d",
    "\t": " ",
}
"""What has no decomposition, or a wrong one, and how it is written in ASCII. `Ð` is the Icelandic letter that looks
like the Vietnamese one; old input methods write it."""


class Parts(NamedTuple):
    """How an SMS is sent: `units` are septets (7 bit) or UTF-16 code units (UCS-2); `room` is what is left in the last
    part.
    """

    parts: int
    units: int
    unicode: bool
    room: int


def unaccent(text: str) -> str:
    """Vietnamese as ASCII: without marks, with plain quotes, dashes and spaces. Line breaks stay.

    What has no ASCII form at all (icons, other scripts) is left out: `foreign` names it before a template is used.
    """
    swapped = "".join(_PLAIN.get(letter, letter) for letter in unicodedata.normalize("NFC", text.replace("\r\n", "\n")))
    plain = "".join(_PLAIN.get(letter, letter) for letter in unicodedata.normalize("NFKD", swapped))
    kept = ("\n" if letter in "\r\n\u2028\u2029" else " " if letter.isspace() else letter for letter in plain)
    return "".join(letter for letter in kept if letter == "\n" or (letter.isascii() and letter.isprintable()))


def foreign(text: str) -> str:
    """The characters of `text` that the alphabet of GSM does not have, each once, in their order."""
    return "".join(dict.fromkeys(letter for letter in text if letter not in _ALPHABET and letter not in _ESCAPED))


def without_ascii_form(text: str) -> str:
    """The visible characters that `unaccent` would leave out, each once, in their order."""
    return "".join(dict.fromkeys(letter for letter in text if _is_visible(letter) and not unaccent(letter)))


def _is_visible(letter: str) -> bool:
    return unicodedata.category(letter)[0] in "LNPS"


def count_parts(text: str) -> Parts:
    """How many parts `text` takes: 160 septets or 70 UCS-2 units in one, else 153 or 67 in each.

    No part ends within an escaped character or a surrogate pair, so a part may have a unit unused. An empty text is one
    part, because a gateway bills it so.
    """
    is_unicode = bool(foreign(text))
    if is_unicode:
        lengths = [2 if ord(letter) > 0xFFFF else 1 for letter in text]
        whole, each = _WHOLE_UCS_2, _PART_UCS_2
    else:
        lengths = [2 if letter in _ESCAPED else 1 for letter in text]
        whole, each = _WHOLE_7_BIT, _PART_7_BIT
    units = sum(lengths)
    if units <= whole:
        return Parts(1, units, is_unicode, whole - units)
    parts, left = 1, each
    for length in lengths:
        if length > left:
            parts, left = parts + 1, each
        left -= length
    return Parts(parts, units, is_unicode, left)
