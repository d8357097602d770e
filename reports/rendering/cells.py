"""Cell values as Vietnamese readers write them: 1.234, 51,07%, 21/11/2023."""

import unicodedata
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from lienthong import Column
from reports import figures
from transforms.moments import local_date

NO_ROWS = "Không phát sinh"
"""What the one row of an empty table contains."""


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
    """Composed Unicode (NFC) without the control characters that XML cannot contain; line breaks and tabs stay."""
    return "".join(sign for sign in unicodedata.normalize("NFC", text) if sign >= " " or sign in "\n\t")


def is_right_aligned(column: Column) -> bool:
    """Whether a column's values are aligned to the right, so that their digits stand under each other."""
    return column.kind in ("number", "percent")
