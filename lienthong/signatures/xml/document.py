"""A signed XML document: its signatures, and what their references point to."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from lxml import etree

from lienthong.data.xml import LIMIT, parse
from lienthong.errors import Rejected
from lienthong.signatures.limits import BeyondLimit, Limits
from lienthong.signatures.xml.parts import SIGNATURE, XADES, fault

_DECLARED = b"<?xml"
_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_POINTER = re.compile(r"#xpointer\(id\((?:'([^']*)'|\"([^\"]*)\")\)\)")
_WHOLE_POINTER = "#xpointer(/)"
_MAX_ATTRIBUTES = 1_000
"""Of one element; canonicalising sorts them, which takes the square of their number."""
_MAX_BYTES_DIGESTED = 64 << 20
"""Each signature digests the whole document again."""


@dataclass(frozen=True)
class SignedDocument:
    """A document that could be read. `fresh` reads it again each time, since digesting takes signatures out of it."""

    content: bytes

    @cached_property
    def root(self) -> Any:
        return self.fresh()

    def fresh(self) -> Any:
        """The document element. Raises `CmsFault` for what is no XML or declares a document type."""
        try:
            return parse(self.content)
        except Rejected:
            raise fault("xml-doctype" if b"<!DOCTYPE" in self.content else "xml-unreadable") from None

    @cached_property
    def signatures(self) -> list[Any]:
        """Every ds:Signature but counter-signatures, which state something about another signature."""
        return [each for each in self.root.iter(SIGNATURE) if not _is_counter_signature(each)]

    def position(self, signature: Any) -> int:
        """The place of a signature among all elements of its kind, the same in every reading."""
        return list(self.root.iter(SIGNATURE)).index(signature)

    @cached_property
    def identified(self) -> Mapping[str, list[Any]]:
        """Elements by what may be their identifier: without a document type, any attribute called id may be one."""
        found: dict[str, list[Any]] = {}
        for element in self.root.iter(etree.Element):
            for name, value in element.attrib.items():
                holders = found.setdefault(value, []) if name.rpartition("}")[2].lower() == "id" else [element]
                if element not in holders:
                    holders.append(element)
        return found

    def target(self, uri: str | None) -> Any:
        """The element that a reference points to; the document itself for all of it. Raises `CmsFault`."""
        if uri is None or (uri and not uri.startswith("#")):
            raise fault("xml-external-reference")
        if uri in ("", _WHOLE_POINTER):
            return self.root.getroottree()
        pointer = _POINTER.fullmatch(uri)
        found = self.identified.get((pointer[1] or pointer[2]) if pointer else uri[1:], [])
        if len(found) > 1:
            raise fault("xml-identifier-twice")
        if not found:
            raise fault("xml-not-the-document")
        return found[0]

    def with_comments(self, uri: str | None) -> bool:
        """XML Signature 1.1, 4.4.3.3: comments belong to what an XPointer names, and to no other reference."""
        return (uri or "").startswith("#xpointer")


def _is_counter_signature(signature: Any) -> bool:
    """EN 319 132-1, 5.2.7: an unsigned property of the signature around it."""
    parent = signature.getparent()
    is_one = parent is not None and parent.tag in {f"{{{space}}}CounterSignature" for space in XADES}
    return is_one and any(each.tag == SIGNATURE for each in parent.iterancestors())


def read_document(content: bytes, limits: Limits) -> SignedDocument:
    """Read a document. Raises `CmsFault`, or `BeyondLimit` when it would take too long."""
    if len(content) > LIMIT:
        raise BeyondLimit("max_bytes", LIMIT)
    start = content.find(_DECLARED, 0, 64)
    if start > 0 and content[:start] not in _MARKS:
        raise fault("xml-unreadable")  # bytes before the declaration, which other readers refuse or show
    document = SignedDocument(content)
    if document.root.getroottree().docinfo.xml_version != "1.0":
        raise fault("xml-unreadable")
    if document.root.xpath(f"boolean(//*[count(@*) > {_MAX_ATTRIBUTES}])"):
        raise BeyondLimit("max_attributes", _MAX_ATTRIBUTES)
    count = len(document.signatures)
    if count > limits.max_signatures or count * len(content) > _MAX_BYTES_DIGESTED:
        raise BeyondLimit("max_signatures", limits.max_signatures)
    return document
