"""Names in a workbook: of its sheets and of the columns of its tables. Excel refuses equal and long ones."""

import re
import unicodedata
from collections.abc import Sequence
from itertools import count

from lienthong import Column
from reports.rendering.cells import clean, shorten

_LONGEST_SHEET_NAME = 31
_LONGEST_HEADING = 255


def headings(columns: Sequence[Column]) -> list[str]:
    """Column titles that differ: Excel reports a table with two equal headings as damaged."""
    return _distinct([clean(column.title) for column in columns], _LONGEST_HEADING)


def sheet_names(titles: Sequence[str]) -> list[str]:
    """Names for the sheets of a workbook: distinct, and without what Excel does not allow."""
    plain = [re.sub(r"[\[\]:*?/\\]", " ", clean(title)).strip(" '") or "Bảng" for title in titles]
    return _distinct(plain, _LONGEST_SHEET_NAME)


def _distinct(names: Sequence[str], longest: int) -> list[str]:
    distinct: list[str] = []
    for name in names:
        short = shorten(name, longest).rstrip()
        numbers = count(2)
        while _fold(short) in {_fold(known) for known in distinct}:
            tail = f" ({next(numbers)})"
            short = shorten(name, longest - len(tail)).rstrip() + tail
        distinct.append(short)
    return distinct


def _fold(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()
