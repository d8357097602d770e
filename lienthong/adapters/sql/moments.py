"""Moments as columns hold them: text in UTC with microseconds always, so that they are compared as text."""

from datetime import UTC, datetime

from lienthong.envelope import parse_utc


def moment_text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def optional_text(moment: datetime | None) -> str | None:
    return moment_text(moment) if moment else None


def optional_moment(text: str | None) -> datetime | None:
    return parse_utc(text) if text else None
