"""A report: its figures for programs and its tables for people. A renderer makes a file of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, Protocol


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table. `kind` decides alignment and number format; `width` is in characters."""

    title: str
    kind: Literal["text", "number", "percent", "date"] = "text"
    width: int = 16


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table of a report. `total` is the last row, printed apart from the others, or None."""

    title: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Any]]
    total: Sequence[Any] | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """A report before it is rendered.

    - `payload`: its figures, for programs; a JSON object.
    - `sheets`: its tables, for people, in Vietnamese.
    - `period`: the period it covers, such as `2023-11`; `issued_on` is an instant.
    - `agency`, `place`, `recipients`: the heading and the foot of an official document.
    - `summary`, `notes`: sentences before and after the tables.
    """

    name: str
    title: str
    subtitle: str
    period: str
    agency: str
    place: str
    issued_on: datetime
    payload: Mapping[str, Any]
    sheets: Sequence[Sheet]
    summary: Sequence[str] = ()
    notes: Sequence[str] = ()
    recipients: Sequence[str] = ()


class Report(Protocol):
    """A report of the data store."""

    def build(self, period: str) -> Document:
        """The document for one period, such as `2023-11`. Raises `Rejected` for a period it cannot be built for."""


Render = Callable[[Document], bytes]
"""A function that renders a document as the bytes of one file format."""
