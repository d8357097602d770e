"""How a sheet of a workbook prints: on A4, fitted to its width, with page numbers."""

from typing import Any

from lienthong import Document
from reports.rendering.cells import DRAFT

A4 = 9
_WIDEST_UPRIGHT = 100
"""Characters of a table that print on an upright page: in a wider one the letters would become too small."""


def set_up_print(page: Any, document: Document, width: int = 0) -> None:
    """A4, upright unless the `width` in characters is too much for it."""
    if width > _WIDEST_UPRIGHT:
        page.set_landscape()
    if document.draft:
        page.set_header(f'&C&"Times New Roman,Bold"&14{DRAFT}')
    page.set_paper(A4)
    page.fit_to_pages(1, 0)
    page.set_margins(left=0.6, right=0.6, top=0.75, bottom=0.75)
    page.set_footer('&C&"Times New Roman,Regular"&11Trang &P/&N')
    page.hide_gridlines(1)
