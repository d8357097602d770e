"""Keys of clients: `lt_live_`, 43 characters drawn at random, and 6 that check them for slips of copying.

43 characters of base 62 hold 256 bits, so that a plain SHA-256 of a key cannot be searched for. Only that is stored.
A double click selects a whole key, and scanners for secrets recognise one.
"""

import hashlib
import hmac
import secrets
import string
import zlib
from typing import NamedTuple

PREFIX = "lt_live_"
DIGITS = string.digits + string.ascii_uppercase + string.ascii_lowercase
RANDOM_LENGTH, CHECK_LENGTH = 43, 6
LENGTH = len(PREFIX) + RANDOM_LENGTH + CHECK_LENGTH

_SHOWN_BEGIN, _SHOWN_END = 4, 4


class KeyMarks(NamedTuple):
    """What is kept of a key: its begin and its end, which people may see, and its SHA-256 in hexadecimal digits."""

    begin: str
    end: str
    digest: str

    def __str__(self) -> str:
        return f"{self.begin}…{self.end}"


def make_key() -> str:
    """A new key."""
    drawn = "".join(secrets.choice(DIGITS) for _ in range(RANDOM_LENGTH))
    return f"{PREFIX}{drawn}{_check(drawn)}"


def is_key(text: str) -> bool:
    """Whether a text has the form of a key, and its last characters agree with the others."""
    drawn, check = text[len(PREFIX) : -CHECK_LENGTH], text[-CHECK_LENGTH:]
    has_form = len(text) == LENGTH and text.startswith(PREFIX) and set(drawn) <= set(DIGITS)
    return has_form and check == _check(drawn)


def marks_of(key: str) -> KeyMarks:
    """What is kept of a key."""
    return KeyMarks(
        key[: len(PREFIX) + _SHOWN_BEGIN], key[-_SHOWN_END:], hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()
    )


def is_same(digest: str, other: str) -> bool:
    """Whether two digests are equal. The time it takes tells nothing about where they differ."""
    return hmac.compare_digest(digest, other)


def _check(drawn: str) -> str:
    """The CRC-32 of the drawn characters in base 62."""
    number, found = zlib.crc32(drawn.encode()), ""
    for _ in range(CHECK_LENGTH):
        number, digit = divmod(number, len(DIGITS))
        found = DIGITS[digit] + found
    return found
