"""Codes of dossiers (mã hồ sơ) inside texts of other systems: the information and the reference of a payment."""

import re
from collections.abc import Iterator

from lienthong import clean_text

_CODE = re.compile(
    r"(?<![0-9A-Z.\-])[0-9A-Z]{2,3}(?:\.[0-9A-Z]{2,3}){1,4}-(?:\d{6}|\d{8})-\d{3,7}(?![0-9A-Z\-])", re.ASCII
)
_LONGEST = 200
"""Characters of a text in which a code is looked for."""
_MOST = 40
"""Codes that one reference may stand for. More are no help."""


def codes_in(text: str | None) -> list[str]:
    """The codes that stand in a text as they are written elsewhere, each once."""
    return list(dict.fromkeys(_CODE.findall(clean_text(text or "")[:_LONGEST].upper())))


def codes_of_reference(reference: str | None) -> list[str]:
    """The codes that a reference of letters and digits alone may stand for.

    The reference of the payment platform is `dvc`, the code without its dots and hyphens, and the moment as
    yyyyMMddHHmmss. Where the dots stood is not written, so several codes are possible; which one exists is looked up.
    """
    text = clean_text(reference or "").upper()
    if len(text) > _LONGEST or not text.isalnum():
        return []
    found: dict[str, None] = {}
    for agency, day, number in _splits(text):
        for groups in _groups(agency):
            found.setdefault(f"{'.'.join(groups)}-{day}-{number}")
            if len(found) == _MOST:
                return list(found)
    return list(found)


def _splits(text: str) -> Iterator[tuple[str, str, str]]:
    """The parts (agency, day, number) of a reference, the likeliest first: a code of the old form has 10 signs.

    The prefix and the moment at the end may be missing.
    """
    bare = text.removeprefix("DVC")
    ends = [bare[:-14], bare] if re.fullmatch(r"20\d{12}", bare[-14:], re.ASCII) else [bare]
    for rest in ends:
        for length in (10, *range(4, 16)):
            for day in (6, 8):
                agency, date, number = rest[:length], rest[length : length + day], rest[length + day :]
                if re.fullmatch(r"\d{3,7}", number, re.ASCII) and _is_day(date) and agency.isascii():
                    yield agency, date, number


def _is_day(text: str) -> bool:
    """Whether it is yyMMdd or yyyyMMdd, by the month and the day."""
    if not (text.isascii() and text.isdecimal()) or (len(text) == 8 and not text.startswith("20")):
        return False
    return 1 <= int(text[-4:-2]) <= 12 and 1 <= int(text[-2:]) <= 31


def _groups(agency: str) -> Iterator[list[str]]:
    """The agency's code in groups, as `000.00.01.H08` or `H21.129` has them."""
    if re.fullmatch(r"\d{3}[0-9A-Z]{4}[A-Z]\d{2}", agency, re.ASCII):
        yield [agency[:3], agency[3:5], agency[5:7], agency[7:]]
    if re.match(r"[A-Z]\d{2}", agency, re.ASCII):
        yield from ([agency[:3], *rest] for rest in _cut(agency[3:]))


def _cut(text: str, most: int = 4) -> Iterator[list[str]]:
    """The ways to cut a text into at most `most` groups of two or three signs."""
    if len(text) in (2, 3):
        yield [text]
    if most > 1:
        for size in (2, 3):
            if len(text) - size >= 2:
                yield from ([text[:size], *rest] for rest in _cut(text[size:], most - 1))
