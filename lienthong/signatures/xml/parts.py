"""The parts of an XML signature, read strictly: nothing in it may be left over that no digest covers."""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from lienthong.data.xml import parse
from lienthong.errors import Rejected
from lienthong.signatures.cms import CmsFault
from lienthong.signatures.verdict import SubIndication
from lienthong.signatures.xml.canonical import Method, canonical_part, read_method

DS = "http://www.w3.org/2000/09/xmldsig#"
SIGNATURE = f"{{{DS}}}Signature"
ENVELOPED = f"{DS}enveloped-signature"
XADES = tuple(f"http://uri.etsi.org/01903/v{version}#" for version in ("1.3.2", "1.2.2", "1.1.1"))

_MAX_REFERENCES = 10
_MAX_TRANSFORMS = 5
_MAX_OBJECTS = 10
_OBJECT_PARTS = frozenset([f"{{{DS}}}SignatureProperties", *(f"{{{space}}}QualifyingProperties" for space in XADES)])


@dataclass(frozen=True, slots=True)
class Reference:
    """What a digest is of: a place in the document, and what is done to it before it is digested."""

    uri: str | None
    enveloped: bool
    methods: tuple[Method, ...]
    digest_method: str | None
    digest: bytes


@dataclass(frozen=True, slots=True)
class Parts:
    """A signature as its octets have it; `signed` are the canonical octets of SignedInfo, which all of it is read from.

    `place`: the element in the document. `value_place`: that of SignatureValue, which time stamps are over.
    """

    place: Any
    value_place: Any
    value: bytes
    signed: bytes
    method: Method
    algorithm: str | None
    references: Sequence[Reference]
    key_info: Any
    objects: Sequence[Any]


def fault(code: str, **details: object) -> CmsFault:
    """A fault of the format."""
    return CmsFault(SubIndication.FORMAT_FAILURE, code, **details)


def read_parts(signature: Any) -> Parts:
    """Read one ds:Signature. Raises `CmsFault`."""
    info, value, key_info, objects = _frame(signature)
    first = next(iter(elements(info)), None)
    method = read_method(first) if first is not None and first.tag == _ds("CanonicalizationMethod") else None
    if method is None:
        raise fault("xml-transform", name=first.get("Algorithm") if first is not None else "–")
    signed = canonical_part(info, method, comments=True)
    try:
        read = parse(signed)  # what was signed, and nothing that canonicalisation leaves out
    except Rejected:
        raise fault("xml-signature-shape", part="SignedInfo") from None
    inside = elements(read)
    if [each.tag for each in inside[:2]] != [_ds("CanonicalizationMethod"), _ds("SignatureMethod")]:
        raise fault("xml-signature-shape", part="SignedInfo")
    references = inside[2:]
    if not 0 < len(references) <= _MAX_REFERENCES or any(each.tag != _ds("Reference") for each in references):
        raise fault("xml-signature-shape", part="Reference")
    if elements(inside[1]):
        raise fault("xml-signature-shape", part="SignatureMethod")  # HMACOutputLength, or parameters not known here
    return Parts(
        place=signature,
        value_place=value,
        value=octets(value),
        signed=signed,
        method=method,
        algorithm=inside[1].get("Algorithm"),
        references=[_reference(each) for each in references],
        key_info=key_info,
        objects=objects,
    )


def _frame(signature: Any) -> tuple[Any, Any, Any, list[Any]]:
    """SignedInfo, SignatureValue, KeyInfo or None, and objects: each once, in this order, and nothing else."""
    inside = elements(signature)
    tags = [each.tag for each in inside]
    if tags[:2] != [_ds("SignedInfo"), _ds("SignatureValue")]:
        raise fault("xml-signature-shape", part="Signature")
    has_key = tags[2:3] == [_ds("KeyInfo")]
    objects = inside[3 if has_key else 2 :]
    if len(objects) > _MAX_OBJECTS or any(each.tag != _ds("Object") for each in objects):
        raise fault("xml-signature-shape", part="Signature")
    for each in objects:
        if any(part.tag not in _OBJECT_PARTS for part in elements(each)):
            raise fault("xml-object")  # what stands here is in no digest of the document: a place for wrapping
    return inside[0], inside[1], inside[2] if has_key else None, objects


def _reference(element: Any) -> Reference:
    inside = elements(element)
    transforms: list[Any] = []
    if inside and inside[0].tag == _ds("Transforms"):
        transforms = elements(inside.pop(0))
    if [each.tag for each in inside] != [_ds("DigestMethod"), _ds("DigestValue")] or elements(inside[0]):
        raise fault("xml-signature-shape", part="Reference")
    if len(transforms) > _MAX_TRANSFORMS:
        raise fault("xml-signature-shape", part="Transforms")
    enveloped, methods = False, []
    for position, each in enumerate(transforms):
        name = each.get("Algorithm")
        if each.tag != _ds("Transform"):
            raise fault("xml-signature-shape", part="Transforms")
        if name == ENVELOPED and position == 0 and not len(each):
            enveloped = True
            continue
        method = read_method(each)
        if method is None:
            raise fault("xml-transform", name=name)
        methods.append(method)
    return Reference(element.get("URI"), enveloped, tuple(methods), inside[0].get("Algorithm"), octets(inside[1]))


def elements(parent: Any) -> list[Any]:
    """The elements inside; text beside them is refused, comments are passed over."""
    texts = [parent.text, *(each.tail for each in parent)]
    if any(text and text.strip() for text in texts):
        raise fault("xml-signature-shape", part=str(parent.tag).rpartition("}")[2])
    return [each for each in parent if isinstance(each.tag, str)]


def octets(element: Any) -> bytes:
    """Base64 content. Anything beside its letters and blanks is refused: a comment would hide the rest."""
    if len(element):
        raise fault("xml-base64", part=str(element.tag).rpartition("}")[2])
    try:
        return base64.b64decode("".join((element.text or "").split()), validate=True)
    except (binascii.Error, ValueError):
        raise fault("xml-base64", part=str(element.tag).rpartition("}")[2]) from None


def _ds(name: str) -> str:
    return f"{{{DS}}}{name}"
