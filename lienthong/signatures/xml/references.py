"""What the references of an XML signature cover, and whether their digests fit (EN 319 102-1, 5.2.7)."""

import hashlib
import hmac
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from lxml import etree

from lienthong.data.xml import parse
from lienthong.errors import Rejected
from lienthong.signatures.algorithms import Used
from lienthong.signatures.cms import CmsFault
from lienthong.signatures.verdict import SubIndication
from lienthong.signatures.xml.algorithms import DIGESTS
from lienthong.signatures.xml.canonical import DEFAULT, Method, canonical, canonical_part
from lienthong.signatures.xml.document import SignedDocument
from lienthong.signatures.xml.parts import DS, SIGNATURE, XADES, Parts, Reference, fault

_PARTS_OF_ITS_SIGNATURE = frozenset(
    [
        *(f"{{{DS}}}{name}" for name in ("KeyInfo", "Object", "SignatureProperties", "SignatureProperty")),
        *(f"{{{space}}}SignedProperties" for space in XADES),
    ]
)


@dataclass(frozen=True, slots=True)
class Covered:
    """What is covered besides the document: elements of the signature itself, and the digests that were used."""

    parts: Sequence[Any]
    used: Sequence[Used]

    def holds(self, element: Any) -> bool:
        """Whether an element is covered, by itself or with one around it."""
        return any(each in self.parts for each in (element, *element.iterancestors()))


def check_references(document: SignedDocument, parts: Parts) -> Covered:
    """That one reference covers the whole document, any further one a part of this signature, and all digests fit.

    Raises `CmsFault`: FORMAT_FAILURE for what does not cover the document, HASH_FAILURE for a digest.
    """
    targets = [document.target(reference.uri) for reference in parts.references]
    whole = [reference for reference, target in zip(parts.references, targets, strict=True) if _is_whole(target)]
    inner = [target for target in targets if not _is_whole(target)]
    if any(not _belongs(target, parts) for target in inner) or not whole:
        raise fault("xml-not-the-document")
    if len(whole) > 1:
        raise fault("xml-several-references")
    if _stands_around(document) and document.target(whole[0].uri) is document.root:
        raise fault("xml-beside-the-document")
    used = []
    for reference, target in zip(parts.references, targets, strict=True):
        used.append(_check_digest(document, parts, reference, target))
    return Covered(inner, used)


def _is_whole(target: Any) -> bool:
    return not etree.iselement(target) or target.getparent() is None


def _belongs(target: Any, parts: Parts) -> bool:
    return target.tag in _PARTS_OF_ITS_SIGNATURE and any(each is parts.place for each in target.iterancestors())


def _stands_around(document: SignedDocument) -> bool:
    """Whether instructions, such as those of a style sheet, stand beside the document element."""
    root = document.root
    beside = [*root.itersiblings(), *root.itersiblings(preceding=True)]
    return any(each.tag is etree.ProcessingInstruction for each in beside)


def _check_digest(document: SignedDocument, parts: Parts, reference: Reference, target: Any) -> Used:
    name = DIGESTS.get(reference.digest_method or "")
    if name is None:
        algorithm = reference.digest_method
        raise CmsFault(SubIndication.CRYPTO_CONSTRAINTS_FAILURE, "algorithm-unknown", algorithm=algorithm)
    for reading in _readings(document, parts, reference):
        digest = hashlib.new(name, _octets(document, parts, reference, target, reading)).digest()
        if hmac.compare_digest(digest, reference.digest):
            return Used(name, "hash", 0)
    raise CmsFault(SubIndication.HASH_FAILURE, "hash-mismatch")


def _readings(document: SignedDocument, parts: Parts, reference: Reference) -> Iterator[tuple[Method, bool]]:
    """The first canonicalisation, and whether comments stay: as the standard has it, then as some writers read it.

    They keep comments although the kind of reference leaves them out (4.4.3.3), or canonicalise as SignedInfo is where
    no transform does (4.4.3.2). Such a digest covers no less.
    """
    first = reference.methods[0] if reference.methods else DEFAULT
    pointed = document.with_comments(reference.uri)
    yield first, pointed
    if first.with_comments and not pointed:
        yield first, True
    if not reference.methods and parts.method != DEFAULT:
        yield parts.method, pointed


def _octets(
    document: SignedDocument, parts: Parts, reference: Reference, target: Any, reading: tuple[Method, bool]
) -> bytes:
    first, comments = reading
    if not _is_whole(target):
        if reference.enveloped:
            raise fault("xml-transform", name="enveloped-signature")
        content = canonical_part(target, first, comments=comments)
    else:
        root = document.fresh()
        if reference.enveloped:
            _take_out(root, document.position(parts.place))
        content = canonical(root if etree.iselement(target) else root.getroottree(), first, comments=comments)
    for method in reference.methods[1:]:
        content = _again(content, method)
    return content


def _again(content: bytes, method: Method) -> bytes:
    """A canonicalisation of octets, which are read first (XML Signature 1.1, 4.4.3.2)."""
    try:
        return canonical(parse(content).getroottree(), method, comments=True)
    except Rejected:
        raise fault("xml-transform", name="c14n") from None


def _take_out(root: Any, position: int) -> None:
    """The enveloped-signature transform: take out this signature, and leave the text behind it."""
    signature = list(root.iter(SIGNATURE))[position]
    parent, previous = signature.getparent(), signature.getprevious()
    if parent is None:
        raise fault("xml-not-the-document")
    if signature.tail and previous is not None:
        previous.tail = (previous.tail or "") + signature.tail
    elif signature.tail:
        parent.text = (parent.text or "") + signature.tail
    parent.remove(signature)
