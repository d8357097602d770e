"""Finding the row of a report that cannot be rendered, so that a person can look at its dossier."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from lienthong.errors import LienthongError
from lienthong.masking import mask_text
from lienthong.messages import Message, message
from lienthong.report import Document, Render, Sheet

_SHOWN = 60
"""Letters of a row's first text that a sentence shows."""

Rows = Sequence[Sequence[Any]]


def reason_of(error: Exception) -> str:
    """The reason that an error of ours contains; of any other only its kind, because its text may be personal."""
    return str(error) if isinstance(error, LienthongError) else type(error).__name__


def place_of_fault(document: Document, render: Render) -> Message:
    """The row that `render` fails at, in words: its number, its table and its first text, such as a dossier's code.

    The document is rendered again with fewer and fewer rows, about three times as much work as rendering it once.
    """
    bare = [replace(sheet, rows=(), total=None) for sheet in document.sheets]
    if not _fails(render, replace(document, sheets=bare)):
        for at, sheet in enumerate(document.sheets):

            def fails(rows: Rows, total: Sequence[Any] | None = None, at: int = at, sheet: Sheet = sheet) -> bool:
                alone = replace(sheet, rows=rows, total=total)
                return _fails(render, replace(document, sheets=[*bare[:at], alone, *bare[at + 1 :]]))

            if rows := _narrow(sheet.rows, fails):
                number = next(number for number, row in enumerate(sheet.rows, 1) if row is rows[0])
                return _row(number, sheet, rows[0])
            if sheet.total is not None and fails((), sheet.total):
                return message("the total row of “{sheet}”", sheet=sheet.title)
    return message("its text")


def _narrow(rows: Rows, fail: Callable[[Rows], bool]) -> Rows:
    """The smallest part, found by halving, that still fails; nothing when all rows together do not."""
    if not rows or not fail(rows):
        return ()
    while len(rows) > 1:
        half = len(rows) // 2
        part = next((part for part in (rows[:half], rows[half:]) if fail(part)), None)
        if part is None:  # only rows of both halves together fail
            break
        rows = part
    return rows


def _fails(render: Render, document: Document) -> bool:
    try:
        render(document)
    except Exception:  # noqa: BLE001 - that it fails is the answer
        return True
    return False


def _row(number: int, sheet: Sheet, row: Sequence[Any]) -> Message:
    texts = (" ".join(value.split()) for value in row if isinstance(value, str))
    text = next(filter(None, texts), "")
    shown = text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
    return message("row {row} of “{sheet}” ({text})", row=number, sheet=sheet.title, text=mask_text(shown))
