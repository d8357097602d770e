"""A report: its figures for programs and its tables for people. A renderer makes a file of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from hashlib import sha256
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
class Chart:
    """A picture of figures, for what a person would look at rather than read.

    `series` are named rows of values, one value for each of `categories`; None where there is none. With `percent` a
    value is a ratio (0.5107 is 51,07%).
    """

    title: str
    kind: Literal["line", "bar", "share"]
    categories: Sequence[str]
    series: Sequence[tuple[str, Sequence[int | Decimal | None]]]
    percent: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether it would show nothing: no value, or none but 0."""
        return not any(value for _, values in self.series for value in values)


@dataclass(frozen=True, slots=True)
class Figure:
    """How one figure of a report came about, for its proof.

    `formula` states in words what is counted; `numerator` and `denominator` are the ids of the events behind it. A
    plain count has no `denominator`.
    """

    formula: str
    numerator: Sequence[str]
    denominator: Sequence[str] | None = None


@dataclass(frozen=True, slots=True)
class Scope:
    """What part of a report is asked for: of one `unit` and those below it, and by which tree of organisations.

    `tree` is the one in force at the end of the period, or today's, in which a unit that has ended stands under its
    successor.
    """

    unit: str | None = None
    tree: Literal["period", "today"] = "period"

    @property
    def suffix(self) -> str:
        """What the names of its files have after the period, such as `-H08.31-today`; nothing for the whole."""
        return (f"-{self.unit}" if self.unit else "") + ("-today" if self.tree == "today" else "")


WHOLE = Scope()
"""Everything, by the tree of the period."""


@dataclass(frozen=True, slots=True)
class Signer:
    """Who signs: the `title` (chức vụ), the `authority` it is signed by, such as `KT. CHÁNH VĂN PHÒNG`, and the name.

    What is empty is not printed; without a `title` the renderer has one of its own.
    """

    authority: str = ""
    title: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """A report before it is rendered.

    - `payload`: its figures, for programs; a JSON object.
    - `sheets`: its tables, for people, in Vietnamese.
    - `period`: the period it covers, such as `2023-11`; `issued_on` is an instant.
    - `agency`, `place`, `recipients`: the heading and the foot of an official document.
    - `summary`, `notes`: sentences before and after the tables.
    - `charts`: pictures of its figures.
    - `figures`: how each figure came about, by its path in the payload, such as `by_unit.H08.31.online`.
    - `kind`: what sort of official document it is: a report (báo cáo) or a notice (thông báo).
    - `parts`: documents that belong to it, each for one reader alone, such as the letter to one agency.
    - `draft`: it is not approved yet; every page bears "DỰ THẢO".
    - `number`: its number and sign (số và ký hiệu), such as `12/BC-VPUBND`; empty leaves room to write a number in.
    - `legal_bases`: what it is based on (căn cứ), each a sentence without its end, printed before the text.
    - `superior`: the agency above the issuing one (cơ quan chủ quản), or empty.
    - `signer`: who signs it; without one the renderer names the title that signs as a rule.
    - `issuer`: the issuing agency as a sentence writes it, such as `Văn phòng Ủy ban nhân dân tỉnh`, or empty.
    - `addressee`: whom it is addressed to (kính gửi), or empty.
    - `proof`: the name of the page beside its files that shows the events behind its figures, or empty.
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
    charts: Sequence[Chart] = ()
    figures: Mapping[str, Figure] = field(default_factory=dict)
    parts: Sequence["Part"] = ()
    kind: Literal["report", "notice"] = "report"
    draft: bool = False
    number: str = ""
    legal_bases: Sequence[str] = ()
    superior: str = ""
    signer: Signer | None = None
    issuer: str = ""
    addressee: str = ""
    proof: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """A document for one reader alone: the `unit` it is about and the e-mail address it goes to, or None."""

    unit: str
    recipient: str | None
    document: Document


class Report(Protocol):
    """A report of the data store."""

    def build(self, period: str, *, scope: Scope = WHOLE) -> Document:
        """The document for one period, such as `2023-11`.

        Raises `Rejected` of the field `period` for a period it cannot be built for, and of the field `unit` or `tree`
        for a scope that it does not have.
        """


def figure_anchor(path: str) -> str:
    """Where the proof of a figure stands in the page of proofs, for a link."""
    return f"so-{sha256(path.encode()).hexdigest()[:12]}"


Render = Callable[[Document], bytes]
"""A function that renders a document as the bytes of one file format."""
