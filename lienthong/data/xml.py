"""The only XML parser. All XML from outside is read with it."""

from typing import Any

from lxml import etree

from lienthong.errors import Rejected
from lienthong.messages import message

LIMIT = 10 * 1024 * 1024
"""The largest document accepted by default, in bytes."""

_DECLARATION = b"<?xml"
_STRAY_BYTES = 64
"""How far into a document its declaration is searched for; one edXML gateway puts four bytes in front of it."""


def parse(body: bytes, *, limit: int = LIMIT, lines_before: int = 0) -> Any:
    """Return the root element (lxml) of an XML document.

    - A DTD is refused, so there are no entities but the five of XML. Nothing is read from disk or network.
    - Stray bytes before `<?xml` are cut off.
    - Raises `Rejected` with the line of the fault, `lines_before` further on. Its text contains nothing of the
      document, which may be personal.
    """
    if len(body) > limit:
        kib = {"size": len(body) // 1024, "limit": limit // 1024}
        raise Rejected(message("The XML has {size} KiB, the limit is {limit} KiB", **kib))
    start = max(body.find(_DECLARATION, 0, _STRAY_BYTES), 0)
    # A parser holds the errors of its last document, so each document gets its own.
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False, recover=False
    )
    try:
        root = etree.fromstring(body[start:], parser)
    except etree.XMLSyntaxError as error:
        if b"<!DOCTYPE" in body:  # attacks by entities end here: the DTD is the reason, not the line
            raise Rejected(_why_dtd()) from None
        line, column = error.position
        why = message("The XML is malformed at line {line}, column {column}", line=line + lines_before, column=column)
        raise Rejected(why) from None
    if root.getroottree().docinfo.doctype:
        raise Rejected(_why_dtd())
    return root


def _why_dtd() -> str:
    return message("The XML declares a DOCTYPE (DTD); only XML without a DTD is accepted")
