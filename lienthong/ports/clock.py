"""The port of time."""

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """The time. A recording and a test replace it with a clock that they move."""

    def now(self) -> datetime:
        """The current instant, in UTC, with tzinfo."""
