"""What a schema states of an event type that is to end: since when, what follows it, and until when it is announced.

Headers follow RFC 9745 (`Deprecation`) and RFC 8594 (`Sunset`); attributes of events follow the extension *Deprecation*
of CloudEvents.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from email.utils import format_datetime
from typing import Any

FIELD = "DEPRECATION"
"""The class variable of a schema that holds its `Deprecation`."""


@dataclass(frozen=True, slots=True)
class Deprecation:
    """`DEPRECATION: ClassVar = Deprecation(since=date(2026, 12, 1), successor="dossier.v2")` in a schema.

    - `since`: the day from which on it is deprecated; days begin at midnight UTC.
    - `successor`: the type that follows.
    - `sunset`: the day from which on it is not announced any more; None while that is not decided.
    """

    since: date
    successor: str
    sunset: date | None = None

    def http_headers(self, successor_url: str = "") -> Mapping[str, str]:
        """The headers of a reply or a webhook. `successor_url`: where the successor is described."""
        headers = {"Deprecation": f"@{int(_midnight(self.since).timestamp())}"}
        if self.sunset is not None:
            headers["Sunset"] = format_datetime(_midnight(self.sunset), usegmt=True)
        if successor_url:
            headers["Link"] = f'<{successor_url}>; rel="successor-version"'
        return headers

    def attributes(self, successor_url: str = "") -> Mapping[str, Any]:
        """The attributes of a CloudEvents event, which are the headers of a message of RabbitMQ, too."""
        found: dict[str, Any] = {"deprecated": True, "deprecationfrom": _instant(self.since)}
        if self.sunset is not None:
            found["deprecationsunset"] = _instant(self.sunset)
        if successor_url:
            found["deprecationmigration"] = successor_url
        return found

    def as_json(self) -> Mapping[str, str]:
        """As documents state it."""
        found = {"since": self.since.isoformat(), "successor": self.successor}
        return found if self.sunset is None else found | {"sunset": self.sunset.isoformat()}


def deprecation_of(shape: type) -> Deprecation | None:
    """What a schema states of itself; None for a type that stays."""
    found = getattr(shape, FIELD, None)
    return found if isinstance(found, Deprecation) else None


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _instant(day: date) -> str:
    return f"{day.isoformat()}T00:00:00Z"
