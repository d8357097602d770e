"""A report as an HTML page, the format `html` of the configuration: one file that loads nothing and runs no script.

It reads on a telephone and prints on A4. Equal reports give equal bytes.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from lienthong import Column, Document, Signer, figure_anchor
from reports.figures import format_number
from reports.rendering.cells import (
    DRAFT,
    KINDS,
    NO_ROWS,
    agency_lines,
    clean,
    format_cell,
    is_right_aligned,
    legal_bases,
    recipients,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jinja2 import Template

_MOST_UPRIGHT = 7
"""Columns of a table that prints on an upright page."""

_MOST_BESIDE = 4
"""Columns that stand beside each other on a telephone."""

_PAGE = Path(__file__).with_name("page")


@dataclass(frozen=True, slots=True)
class _Cell:
    """The text of a cell, and the class that aligns it."""

    text: str
    kind: str


@dataclass(frozen=True, slots=True)
class _Table:
    """A table as it is shown. `empty` is the one sentence of a table without rows, or nothing."""

    title: str
    headings: list[_Cell]
    rows: list[list[_Cell]]
    total: list[_Cell]
    empty: str
    count: str

    @property
    def is_wide(self) -> bool:
        """Whether its rows become cards on a telephone."""
        return len(self.headings) > _MOST_BESIDE

    @property
    def is_broad(self) -> bool:
        """Whether it prints on landscape pages."""
        return len(self.headings) > _MOST_UPRIGHT


def render(document: Document) -> bytes:
    """The page as UTF-8. Text stays text: nothing in a document becomes markup, a link or a script."""
    signer = document.signer or Signer()
    tables = _tables(document)
    page = _template().render(
        draft=DRAFT if document.draft else "",
        agency=agency_lines(document),
        number=clean(document.number).strip(),
        kind=KINDS[document.kind],
        place=clean(document.place),
        day=format_cell(document.issued_on),
        title=clean(document.title),
        subtitle=clean(document.subtitle),
        addressee=clean(document.addressee).strip(),
        bases=legal_bases(document),
        summary=[clean(text) for text in document.summary],
        tables=tables,
        charts=_charts(document),
        notes=[clean(text) for text in document.notes],
        recipients=recipients(document),
        signer=[clean(line) for line in (signer.authority, signer.title) if line],
        signed_by=clean(signer.name),
        figures=_figures(document),
        card_titles=_card_titles(tables),
        style=_PAGE.joinpath("style.css").read_text(encoding="utf-8"),
    )
    return page.encode("utf-8")


def _figures(document: Document) -> list[tuple[str, str, str]]:
    """By path, each figure that is proved beside the page: the path, how it is counted, and the link."""
    if not document.proof:
        return []
    return [
        (clean(path), clean(figure.formula), f"{quote(document.proof)}#{figure_anchor(path)}")
        for path, figure in sorted(document.figures.items())
    ]


def _charts(document: Document) -> list[tuple[str, str, str]]:
    """The title of each chart, and the chart as it is drawn for a broad page and for a telephone."""
    from reports.rendering.charts import draw_svg  # here, because `check` loads this module

    shown = (chart for chart in document.charts if not chart.is_empty)
    return [(clean(chart.title), draw_svg(chart, 640), draw_svg(chart, 270)) for chart in shown]


def _card_titles(tables: "Sequence[_Table]") -> str:
    """The rules of style that name each cell of a card after its column."""
    rules = [
        f"#o-{number} td:nth-child({column}):not(.empty)::before{{content:{_css_text(cell.text)}}}"
        for number, table in enumerate(tables, 1)
        if table.is_wide
        for column, cell in enumerate(table.headings, 1)
    ]
    return f"@media screen and (max-width: 34rem){{{''.join(rules)}}}\n" if rules else ""


def _css_text(text: str) -> str:
    """A text as a string of a style sheet. Whatever is no letter or digit is written by its number."""
    return '"' + "".join(each if each.isalnum() else f"\\{ord(each):x} " for each in text) + '"'


@cache
def _template() -> "Template":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # here, because `check` loads this module

    loader = FileSystemLoader(_PAGE)
    environment = Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.get_template("page.html")


def _tables(document: Document) -> list[_Table]:
    return [
        _Table(
            title=clean(sheet.title),
            headings=[_Cell(clean(column.title), _kind(column)) for column in sheet.columns],
            rows=[_cells(sheet.columns, row) for row in sheet.rows],
            total=_cells(sheet.columns, sheet.total) if sheet.total is not None else [],
            empty="" if sheet.rows else NO_ROWS,
            count=format_number(len(sheet.rows)),
        )
        for sheet in document.sheets
    ]


def _cells(columns: "Sequence[Column]", row: "Sequence[object]") -> list[_Cell]:
    return [_Cell(format_cell(value, column.kind), _kind(column)) for column, value in zip(columns, row, strict=True)]


def _kind(column: Column) -> str:
    return "number" if is_right_aligned(column) else column.kind
