"""Signed XML put together by hand, so that any part of it can be wrong."""

import base64
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from lxml import etree

from tests.signatures.authorities import Identity, sign
from tests.signatures.cms import Stamp
from tests.signatures.pki import pki

DS = "http://www.w3.org/2000/09/xmldsig#"
XADES = "http://uri.etsi.org/01903/v1.3.2#"
EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"
C14N = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
C14N_11 = "http://www.w3.org/2006/12/xml-c14n11"
ENVELOPED = f"{DS}enveloped-signature"
MORE = "http://www.w3.org/2001/04/xmldsig-more#"
DIGESTS = {
    "sha1": f"{DS}sha1",
    "sha256": "http://www.w3.org/2001/04/xmlenc#sha256",
    "sha512": "http://www.w3.org/2001/04/xmlenc#sha512",
}
METHODS = {
    "sha1": f"{DS}rsa-sha1",
    "sha256": f"{MORE}rsa-sha256",
    "sha512": f"{MORE}rsa-sha512",
    "ec": f"{MORE}ecdsa-sha256",
}
RESULT = (
    '<KetQua xmlns="urn:thu:ket-qua:1" Id="KQ-1"><MaHoSo>H21.129-261118-0001</MaHoSo><ChuHoSo>Lê Thị Thử</ChuHoSo>'
    "<SoTien>4400000</SoTien></KetQua>"
).encode()


@dataclass(frozen=True)
class XmlMaking:
    """How an XML signature is made. The defaults make a good enveloped one with the signer's certificate alone.

    - `digested`: the octets of the reference, where they are not those of the document.
    - `references`: further references as text, put behind the one of the document.
    - `xades`: properties of XAdES, with this claimed time; `names` is whose certificate they name.
    - `changes_info`: changes SignedInfo before it is signed.
    """

    uri: str = ""
    canonical: str = EXCLUSIVE
    transforms: Sequence[str] = (ENVELOPED, EXCLUSIVE)
    digest: str = "sha256"
    method: str | None = None
    digested: bytes | None = None
    references: str = ""
    key_info: str | None = None
    carries: Sequence[Identity] = ()
    objects: str = ""
    changes_info: Callable[[str], str] = lambda info: info
    spoils_value: bool = False
    xades: str | None = None
    names: Identity | None = None
    unsigned_properties: bool = False
    target: str = "#Ky1"
    stamp: Stamp | None = None
    identifier: str = "Ky1"
    into: str | None = None


HONEST = XmlMaking()


def sign_xml(document: bytes = RESULT, signer: str | Identity = "agency", making: XmlMaking = HONEST) -> bytes:
    """The document with a signature at the end of its element, or of the one called `into`."""
    identity = pki().signers[signer] if isinstance(signer, str) else signer
    digested = making.digested
    if digested is None:
        digested = octets(etree.fromstring(document).getroottree(), making.transforms)
    root = etree.fromstring(document)
    place = root if making.into is None else next(root.iter(f"{{*}}{making.into}"))
    signature = etree.fromstring(_signature(identity, making, digested))
    place.append(signature)
    if making.xades:
        _add_reference(signature, making)
    info = signature[0]
    value = _value(identity, making, _part(info, making.canonical))
    signature[1].text = base64.b64encode(value).decode()
    if making.stamp:
        _add_stamp(signature, making.stamp)
    written: bytes = etree.tostring(root.getroottree(), xml_declaration=True, encoding="UTF-8")
    return written


def octets(node: Any, transforms: Sequence[str]) -> bytes:
    """Canonical octets, with the last transform that canonicalises."""
    named = [each for each in transforms if each != ENVELOPED] or [C14N]
    exclusive = named[0].startswith(EXCLUSIVE)
    written: bytes = etree.tostring(node, method="c14n", exclusive=exclusive, with_comments=False)
    return written


def _part(element: Any, method: str) -> bytes:
    """Octets of an element within a document; inclusive ones inherit xml:lang, which lxml leaves out."""
    exclusive = method.startswith(EXCLUSIVE)
    alone = etree.fromstring(etree.tostring(element, with_tail=False))
    language = next(iter(element.xpath("ancestor::*/@xml:lang[last()]")), None)
    if language and not exclusive:
        alone.set("{http://www.w3.org/XML/1998/namespace}lang", language)
    return octets(alone, [method])


def _value(identity: Identity, making: XmlMaking, signed: bytes) -> bytes:
    value = sign(identity.key, signed, making.digest)
    if identity.parsed.public_key.algorithm == "ec":
        value = b"".join(each.to_bytes(32, "big") for each in decode_dss_signature(value))
    return value[:-1] + bytes([value[-1] ^ 1]) if making.spoils_value else value


