"""A report as a PDF, the format `pdf` of the configuration."""

from lienthong import Document


def render(document: Document, *, symbol: str = "BC-VPUBND", signer: str = "CHÁNH VĂN PHÒNG") -> bytes:
    """The PDF. `symbol` follows the number (số, ký hiệu), which the records office writes in; `signer` is a title."""
    from reports.rendering.paper import build  # here, because `lienthong check` loads this module

    return build(document, symbol, signer)
