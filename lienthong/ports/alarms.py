"""What a sink of the project has found that operators should know, counted: `doctor` and `/metrics` show it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from lienthong.ports.connectors import Sink


@dataclass(frozen=True, slots=True)
class OpenAlarms:
    """Alarms of one kind that are open now. `name` is a fixed word, the label of their figure.

    `oldest`: since when the oldest one is open. `text`: what is wrong and what to do, in the language of the project,
    without personal data.
    """

    name: str
    count: int
    oldest: datetime
    text: str


class RaisesAlarms(Sink, Protocol):
    """A sink that raises alarms. It is found by its method `open_alarms`."""

    def open_alarms(self) -> Iterable[OpenAlarms]:
        """The kinds of which an alarm is open. Raises `Transient` without the database."""
