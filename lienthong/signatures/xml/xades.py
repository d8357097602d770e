"""XAdES properties (EN 319 132-1): claimed time, the signer's certificate by digest, stamps, certificates, CRLs."""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lienthong.envelope import LOCAL_ZONE
from lienthong.signatures.algorithms import HASHES
from lienthong.signatures.certificates import Cert
from lienthong.signatures.cms import CmsFault
from lienthong.signatures.verdict import SubIndication
from lienthong.signatures.xml.algorithms import DIGESTS
from lienthong.signatures.xml.canonical import DEFAULT, Method, canonical_part, read_method
from lienthong.signatures.xml.parts import DS, XADES, Parts, fault
from lienthong.signatures.xml.references import Covered

_MAX_VALUES = 200
"""Certificates, CRLs and stamps that are read at most."""


@dataclass(frozen=True, slots=True)
class Properties:
    """What the properties of a signature hold; `named` are digests of its certificate, None without that property."""

    claimed_time: datetime | None = None
    named: Sequence[tuple[str | None, bytes]] | None = None
    certificates: Sequence[bytes] = ()
    crls: Sequence[bytes] = ()
    stamps: Sequence[tuple[Method, bytes]] = ()


def read_properties(parts: Parts, covered: Covered) -> Properties:
    """Read them. Raises `CmsFault` for signed properties that no reference covers: they could be of any origin."""
    qualifying = [each for place in parts.objects for each in place if _name(each, "QualifyingProperties")]
    if len(qualifying) > 1:
        raise fault("xml-properties")
    if not qualifying:
        return Properties(claimed_time=_other_time(parts, covered))
    element = qualifying[0]
    identifier = next((value for name, value in parts.place.attrib.items() if name == "Id"), None)
    if element.get("Target") != f"#{identifier}":
        raise fault("xml-properties")
    signed = [each for each in element if _name(each, "SignedProperties")]
    if len(signed) != 1 or not covered.holds(signed[0]):
        raise fault("xml-properties")
    return Properties(
        claimed_time=_moment(next(_inside(signed[0], "SigningTime"), None)),
        named=_named(signed[0]),
        certificates=_values(element, "EncapsulatedX509Certificate"),
        crls=_values(element, "EncapsulatedCRLValue"),
        stamps=_stamps(element),
    )


def is_named(properties: Properties, signer: Cert) -> bool:
    """Whether the property names this certificate (5.2.3): else another one for the same key could take its place."""
    return properties.named is None or any(
        name in DIGESTS
        and DIGESTS[name] in HASHES
        and hmac.compare_digest(hashlib.new(DIGESTS[name], signer.der).digest(), digest)
        for name, digest in properties.named
    )


def stamped(parts: Parts, properties: Properties) -> tuple[bytes, list[bytes]]:
    """The octets that time stamps are over, and the tokens: SignatureValue in the canonical form that they name.

    Tokens with another form than the most usual one are left out, as one of an unknown form is.
    """
    methods = [method for method, _ in properties.stamps]
    method = max(methods, key=methods.count, default=DEFAULT)
    return canonical_part(parts.value_place, method), [token for each, token in properties.stamps if each == method]


def _stamps(element: Any) -> list[tuple[Method, bytes]]:
    found = []
    for stamp in _inside(element, "SignatureTimeStamp"):
        named = stamp.find(f"{{{DS}}}CanonicalizationMethod")
        method = DEFAULT if named is None else read_method(named)
        if method is not None:
            found += [(method, token) for token in _values(stamp, "EncapsulatedTimeStamp")]
    return found[:_MAX_VALUES]


def _named(signed: Any) -> list[tuple[str | None, bytes]] | None:
    properties = [*_inside(signed, "SigningCertificate"), *_inside(signed, "SigningCertificateV2")]
    if not properties:
        return None
    found = []
    for each in properties:
        first = next(_inside(each, "Cert"), None)  # EN 319 132-1, 5.2.2: the first one is the signer's
        method = first.find(f".//{{{DS}}}DigestMethod") if first is not None else None
        value = first.find(f".//{{{DS}}}DigestValue") if first is not None else None
        if method is None or value is None:
            raise CmsFault(SubIndication.FORMAT_FAILURE, "xml-properties")
        found.append((method.get("Algorithm"), _decoded(value) or b""))
    return found


def _other_time(parts: Parts, covered: Covered) -> datetime | None:
    """A signing time among signature properties of another kind, where a reference covers it."""
    for place in parts.objects:
        for each in place.iter("{*}SigningTime"):
            if covered.holds(each):
                return _moment(each)
    return None


def _moment(element: Any) -> datetime | None:
    """An xsd:dateTime; without a zone it is Vietnam's time."""
    try:
        moment = datetime.fromisoformat("".join((element.text or "").split())) if element is not None else None
    except ValueError:
        return None
    return moment.replace(tzinfo=LOCAL_ZONE) if moment and not moment.tzinfo else moment


def _values(element: Any, name: str) -> list[bytes]:
    decoded = [_decoded(each) for each in _inside(element, name)]
    return [each for each in decoded if each][:_MAX_VALUES]


def _decoded(element: Any) -> bytes | None:
    try:
        return base64.b64decode("".join((element.text or "").split()), validate=True)
    except (binascii.Error, ValueError):
        return None


def _inside(element: Any, name: str) -> Iterator[Any]:
    for space in XADES:
        yield from element.iter(f"{{{space}}}{name}")


def _name(element: Any, name: str) -> bool:
    return element.tag in {f"{{{space}}}{name}" for space in XADES}
