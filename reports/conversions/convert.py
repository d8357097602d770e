"""An electronic document as sheets to print: each page whole, and below it the mark of the conversion.

The pages are drawn by qpdf (pikepdf), with the seals and signatures that stand on them as annotations. A file that
could look otherwise on paper than on the screen is refused. Files come from anybody: this runs in a process with limits
(`reports.conversions.process`).
"""

from collections.abc import Iterator, Sequence
from io import BytesIO
from math import isfinite
from typing import Any, Literal

import pikepdf
from pikepdf import Array, Dictionary, Name

from reports.conversions.mark import Mark, draw_marks
from reports.conversions.sheets import A4, Frame, Sheet, lay_out

Why = Literal["password", "damaged", "not-on-paper", "too-large"]

MOST_PAGES = 1_000
_LEVELS = 40
_LOST = ("decod", "recover", "appearance", "normaliz")
"""What warnings of qpdf have in their text when it may have left out something of a page."""


class NotConvertible(Exception):  # noqa: N818 - a fact about a file
    """A file that has no true image on paper. `why`: password, damaged, not-on-paper or too-large."""

    def __init__(self, why: Why) -> None:
        super().__init__(why)
        self.why = why


def convert(content: bytes, mark: Mark) -> tuple[bytes, int]:
    """The sheets as a PDF, and their number. The same document and mark are the same bytes. Raises `NotConvertible`."""
    try:
        with pikepdf.open(BytesIO(content), attempt_recovery=False, suppress_warnings=True) as document:
            return _convert(document, mark), len(document.pages)
    except pikepdf.PasswordError:
        raise NotConvertible("password") from None
    except MemoryError:
        raise NotConvertible("too-large") from None
    except (pikepdf.PdfError, ValueError, TypeError, KeyError, AttributeError, RuntimeError, OverflowError):
        raise NotConvertible("damaged") from None


def _convert(document: pikepdf.Pdf, mark: Mark) -> bytes:
    if not 0 < len(document.pages) <= MOST_PAGES:
        raise NotConvertible("too-large" if len(document.pages) else "damaged")
    _require_still(document)
    if "/AcroForm" in document.Root and "/NeedAppearances" in document.Root.AcroForm:
        del document.Root.AcroForm.NeedAppearances  # no field has a value, as was found before
    document.flatten_annotations("all")
    frames = [_frame(page) for page in document.pages]
    sheets = [lay_out(frame) for frame in frames]
    out = BytesIO()
    with pikepdf.open(BytesIO(draw_marks(mark, _labels(sheets)))) as marks, pikepdf.new() as paper:
        for page, frame, sheet, drawn in zip(document.pages, frames, sheets, marks.pages, strict=True):
            # The form of a page is cut at this edge.
            page.obj["/TrimBox"] = Array([frame.left, frame.bottom, frame.right, frame.top])
            whole = page.as_form_xobject(handle_transformations=False)
            _add_sheet(paper, sheet, paper.copy_foreign(whole), paper.copy_foreign(drawn.as_form_xobject()))
        if "/OCProperties" in document.Root:  # layers that are off stay off
            layers = document.make_indirect(document.Root.OCProperties)
            paper.Root.OCProperties = paper.copy_foreign(layers)
        paper.save(out, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
        warnings = [*document.get_warnings(), *paper.get_warnings()]
    if any(word in str(warning) for warning in warnings for word in _LOST):
        raise NotConvertible("damaged")
    return out.getvalue()


def _labels(sheets: Sequence[Sheet]) -> list[str]:
    labels = []
    for number, sheet in enumerate(sheets, 1):
        smaller = "" if sheet.share > 0.995 else f" · nội dung thu nhỏ còn {round(sheet.share * 100) or 1}%"
        labels.append(f"Trang {number}/{len(sheets)}{smaller}")
    return labels


def _add_sheet(paper: pikepdf.Pdf, sheet: Sheet, page: Any, mark: Any) -> None:
    """Add a sheet. The page is drawn in a frame of its own, so that it cannot reach the mark."""
    drawn = f"q {_written(sheet.page)} cm /Page Do Q q {_written(sheet.mark)} cm /Mark Do Q"
    added = Dictionary(
        Type=Name.Page,
        Resources=Dictionary(XObject=Dictionary(Page=page, Mark=mark)),
        Contents=paper.make_stream(drawn.encode()),
    )
    added["/MediaBox"] = Array([0, 0, round(sheet.width, 3), round(sheet.height, 3)])
    paper.pages.append(pikepdf.Page(paper.make_indirect(added)))


def _written(matrix: Sequence[float]) -> str:
    return " ".join(f"{value:.5f}" for value in matrix)


def _frame(page: pikepdf.Page) -> Frame:
    """The part of a page that a viewer shows. Without a sound frame it is A4."""
    media = _numbers(page.mediabox) or (0.0, 0.0, *A4)
    crop = _numbers(page.cropbox) or media
    visible = (max(media[0], crop[0]), max(media[1], crop[1]), min(media[2], crop[2]), min(media[3], crop[3]))
    left, bottom, right, top = visible if _is_sound(visible) else media
    unit = _number(page.obj.get("/UserUnit")) or 1.0
    turned = page.obj.get("/Rotate", page._get_inherited("/Rotate") if hasattr(page, "_get_inherited") else 0)
    quarter = int(turned) % 360 if isinstance(turned, int) and turned % 90 == 0 else 0
    return Frame(left, bottom, right, top, quarter, unit if 0.01 < unit < 1e5 else 1.0)


def _is_sound(frame: Sequence[float]) -> bool:
    return all(map(isfinite, frame)) and 1 <= frame[2] - frame[0] <= 1e6 and 1 <= frame[3] - frame[1] <= 1e6


def _numbers(frame: Any) -> tuple[float, float, float, float] | None:
    try:
        left, bottom, right, top = (float(value) for value in frame)
    except (TypeError, ValueError):
        return None
    found = (min(left, right), min(bottom, top), max(left, right), max(bottom, top))
    return found if _is_sound(found) else None


def _number(value: Any) -> float | None:
    try:
        return None if value is None else float(value)
    except (TypeError, ValueError):
        return None


def _require_still(document: pikepdf.Pdf) -> None:
    """Raise `NotConvertible` for what viewers draw by themselves: no image of it is in the file."""
    form = document.Root.get("/AcroForm")
    is_drawn_anew = isinstance(form, Dictionary) and bool(form.get("/NeedAppearances", False))
    if "/Collection" in document.Root or (isinstance(form, Dictionary) and "/XFA" in form):
        raise NotConvertible("not-on-paper")
    for widget in _widgets(document):
        if not _has_value(widget):
            continue
        if is_drawn_anew or "/N" not in (widget.get("/AP") or Dictionary()):
            raise NotConvertible("not-on-paper")


def _widgets(document: pikepdf.Pdf) -> Iterator[Any]:
    for page in document.pages:
        annotations = page.obj.get("/Annots")
        for each in annotations if isinstance(annotations, Array) else ():
            if isinstance(each, Dictionary) and each.get("/Subtype") == Name.Widget:
                yield each


def _has_value(widget: Any) -> bool:
    """Whether it is a field of text or choice with a value; a signature has none that is shown."""
    kind, value = _inherited(widget, "/FT"), _inherited(widget, "/V")
    return kind in (Name.Tx, Name.Ch) and value is not None and len(str(value).strip()) > 0


def _inherited(field: Any, name: str) -> Any:
    for _ in range(_LEVELS):
        if not isinstance(field, Dictionary):
            return None
        if name in field:
            return field[name]
        field = field.get("/Parent")
    return None
