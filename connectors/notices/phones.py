"""Telephone numbers as people write them: which are mobile numbers of Vietnam, and what the others are.

Mobile numbers have nine digits after 84, from 3, 5, 7, 8 or 9 (the national numbering plan since 2018). Which of their
blocks a carrier has been given changes faster than any list, so a number of this form counts as one: the gateway knows
the others. What is no mobile number is named by Google's libphonenumber (package `phonenumbers`).
"""

import re
from enum import StrEnum
from typing import NamedTuple

import phonenumbers
from phonenumbers import NumberParseException

from lienthong import clean_text

COUNTRY = "VN"
_CALLING_CODE = 84

_MOBILE = re.compile("[35789][0-9]{8}")
_LONGEST = 40
"""Characters of what is read at all: longer texts are no number."""


class Kind(StrEnum):
    """What a text is, as a telephone number. Only `MOBILE` can be sent a notice."""

    MOBILE = "mobile"
    LANDLINE = "landline"
    FOREIGN = "foreign"
    NONE = "none"


class Phone(NamedTuple):
    """`number` is "84…" for a mobile number of Vietnam, else "". `why`: in Vietnamese, without the number itself."""

    kind: Kind
    number: str = ""
    why: str = ""


_NONE = Phone(Kind.NONE, why="không phải số điện thoại")
_EMPTY = Phone(Kind.NONE, why="không có số điện thoại")
_LANDLINE = Phone(Kind.LANDLINE, why="là số cố định hoặc tổng đài, không nhận được tin nhắn")
_FOREIGN = Phone(Kind.FOREIGN, why="là số điện thoại nước ngoài, cổng nhắn tin trong nước không gửi tới")
_OLD = Phone(Kind.NONE, why="là số di động 11 chữ số cũ, không còn dùng từ tháng 11/2018")


def read(text: object) -> Phone:
    """What `text` is as a telephone number: with +84, 84, 0084 or 0, with spaces, dots, dashes, brackets, any digits.

    A number with another calling code is foreign; one that no numbering plan has is none.
    """
    if not isinstance(text, str | int) or isinstance(text, bool):
        return _EMPTY if text is None else _NONE
    written = clean_text(str(text))
    if not written:
        return _EMPTY
    if len(written) > _LONGEST or any(letter.isalpha() for letter in written):
        return _NONE
    return _read(written)


def _read(written: str) -> Phone:
    try:
        number = phonenumbers.parse(_international(written), COUNTRY)
    except NumberParseException:
        return _NONE
    if number.country_code != _CALLING_CODE:
        return _FOREIGN if phonenumbers.is_valid_number(number) else _NONE
    national = str(number.national_number)
    if _MOBILE.fullmatch(national) and not number.extension:
        return Phone(Kind.MOBILE, f"{_CALLING_CODE}{national}")
    if number.extension or phonenumbers.is_valid_number(number):
        return _LANDLINE
    return _OLD if _is_old_mobile(national) else _NONE


def _international(written: str) -> str:
    """The same number with `+` where it begins with a calling code: "00…" is how telephones dial it, "84…" how systems
    store it. "+84 (0)9…" has the national 0 as well, which libphonenumber drops by itself.
    """
    digits = "".join(str(int(letter)) for letter in written if letter.isdecimal())
    if written.lstrip("( [").startswith("+"):
        return f"+{digits}"
    if digits.startswith("00"):
        return f"+{digits[2:]}"
    return f"+{digits}" if digits.startswith("84") and len(digits) > 9 else digits


def _is_old_mobile(national: str) -> bool:
    """01x xxxx xxxx: replaced by 03, 05, 07 and 08 from 15/9/2018, and switched off on 15/11/2018."""
    return len(national) == 10 and national[0] == "1" and national[1] in "2689"


_PREFIXES = {
    "viettel": ("86", "96", "97", "98", *(f"3{digit}" for digit in range(2, 10))),
    "vinaphone": ("88", "91", "94", *(f"8{digit}" for digit in range(1, 6))),
    "mobifone": ("89", "90", "93", "70", "76", "77", "78", "79"),
    "vietnamobile": ("52", "56", "58", "92"),
    "gmobile": ("59", "99"),
    "itel": ("87",),
}
"""By carrier, the first two digits after 84. ASSUMED beyond Viettel's and 094 (recalled). Numbers can be ported to
another carrier, so it decides a price or a first choice of gateway, and never whether a notice is sent."""

_CARRIERS = {prefix: carrier for carrier, prefixes in _PREFIXES.items() for prefix in prefixes}


def carrier_of(number: str) -> str | None:
    """The carrier that "84…" was given to, by its prefix; None for an unknown one."""
    return _CARRIERS.get(number[2:4])
