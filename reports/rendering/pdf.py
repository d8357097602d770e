"""A report as a PDF, the format `pdf` of the configuration."""

from lienthong import Document


def render(document: Document, *, office: str = "VPUBND", signer: str = "CHÁNH VĂN PHÒNG") -> bytes:
    """The PDF. The records office writes in the number (số); `office` ends the sign after it, as in BC-VPUBND.

    `signer` is a title.
    """
    from reports.rendering.paper import build  # here, because `lienthong check` loads this module

    return build(document, office, signer)
