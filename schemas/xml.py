"""The one XML parser of the house. Whatever is XML and comes from outside comes in through here."""

from typing import Any

from lxml import etree

from lienthong import Rejected

LIMIT = 10 * 1024 * 1024
"""The largest document accepted unless the caller says otherwise, in bytes."""

_DECLARATION = b"<?xml"
_DTD = "XML có khai báo DOCTYPE (DTD); hệ thống chỉ nhận XML không có DTD"
_STRAY = 64
"""How far into a document its declaration is looked for; one edXML gateway puts four bytes in front of it."""


def parse(body: bytes, *, limit: int = LIMIT) -> Any:
    """The root element (lxml) of an XML document.

    - No DTD, so no entities but XML's own five; nothing is fetched, from disk or network.
    - Stray bytes before `<?xml` are cut off.
    - Raises `Rejected` with the line of the fault; never shows content, which may be personal.
    """
    if len(body) > limit:
        raise Rejected(f"tệp XML lớn {len(body) // 1024} KiB, vượt giới hạn {limit // 1024} KiB")
    start = max(body.find(_DECLARATION, 0, _STRAY), 0)
    # A parser holds the errors of its last document, so each document gets its own.
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False, recover=False
    )
    try:
        root = etree.fromstring(body[start:], parser)
    except etree.XMLSyntaxError as error:
        if b"<!DOCTYPE" in body:  # most attacks by entities end here: say what is wrong with them, not where
            raise Rejected(_DTD) from None
        line, column = error.position
        raise Rejected(f"XML sai cú pháp ở dòng {line}, cột {column}") from None
    if root.getroottree().docinfo.doctype:
        raise Rejected(_DTD)
    return root
