"""Masking of free text: numbers of persons, in any writing that people use, and e-mail addresses.

A text is read once, from left to right. Codes, dates and ids that belong to no person (`_PLAIN`) are passed over. The
rest is searched for e-mail addresses and for digits, whatever separates them and whatever stands beside them.
"""

import re

HIDDEN = "•••"

_BETWEEN = r"(?:,(?! )|[ \t.\-/()_·\u00a0\u00ad\u2007\u200b-\u200f\u2010-\u2015\u202f\u2060\u2212\ufeff]){0,4}"
"""What may stand between two digits of one number: spaces, punctuation, invisible characters. Not a comma and a space,
which separate two numbers."""

_OCTET = r"(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)"
_DAY = r"(?:19|20)\d\d-?(?:0[1-9]|1[0-2])-?(?:0[1-9]|[12]\d|3[01])"
_NO_DAY = r"(?:0000-?00-?00|0001-?01-?0[12]|0000-?12-?31|1753-?01-?0[12]|9999-?12-?3[01])"
"""The days with which systems write “none” and “for ever”: .NET and Java from the year 1 to 9999, SQL Server from 1753,
MySQL with zeros; a day more or less in another time zone."""
_CLOCK = r"(?:[01]\d|2[0-3]):?[0-5]\d:?[0-5]\d"
_UNIT = r"(?:bytes?|[kKMGT]i?B|B|đồng|đ|₫|VND|VNĐ)"
_MONTH = r"(?:19|20)\d\d-(?:0[1-9]|1[0-2])(?!\d)"
_CODE_END = r"(?:19|20)?\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])-\d{4,7}"
"""The end of a dossier code: its day, and its number on that day."""

_PLAIN = "|".join(
    (
        r"[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}",  # W3C traceparent
        r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}",  # UUID
        r"(?=[0-9a-f]*[a-f])(?:[0-9a-f]{64}|[0-9a-f]{40}|[0-9a-f]{32}|[0-9a-f]{24})",  # digests, ids of documents
        r"(?:(?<=edit )|(?<=bản sửa )|(?<=set )|(?<=tập ))(?=[0-9a-f]*[a-f])[0-9a-f]{12,16}",  # in the ledger's reasons
        r"(?:\d{3}\.\d{2}\.(?:\d{2}|[A-Z]{2})\.)?[A-Z]{1,2}\d{0,2}(?:\.\d{2,3})*-"
        + _CODE_END,  # dossiers: 000.00.31.H08-231115-00002
        r"\d{3}\.\d{2}\.(?:\d{2}|[A-Z]{2})\.[A-Z]{1,2}\d{0,2}",  # agencies: 000.00.31.H08
        r"[1-9]\.\d{6}(?:\.\d{3}\.\d{2}\.\d{2}(?:\.[A-Z]\d{2})?)?",  # procedures: 1.000656.000.00.00.H08
        rf"[A-Z]{{1,2}}\d{{2}}(?:\.[A-Z\d]{{2,3}})*\.\d{{4,6}}(?:/{_DAY})?",  # staff: H08.12.000123/20120301
        rf"(?:{_DAY}|{_NO_DAY})[ T]?{_CLOCK}(?:[.,]\d{{1,9}}|\d{{3,6}})?(?:Z|[+-]\d\d:?\d\d)?",  # 20231115082500
        rf"{_CLOCK} (?:ngày )?\d{{1,2}}/\d{{1,2}}/\d{{4}}",
        r"\d{1,2}/\d{1,2}/(?:19|20)\d\d(?: \d\d:\d\d(?::\d\d)?)?",  # 31/12/2023 23:59:59, and mistyped ones
        rf"{_MONTH}(?:-(?:0[1-9]|[12]\d|3[01]))?(?!-\d)",
        rf"{_OCTET}(?:\.{_OCTET}){{3}}(?::\d{{1,5}})?(?![\d.]|/\d{{3}})",  # IPv4 without leading zeros
        rf"[1-9]\d{{0,2}}(?:[.,]\d{{3}})+ ?{_UNIT}",  # 1.234.567.890 đồng
        rf"[1-9]\d* {_UNIT}",  # 123456789 byte
    )
)
_EMAIL = r"[\w.+%\-]+@[\w\-]+(?:\.[\w\-]+)*\.[^\W\d_]{2,}"
_SCIENTIFIC = r"\d[.,]\d{4,}[eE]\+?(?:0?[89]|1\d)"
_DIGITS = rf"(?:\+{_BETWEEN})?\(?\d(?:{_BETWEEN}(?!{_MONTH})\d){{7,}}"

_TOKEN = re.compile(
    rf"(?<![\w.])(?P<plain>{_PLAIN})(?!\w)"
    rf"|(?<!://)(?<![\w.+%\-])(?P<email>{_EMAIL})"
    rf"|(?P<scientific>{_SCIENTIFIC})"
    rf"|(?P<digits>{_DIGITS})"
)
_HARMLESS = re.compile(rf"\d{{3}}\.\d{{2}}\.\d{{2}}\.[A-Z]\d{{2}}-{_CODE_END}|[^\d@]*(?:\d{{1,8}}[^\d@]*)?")
"""Texts that need no search: a dossier code, and texts with a single short number. Every announced event has one."""
_IN_A_ROW = re.compile(r"\d{9,}")
_FEWEST_DIGITS = 9
"""Of an old identity number (CMND) and of the shortest phone number."""
_MOST_DIGITS = 13
"""Of an insurance number, and of a phone number with `0084` before it."""


def mask_text(text: str) -> str:
    """`text`, with every number that may identify a person reduced to its first and last three digits.

    These are identity numbers (CCCD, 12 digits; CMND, 9), phone, insurance and account numbers, in a row or separated,
    beside letters, in file names and codes. E-mail addresses are hidden. Dossier codes, dates, ids of machines,
    addresses of machines, sums of money and numbers of bytes stay as they are.
    """
    return text if _HARMLESS.fullmatch(text) else _TOKEN.sub(_replace, text)


def mask_number(number: str) -> str:
    """The first and last three digits of a number of 9 digits or more; any other text as it is."""
    digits = _digits(number)
    if len(digits) < _FEWEST_DIGITS:
        return number
    return f"{digits[:3]}{'•' * (len(digits) - 6)}{digits[-3:]}"


def _digits(text: str) -> str:
    return "".join(filter(str.isdigit, text))


def _replace(match: re.Match[str]) -> str:
    found = match.group()
    match match.lastgroup:
        case "plain":
            return found
        case "digits":
            # A number in a row is masked by itself, so that a day or a count beside it can still be read.
            if len(_digits(found)) > _MOST_DIGITS and _IN_A_ROW.search(found):
                return _IN_A_ROW.sub(lambda row: mask_number(row.group()), found)
            return mask_number(found)
        case _:
            return HIDDEN
