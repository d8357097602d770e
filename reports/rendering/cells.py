"""Values as Vietnamese readers write them: 1.234, 51,07%, 21/11/2023."""

import unicodedata
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from lienthong import LOCAL_ZONE, Column

NOTHING = "Không phát sinh"
"""What the one row of a table says that has none."""


def text_of(value: Any, kind: str = "text") -> str:
    """A cell as text. A percent is a ratio (0.5107 is 51,07%); None is empty; a datetime shows its local date."""
    if value is None:
        return ""
    if kind == "percent" and isinstance(value, (int, float, Decimal)):
        points = (Decimal(str(value)) * 100).quantize(Decimal("0.01"), ROUND_HALF_UP)
        return f"{points:,f}%".translate(_SEPARATORS)
    if isinstance(value, int) and kind == "number":
        return f"{value:,}".translate(_SEPARATORS)
    if isinstance(value, (float, Decimal)):
        return f"{value:,f}".translate(_SEPARATORS)
    if isinstance(value, (date, datetime)):
        return f"{local_date(value):%d/%m/%Y}"
    return clean(str(value))


def local_date(value: date | datetime) -> date:
    """The day in Vietnam; a plain date is one already."""
    return value.astimezone(LOCAL_ZONE).date() if isinstance(value, datetime) else value


def clean(text: str) -> str:
    """Composed Unicode without the control characters that neither XML nor a page can hold; line breaks stay."""
    return "".join(sign for sign in unicodedata.normalize("NFC", text) if sign >= " " or sign in "\n\t")


def is_right(column: Column) -> bool:
    """Whether a column's values are set flush right, so that their digits line up."""
    return column.kind in ("number", "percent")


_SEPARATORS = str.maketrans(",.", ".,")
