"""Instants as text: ISO 8601 with an offset."""

from datetime import UTC, datetime
from functools import lru_cache


@lru_cache(maxsize=4096)  # all events of a page share one instant
def format_instant(moment: datetime) -> str:
    """An instant as ISO 8601 in UTC: the form in the ledger, in messages and in stored data.

    Equal moments of different zones are one key of the cache, so all of them get one text.
    """
    return (moment if moment.tzinfo is UTC else moment.astimezone(UTC)).isoformat()


@lru_cache(maxsize=4096)
def parse_utc(text: str) -> datetime:
    """The instant of an ISO 8601 text with offset, in UTC. Raises ValueError or OverflowError for any other text."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is UTC:  # the usual case: `format_instant` writes UTC
        return moment
    if moment.tzinfo is None:
        raise ValueError(f"no UTC offset in {text!r}")
    return moment.astimezone(UTC)
