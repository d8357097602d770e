"""Instants as people read them: Vietnam's local time, dd/mm/yyyy in both languages."""

from datetime import datetime

from lienthong.envelope import LOCAL_ZONE

DAY, MINUTE, SECOND = "%d/%m/%Y", "%d/%m/%Y %H:%M", "%d/%m/%Y %H:%M:%S"
"""The precisions in which instants are shown."""


def local_time(instant: datetime, precision: str = SECOND) -> str:
    """The instant in Vietnam's local time."""
    return instant.astimezone(LOCAL_ZONE).strftime(precision)
