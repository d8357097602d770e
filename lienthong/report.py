"""A report: its figures for programs, its tables for people. Rendering is a connector's work."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, Protocol


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a report's table. `kind` decides alignment and number format; `width` is in characters."""

    title: str
    kind: Literal["text", "number", "percent", "date"] = "text"
    width: int = 16


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table of a report. `total` is a last row, set off from the others."""

    title: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Any]]
    total: Sequence[Any] | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """A report before it is rendered: its figures for programs (`payload`) and its tables for people (Vietnamese)."""

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
    """A report: `build` reads the store and returns the document for one period such as `2023-11`."""

    def build(self, period: str) -> Document: ...


Render = Callable[[Document], bytes]
"""A document in one file format."""
