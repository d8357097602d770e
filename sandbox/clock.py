"""The sandbox's clock. It stands still until the caller sets it, forwards or back."""

from datetime import UTC, datetime, tzinfo


class Clock:
    """The current time of the outside systems (UTC). The caller of the sandbox sets it."""

    def __init__(self, now: datetime) -> None:
        self.now = now


def parse_instant(text: str, zone: tzinfo) -> datetime:
    """Parse ISO 8601 text. Returns UTC.

    A date is midnight in `zone`; a time without an offset is in `zone`. An offset is `+07:00`, `+0700` or `Z`.
    Raises `ValueError` for anything else.
    """
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone)
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:  # the offset moves the year 1 or 9999 out of the calendar
        raise ValueError(f"{text!r} lies outside the calendar") from error