def reference(uri: str, digested: bytes, transforms: Sequence[str] = (EXCLUSIVE,), kind: str = "") -> str:
    """A ds:Reference as text."""
    inside = "".join(f'<ds:Transform Algorithm="{each}"/>' for each in transforms)
    digest = base64.b64encode(hashlib.sha256(digested).digest()).decode()
    typed = f' Type="{kind}"' if kind else ""
    return (
        f'<ds:Reference URI="{uri}"{typed}><ds:Transforms>{inside}</ds:Transforms>'
        f'<ds:DigestMethod Algorithm="{DIGESTS["sha256"]}"/><ds:DigestValue>{digest}</ds:DigestValue></ds:Reference>'
    )


def _signature(identity: Identity, making: XmlMaking, digested: bytes) -> str:
    elliptic = identity.parsed.public_key.algorithm == "ec"
    method = making.method or METHODS["ec" if elliptic else making.digest]
    inside = "".join(
        each if each.startswith("<") else f'<ds:Transform Algorithm="{each}"/>' for each in making.transforms
    )
    digest = base64.b64encode(hashlib.new(making.digest, digested).digest()).decode()
    info = (
        f'<ds:SignedInfo><ds:CanonicalizationMethod Algorithm="{making.canonical}"/>'
        f'<ds:SignatureMethod Algorithm="{method}"/><ds:Reference URI="{making.uri}">'
        f"<ds:Transforms>{inside}</ds:Transforms>"
        f'<ds:DigestMethod Algorithm="{DIGESTS[making.digest]}"/><ds:DigestValue>{digest}</ds:DigestValue>'
        f"</ds:Reference>{making.references}</ds:SignedInfo>"
    )
    certificates = "".join(
        f"<ds:X509Certificate>{base64.b64encode(each.der).decode()}</ds:X509Certificate>"
        for each in (identity, *making.carries)
    )
    key = making.key_info if making.key_info is not None else f"<ds:X509Data>{certificates}</ds:X509Data>"
    properties = _properties(making, identity) if making.xades else ""
    return (
        f'<ds:Signature xmlns:ds="{DS}" Id="{making.identifier}">{making.changes_info(info)}<ds:SignatureValue/>'
        f"{f'<ds:KeyInfo>{key}</ds:KeyInfo>' if key else ''}{properties}{making.objects}</ds:Signature>"
    )


def _properties(making: XmlMaking, identity: Identity) -> str:
    named = (making.names or identity).der
    digest = base64.b64encode(hashlib.sha256(named).digest()).decode()
    return (
        f'<ds:Object><xades:QualifyingProperties xmlns:xades="{XADES}" Target="{making.target}">'
        f'<xades:SignedProperties Id="{making.identifier}-sp"><xades:SignedSignatureProperties>'
        f"<xades:SigningTime>{making.xades}</xades:SigningTime>"
        f'<xades:SigningCertificateV2><xades:Cert><xades:CertDigest><ds:DigestMethod Algorithm="{DIGESTS["sha256"]}"/>'
        f"<ds:DigestValue>{digest}</ds:DigestValue></xades:CertDigest></xades:Cert></xades:SigningCertificateV2>"
        "</xades:SignedSignatureProperties></xades:SignedProperties></xades:QualifyingProperties></ds:Object>"
    )


def _add_reference(signature: Any, making: XmlMaking) -> None:
    """The reference to the signed properties, whose octets depend on where they stand."""
    if making.unsigned_properties:
        return
    properties = next(signature.iter(f"{{{XADES}}}SignedProperties"))
    kind = "http://uri.etsi.org/01903#SignedProperties"
    text = reference(f"#{making.identifier}-sp", _part(properties, EXCLUSIVE), kind=kind)
    signature[0].append(etree.fromstring(f'<a xmlns:ds="{DS}">{text}</a>')[0])


def _add_stamp(signature: Any, stamp: Stamp) -> None:
    token = base64.b64encode(stamp(_part(signature[1], C14N))).decode()
    text = (
        f'<xades:UnsignedProperties xmlns:xades="{XADES}"><xades:UnsignedSignatureProperties><xades:SignatureTimeStamp>'
        f"<xades:EncapsulatedTimeStamp>{token}</xades:EncapsulatedTimeStamp></xades:SignatureTimeStamp>"
        "</xades:UnsignedSignatureProperties></xades:UnsignedProperties>"
    )
    next(signature.iter(f"{{{XADES}}}QualifyingProperties")).append(etree.fromstring(text))
