"""Canonical XML (C14N 1.0 and 1.1, exclusive C14N) of a document and of parts of it.

libxml2 canonicalises; it takes a part for a document of its own, so that what a part inherits is given to it here.
"""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

from lxml import etree

from lienthong.data.xml import parse
from lienthong.signatures.cms import CmsFault
from lienthong.signatures.verdict import SubIndication

_XML = "{http://www.w3.org/XML/1998/namespace}"
_EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"
_V10 = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
_V11 = "http://www.w3.org/2006/12/xml-c14n11"


@dataclass(frozen=True, slots=True)
class Method:
    """A canonicalisation. `prefixes`: namespaces that the exclusive one treats as the inclusive one does."""

    exclusive: bool
    with_comments: bool
    version_11: bool = False
    prefixes: tuple[str, ...] = ()


DEFAULT = Method(exclusive=False, with_comments=False)
"""What makes octets of nodes where no transform does (XML Signature 1.1, 4.4.3.2)."""

_METHODS = {
    _V10: DEFAULT,
    f"{_V10}#WithComments": Method(exclusive=False, with_comments=True),
    _V11: Method(exclusive=False, with_comments=False, version_11=True),
    f"{_V11}#WithComments": Method(exclusive=False, with_comments=True, version_11=True),
    _EXCLUSIVE: Method(exclusive=True, with_comments=False),
    f"{_EXCLUSIVE}WithComments": Method(exclusive=True, with_comments=True),
}


def read_method(element: Any) -> Method | None:
    """The canonicalisation that an element with `Algorithm` names; None for one that is not permitted or malformed."""
    method = _METHODS.get(element.get("Algorithm"))
    inside = list(element)
    if method is None or not inside:
        return method
    parameter = inside[0]
    if len(inside) > 1 or not method.exclusive or parameter.tag != f"{{{_EXCLUSIVE}}}InclusiveNamespaces":
        return None
    prefixes = tuple((parameter.get("PrefixList") or "").split())
    return Method(exclusive=True, with_comments=method.with_comments, prefixes=prefixes)


def canonical(node: Any, method: Method, *, comments: bool = False) -> bytes:
    """The octets of a document (a tree, with what stands around its element) or of a document element.

    Comments are left out but where `comments` permits them and the method keeps them.
    """
    try:
        octets: bytes = etree.tostring(
            node,
            method="c14n",
            exclusive=method.exclusive,
            with_comments=comments and method.with_comments,
            inclusive_ns_prefixes=list(method.prefixes) or None,
        )
    except (etree.LxmlError, ValueError):  # such as a relative namespace, which C14N forbids
        raise CmsFault(SubIndication.FORMAT_FAILURE, "xml-not-canonical") from None
    return octets


def canonical_part(element: Any, method: Method, *, comments: bool = False) -> bytes:
    """The octets of an element within a document."""
    alone = parse(etree.tostring(element, with_tail=False))  # it has all namespaces that are in scope
    if not method.exclusive:
        for name, value in _inherited(element, method).items():
            alone.set(name, value)
    return canonical(alone, method, comments=comments)


def _inherited(element: Any, method: Method) -> dict[str, str]:
    """Attributes xml:… of ancestors (C14N 1.0, 2.4; C14N 1.1, 2.4: xml:id is not inherited, xml:base is joined)."""
    found: dict[str, str] = {}
    for ancestor in reversed([element, *element.iterancestors()]):
        for name, value in ancestor.attrib.items():
            if not name.startswith(_XML) or (method.version_11 and name == f"{_XML}id" and ancestor is not element):
                continue
            joined = method.version_11 and name == f"{_XML}base"
            found[name] = urljoin(found.get(name, ""), value) if joined else value
    return found
