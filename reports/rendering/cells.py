"""Cell values as Vietnamese readers write them: 1.234, 51,07%, 21/11/2023."""

import re
import unicodedata
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from lienthong import Column, Document
from reports import figures
from transforms.moments import local_date

NO_ROWS = "Không phát sinh"
"""What the one row of an empty table contains."""


_ILLEGAL_IN_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]")
_SURROGATES = re.compile(r"[\ud800-\udfff]")


def format_cell(value: Any, kind: str = "text") -> str:
    """A cell as text. A percent is a ratio (0.5107 is 51,07%); None is empty; a datetime shows its local date."""
    if value is None:
        return ""
    if kind == "percent" and isinstance(value, (int, float, Decimal)):
        return figures.format_percent(value)
    if (isinstance(value, int) and kind == "number") or isinstance(value, (float, Decimal)):
        return figures.format_number(value)
    if isinstance(value, (date, datetime)):
        return f"{local_day(value):%d/%m/%Y}"
    return clean(str(value))


def local_day(value: date | datetime) -> date:
    """The day in Vietnam of an instant; a date as it is."""
    return local_date(value) if isinstance(value, datetime) else value


def clean(text: str) -> str:
    """Composed Unicode (NFC) without the characters that XML cannot contain; line breaks and tabs stay.

    Half of a surrogate pair becomes U+FFFD: no file can contain it.
    """
    composed = unicodedata.normalize("NFC", text)
    return _SURROGATES.sub("\ufffd", _ILLEGAL_IN_XML.sub("", composed.replace("\r\n", "\n").replace("\r", "\n")))


def cut(text: str, longest: int) -> str:
    """A text of at most `longest` UTF-16 units, as Excel counts them. A longer one ends with how long it was."""
    if utf16_length(text) <= longest:
        return text
    note = f"… [đã cắt bớt, nguyên văn dài {figures.format_number(len(text))} ký tự]"
    return shorten(text, longest - len(note)) + note


def shorten(text: str, longest: int) -> str:
    """The first `longest` UTF-16 units of a text, without half of a letter."""
    return text.encode("utf-16-le")[: 2 * longest].decode("utf-16-le", "ignore")


def utf16_length(text: str) -> int:
    """The length of a text as Excel counts it: letters beyond U+FFFF, such as emoji, count twice."""
    return len(text.encode("utf-16-le")) // 2


def is_right_aligned(column: Column) -> bool:
    """Whether a column's values are aligned to the right, so that their digits stand under each other."""
    return column.kind in ("number", "percent")


KINDS = {"report": "Báo cáo", "notice": "Thông báo"}
"""The name of each kind of document."""

DRAFT = "DỰ THẢO"
"""What every page of a draft bears."""


def agency_lines(document: Document) -> list[str]:
    """The issuing agency, the last line, below the agencies above it."""
    lines = [*document.superior.splitlines(), *document.agency.splitlines()]
    return [line.strip() for line in map(clean, lines) if line.strip()]


def issuer(document: Document) -> str:
    """The issuing agency in a sentence: as the document names it, else the lines of its heading from the lowest one."""
    return clean(document.issuer).strip() or " ".join(reversed(agency_lines(document)))


def legal_bases(document: Document) -> list[str]:
    """The legal bases, each with its end: a semicolon, the last one a full stop (Appendix I, II.6)."""
    texts = [text for each in document.legal_bases if (text := clean(each).rstrip(" .;"))]
    return [f"{text}{'.' if number == len(texts) else ';'}" for number, text in enumerate(texts, 1)]


def recipients(document: Document) -> list[str]:
    """Who receives it, each with its end: a semicolon, the last one a full stop."""
    names = [name for each in document.recipients if (name := clean(each).rstrip(" .;"))]
    return [f"{name}{'.' if number == len(names) else ';'}" for number, name in enumerate(names, 1)]
