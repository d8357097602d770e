"""Instants as the data store writes them: text of one fixed width in UTC, `2023-11-01T00:00:00.000000Z`.

Text order is then time order on SQLite and PostgreSQL alike.
"""

from datetime import UTC, datetime


def format_instant(moment: str | datetime) -> str:
    """An instant with an offset in the store's form. Raises ValueError for one without an offset."""
    if isinstance(moment, str):
        if moment[19:] == "Z":  # how pydantic writes whole seconds: nearly every instant
            return f"{moment[:19]}.000000Z"
        if len(moment) == 27 and moment[19] == "." and moment[26] == "Z" and moment[20:26].isdecimal():
            return moment  # how pydantic writes microseconds: already the store's form
        moment = datetime.fromisoformat(moment)
    if moment.tzinfo is None:
        raise ValueError("an instant without an offset")
    return f"{moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='microseconds')}Z"


def parse_instant(text: str) -> datetime:
    """The UTC datetime of an instant that the store wrote."""
    return datetime.fromisoformat(text)


def parse_optional(text: str | None) -> datetime | None:
    """The UTC datetime of an instant that the store wrote; None for NULL."""
    return None if text is None else parse_instant(text)
