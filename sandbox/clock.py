"""The sandbox's time. It stands still until the caller moves it, forwards or back."""

from datetime import UTC, datetime, tzinfo


class Clock:
    """What the outside systems take for now (UTC). Whoever drives the sandbox sets it."""

    def __init__(self, now: datetime) -> None:
        self.now = now


def instant(text: str, zone: tzinfo) -> datetime:
    """Read an ISO 8601 text as UTC.

    A date alone is its midnight in `zone`, and a time without an offset is local to `zone`.
    Offsets may be written `+07:00`, `+0700` or `Z`. Raises `ValueError` for anything else.
    """
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone)
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:  # the year 1 or 9999, moved over the edge of the calendar by its offset
        raise ValueError(f"{text!r} lies outside the calendar") from error
