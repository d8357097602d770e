"""XML files that are signed, and the verdicts that are right for them."""

import base64
import hashlib
import hmac
from dataclasses import replace
from typing import Any

from lxml import etree

from tests.signatures.authorities import moment
from tests.signatures.cms import stamper
from tests.signatures.pki import false_pki, pki
from tests.signatures.samples import FAILED, PASSED, UNCLEAR, Sample, hanoi
from tests.signatures.signing import stamped
from tests.signatures.xml import (
    C14N,
    C14N_11,
    DIGESTS,
    DS,
    ENVELOPED,
    EXCLUSIVE,
    MORE,
    RESULT,
    XADES,
    XmlMaking,
    octets,
    reference,
    sign_xml,
)

_BLOCKS = "EN 319 102-1, 5.3: all building blocks pass at the moment of judging"
_WHOLE = "policy: xml_must_cover_root"
_ONLY = "policy: enveloped-signature and canonicalisation are the only transforms"
_WRAPPING = "XML Signature Best Practices, 2.4: what was signed is not the document"
_BAD = ("FORMAT_FAILURE", "HASH_FAILURE")
_FORMAT = ("FORMAT_FAILURE",)
_LATER = ("TRY_LATER", "CERTIFICATE_CHAIN_GENERAL_FAILURE")
_NO_CHAIN = ("NO_CERTIFICATE_CHAIN_FOUND", "CERTIFICATE_CHAIN_GENERAL_FAILURE")
_CRYPTO = ("CRYPTO_CONSTRAINTS_FAILURE_NO_POE", "CRYPTO_CONSTRAINTS_FAILURE")
_FALSE = RESULT.replace(b"4400000", b"9900000").replace(b"KQ-1", b"KQ-2")
_TIME = "2026-11-18T10:00:00+07:00"
_LANGUAGE = RESULT.replace(b"<KetQua ", b'<KetQua xml:lang="vi" xmlns:thua="urn:thu:thua" ')


def _sample(
    name: str,
    indication: str,
    sub: tuple[str, ...] = (),
    *,
    clause: str,
    document: bytes = RESULT,
    signer: str = "agency",
    **more: Any,
) -> Sample:
    known = {each: more.pop(each) for each in ("signers", "at", "profile", "refused", "also") if each in more}
    making = XmlMaking(**more)
    signs = pki_signer(signer)
    return Sample(name, lambda: sign_xml(document, signs(), making), indication, sub, clause, **known)


def pki_signer(name: str) -> Any:
    return lambda: false_pki()[name[6:]] if name.startswith("false-") else pki().signers[name]


def _of(name: str, make: Any, indication: str, sub: tuple[str, ...] = (), **more: Any) -> Sample:
    return Sample(name, make, indication, sub, **more)


def _referenced(**more: Any) -> bytes:
    return sign_xml(RESULT, "agency", XmlMaking(uri="#KQ-1", **more))


def _swap(content: bytes, old: bytes, new: bytes) -> bytes:
    assert content.count(old) == 1, content.count(old)
    return content.replace(old, new)


def _moved(place: str) -> bytes:
    """The signed element goes into the signature, another one takes its place."""
    genuine = etree.fromstring(_referenced())
    signature = genuine[-1]
    false = etree.fromstring(_FALSE)
    false.append(signature)
    held = etree.SubElement(signature, f"{{{DS}}}{place}")
    held.append(genuine)
    written: bytes = etree.tostring(false)
    return written


def _beside(order: int) -> bytes:
    """The signed element and a false one beneath a new document element."""
    genuine, false = etree.fromstring(_referenced()), etree.fromstring(_FALSE)
    root = etree.Element("DanhSach")
    root.extend([genuine, false] if order else [false, genuine])
    written: bytes = etree.tostring(root)
    return written


def _same_identifier() -> bytes:
    false = etree.fromstring(RESULT.replace(b"4400000", b"9900000"))
    genuine = etree.fromstring(_referenced())
    signature = genuine[-1]
    false.append(signature)
    keeper = etree.SubElement(false, "Giu")
    keeper.append(genuine)
    written: bytes = etree.tostring(false)
    return written


def _other_identifier_attribute() -> bytes:
    """The false document element has the identifier as `ID`, the signed one as `Id`."""
    return _same_identifier().replace(b'Id="KQ-1"', b'ID="KQ-1"', 1)


def _enveloping() -> bytes:
    """The signature is the document element and holds the result."""
    held = f'<ds:Object xmlns:ds="{DS}" Id="O">{RESULT.decode()}</ds:Object>'
    digested = etree.tostring(etree.fromstring(held), method="c14n", exclusive=True)
    making = XmlMaking(uri="#O", transforms=(EXCLUSIVE,), digested=digested, objects=held)
    root = etree.fromstring(sign_xml(b"<a/>", "agency", making))
    written: bytes = etree.tostring(root[0])
    return written


def _part_only() -> bytes:
    document = RESULT.replace(b"<SoTien>", b'<SoTien Id="T">')
    element = etree.fromstring(document)[2]
    digested = etree.tostring(element, method="c14n", exclusive=True, with_tail=False)
    return sign_xml(document, "agency", XmlMaking(uri="#T", transforms=(EXCLUSIVE,), digested=digested))


def _object_smuggled() -> bytes:
    false = _FALSE.decode()
    return _swap(sign_xml(), b"</ds:Signature>", f"<ds:Object>{false}</ds:Object></ds:Signature>".encode())


def _text_smuggled() -> bytes:
    return _swap(sign_xml(), b"<ds:SignatureValue>", b"99000000<ds:SignatureValue>")


def _second_reference_first() -> bytes:
    """A reference to the document that nothing signs, before SignedInfo that does sign."""
    content = sign_xml()
    info = content[content.index(b"<ds:SignedInfo>") : content.index(b"</ds:SignedInfo>") + 16]
    return _swap(content, b"<ds:SignedInfo>", info + b"<ds:SignedInfo>")


def _comment_in_digest() -> bytes:
    content = sign_xml()
    at = content.index(b"<ds:DigestValue>") + len(b"<ds:DigestValue>")
    return content[:at] + b"<!--x-->" + content[at:]


def _time_as_property() -> bytes:
    """As signing programs of the country write it: the time is a signature property that a second reference covers."""
    space = "http://example.org/#signatureProperties"
    inside = (
        f'<ds:SignatureProperties xmlns:ds="{DS}" Id="proid"><ds:SignatureProperty Target="#Ky1">'
        f'<SigningTime xmlns="{space}">2026-11-18T03:00:00Z</SigningTime>'
        "</ds:SignatureProperty></ds:SignatureProperties>"
    )
    more = reference("#proid", octets(etree.fromstring(inside), [EXCLUSIVE]))
    return sign_xml(making=XmlMaking(references=more, objects=f"<ds:Object>{inside}</ds:Object>"))


def _counter_signed() -> bytes:
    content = sign_xml(making=XmlMaking(xades=_TIME))
    counter = (
        f'<x:UnsignedProperties xmlns:x="{XADES}"><x:UnsignedSignatureProperties><x:CounterSignature>'
        f'<ds:Signature xmlns:ds="{DS}"/></x:CounterSignature></x:UnsignedSignatureProperties></x:UnsignedProperties>'
    )
    return _swap(content, b"</xades:QualifyingProperties>", counter.encode() + b"</xades:QualifyingProperties>")


def _two_signers(signer: str = "agency") -> bytes:
    """The second signature covers the first, and breaks it by standing in the document that it covers."""
    return sign_xml(sign_xml(RESULT, "person"), signer, XmlMaking(identifier="Ky2"))


def _any_order() -> bytes:
    """The signer's certificate stands last."""
    content = sign_xml(making=XmlMaking(carries=[pki().authorities["state"]]))
    parts = content.split(b"<ds:X509Certificate>")
    first, second = (part.partition(b"</ds:X509Certificate>")[0] for part in parts[1:3])
    return content.replace(first, b"@").replace(second, first).replace(b"@", second)


def _sha1_digest() -> bytes:
    """The value is SHA-256, the digest of the document SHA-1."""
    digest = base64.b64encode(hashlib.sha1(octets(etree.fromstring(RESULT), [EXCLUSIVE])).digest())  # noqa: S324 - on purpose
    strong = hashlib.sha256(octets(etree.fromstring(RESULT), [EXCLUSIVE])).digest()

    def weaken(info: str) -> str:
        weak = info.replace(base64.b64encode(strong).decode(), digest.decode())
        return weak.replace(DIGESTS["sha256"], DIGESTS["sha1"])

    return sign_xml(making=XmlMaking(changes_info=weaken))


def _exchanged_digest() -> bytes:
    """The digest fits the false content, and the value does not fit the digest."""
    false, honest = (
        base64.b64encode(hashlib.sha256(octets(etree.fromstring(each), [EXCLUSIVE])).digest())
        for each in (RESULT.replace(b"4400000", b"9400000"), RESULT)
    )
    return _swap(_swap(sign_xml(), b"4400000", b"9400000"), honest, false)


def _exchanged_certificate() -> bytes:
    agency, person = (base64.b64encode(pki().signers[each].der) for each in ("agency", "person"))
    return _swap(sign_xml(), agency, person)


def _without_value() -> bytes:
    content = sign_xml()
    begin, end = content.index(b"<ds:SignatureValue>"), content.index(b"</ds:SignatureValue>")
    return content[:begin] + b"<ds:SignatureValue>" + content[end:]


def _garbage_second() -> bytes:
    """The first signature covers the second, which was there before it and is empty of meaning."""
    garbage = f'<s:Signature xmlns:s="{DS}"><s:SignedInfo/><s:SignatureValue>AAAA</s:SignatureValue></s:Signature>'
    return sign_xml(_swap(RESULT, b"</KetQua>", garbage.encode() + b"</KetQua>"))


def _with_doctype(declares: bytes, use: bytes = b"4400000") -> bytes:
    signed = sign_xml()
    head, _, rest = signed.partition(b"<KetQua")
    return head + b"<!DOCTYPE KetQua [" + declares + b"]>\n<KetQua" + rest.replace(b"4400000", use)


def _hmac() -> bytes:
    content = sign_xml(making=XmlMaking(method=f"{MORE}hmac-sha256"))
    root = etree.fromstring(content)
    signed = etree.tostring(root[-1][0], method="c14n", exclusive=True)
    secret = pki().signers["agency"].parsed["tbs_certificate"]["subject_public_key_info"].dump()
    root[-1][1].text = base64.b64encode(hmac.new(secret, signed, hashlib.sha256).digest()).decode()
    written: bytes = etree.tostring(root)
    return written


def _key_value() -> str:
    numbers = pki().signers["agency"].certificate.public_key().public_numbers()  # type: ignore[union-attr] - an RSA key
    modulus = base64.b64encode(numbers.n.to_bytes(256, "big")).decode()  # type: ignore[union-attr] - an RSA key
    inside = f"<ds:Modulus>{modulus}</ds:Modulus><ds:Exponent>AQAB</ds:Exponent>"
    return f"<ds:KeyValue><ds:RSAKeyValue>{inside}</ds:RSAKeyValue></ds:KeyValue>"


def _many_signatures(count: int = 300) -> bytes:
    signed = etree.fromstring(sign_xml())
    copies = etree.tostring(signed[-1]) * count
    return _swap(sign_xml(), b"</KetQua>", copies + b"</KetQua>")


def _xpath(expression: str) -> str:
    return (
        '<ds:Transform Algorithm="http://www.w3.org/TR/1999/REC-xpath-19991116">'
        f"<ds:XPath>{expression}</ds:XPath></ds:Transform>"
    )


_XSLT = (
    '<ds:Transform Algorithm="http://www.w3.org/TR/1999/REC-xslt-19991116"><xsl:stylesheet version="1.0"'
    ' xmlns:xsl="http://www.w3.org/1999/XSL/Transform"><xsl:template match="/"><a/></xsl:template></xsl:stylesheet>'
    "</ds:Transform>"
)
_STAMPED = {"xades": "2026-01-10T10:00:00+07:00"}

GOOD = (
    _sample("enveloped", PASSED, clause=_BLOCKS),
    _sample("by-identifier", PASSED, clause=_WHOLE, uri="#KQ-1"),
    _sample("by-pointer", PASSED, clause=_WHOLE, uri="#xpointer(/)"),
    _sample("by-pointer-to-identifier", PASSED, clause=_WHOLE, uri="#xpointer(id('KQ-1'))"),
    _sample("inclusive", PASSED, clause=_BLOCKS, canonical=C14N, transforms=(ENVELOPED, C14N)),
    _sample(
        "inclusive-with-comments-method",
        PASSED,
        clause=_BLOCKS,
        canonical=f"{C14N}#WithComments",
        transforms=(ENVELOPED, f"{C14N}#WithComments"),
    ),
    _sample("inclusive-1.1", PASSED, clause=_BLOCKS, canonical=C14N_11, transforms=(ENVELOPED, C14N_11)),
    _sample(
        "inclusive-inherits",
        PASSED,
        clause="C14N 1.0, 2.4",
        document=_LANGUAGE,
        canonical=C14N,
        transforms=(ENVELOPED, C14N),
    ),
    _sample(
        "inclusive-1.1-inherits",
        PASSED,
        clause="C14N 1.1, 2.4",
        document=_LANGUAGE,
        canonical=C14N_11,
        transforms=(ENVELOPED,),
    ),
    _sample("no-canonical-transform", PASSED, clause="XML Signature 1.1, 4.4.3.2", transforms=(ENVELOPED,)),
    _sample("indented", PASSED, clause=_BLOCKS, document=RESULT.replace(b"><", b">\n  <")),
    _sample(
        "with-comments-inside", PASSED, clause=_BLOCKS, document=RESULT.replace(b"<SoTien>", b"<!--ghi chu--><SoTien>")
    ),
    _sample(
        "prefixed-namespace",
        PASSED,
        clause=_BLOCKS,
        document=b'<k:A xmlns:k="urn:k" xmlns:z="urn:z" z:b="1"><k:C/></k:A>',
    ),
    _sample("no-namespace", PASSED, clause=_BLOCKS, document=b"<A><B>1</B></A>"),
    _sample("sha512", PASSED, clause=_BLOCKS, digest="sha512"),
    _sample("elliptic", PASSED, clause="XML Signature 1.1, 6.4.3", signer="elliptic"),
    _sample("first-generation", PASSED, clause="policy: SHA-1 in supplied CA certificates counts", signer="first"),
    _sample("citizen-on-a-form", PASSED, clause="policy: profile forms", signer="citizen", profile="forms"),
    Sample(
        "whole-chain-carried",
        lambda: sign_xml(making=XmlMaking(carries=[pki().authorities["state"], pki().roots["g2"]])),
        PASSED,
        clause=_BLOCKS,
    ),
    Sample("certificates-in-any-order", _any_order, PASSED, clause="XML Signature 1.1, 4.5.4"),
    _sample("deeper-in-the-document", PASSED, clause=_WHOLE, into="ChuHoSo"),
    _sample("xades", PASSED, clause="EN 319 132-1", xades=_TIME),
    _sample(
        "xades-seven-hours-ahead",
        PASSED,
        clause="policy: local_time_written_as_utc",
        xades="2026-11-20T14:00:00Z",
        at=hanoi("2026-11-20T14:05"),
    ),
    Sample(
        "xades-stamped",
        lambda: sign_xml(making=XmlMaking(xades=_TIME, stamp=stamped("2026-11-18T03:00"))),
        PASSED,
        clause="EN 319 102-1, 5.5.4",
    ),
    Sample(
        "xades-revoked-after-stamp",
        lambda: sign_xml(RESULT, "revoked", XmlMaking(**_STAMPED, stamp=stamped("2026-01-10T03:00"))),
        PASSED,
        clause="EN 319 102-1, 5.5.4 (4)a",
    ),
    Sample(
        "xades-expired-with-stamp",
        lambda: sign_xml(RESULT, "expired", XmlMaking(xades="2024-05-10T10:00:00", stamp=stamped("2024-05-10T03:00"))),
        PASSED,
        clause="EN 319 102-1, 5.5.4 (4)b",
    ),
    Sample(
        "xades-foreign-stamp",
        lambda: sign_xml(making=XmlMaking(xades=_TIME, stamp=stamper(false_pki()["stamper"], "2026-11-18T03:00"))),
        PASSED,
        clause="5.5.4 (3)b",
    ),
    Sample(
        "sha1-stamped-in-2019",
        lambda: sign_xml(
            RESULT,
            "finance-old",
            XmlMaking(digest="sha1", xades="2019-05-20T10:00:00Z", stamp=stamped("2019-05-20T10:00", "old")),
        ),
        PASSED,
        clause="policy: sha1_until",
    ),
    Sample(
        "utf-16",
        lambda: etree.tostring(etree.fromstring(sign_xml()).getroottree(), encoding="UTF-16", xml_declaration=True),
        PASSED,
        clause=_BLOCKS,
    ),
    Sample("byte-order-mark", lambda: b"\xef\xbb\xbf" + sign_xml(), PASSED, clause=_BLOCKS),
    Sample("signing-time-as-property", _time_as_property, PASSED, clause="XML Signature 1.1, 5.2"),
    Sample("counter-signed", _counter_signed, PASSED, clause="EN 319 132-1, 5.2.7: an unsigned property"),
    Sample(
        "judged-in-the-past",
        lambda: sign_xml(RESULT, "revoked"),
        PASSED,
        at=moment("2025-06-17"),
        clause="--at is the present of the run",
    ),
)

UNCLEAR_ONES = (
    _sample(
        "expired", UNCLEAR, ("OUT_OF_BOUNDS_NO_POE", "OUT_OF_BOUNDS_NOT_REVOKED"), clause="5.2.6", signer="expired"
    ),
    _sample("revoked", UNCLEAR, ("REVOKED_NO_POE",), clause="5.2.6", signer="revoked"),
    _sample("held", UNCLEAR, ("TRY_LATER",), clause="5.2.6", signer="held"),
    _sample("list-missing", UNCLEAR, _LATER, clause="5.2.6", signer="police"),
    _sample("list-forged", UNCLEAR, _LATER, clause="RFC 5280, 6.3.3 (f)", signer="foreign-affairs"),
    _sample("list-too-old", UNCLEAR, _LATER, clause="policy: crl_max_age", signer="court"),
    _sample("wrong-root", UNCLEAR, _NO_CHAIN, clause="5.2.6", signer="false-agency"),
    Sample(
        "wrong-root-chain-carried",
        lambda: sign_xml(RESULT, false_pki()["agency"], XmlMaking(carries=[false_pki()["state"], false_pki()["root"]])),
        UNCLEAR,
        _NO_CHAIN,
        clause="5.2.6",
    ),
    _sample("self-signed", UNCLEAR, _NO_CHAIN, clause="5.2.6", signer="self-signed"),
    _sample("citizen-on-a-result", UNCLEAR, _NO_CHAIN, clause="policy: profile official", signer="citizen"),
    Sample(
        "signer-plays-authority",
        lambda: sign_xml(RESULT, "under-signer", XmlMaking(carries=[pki().signers["agency"]])),
        UNCLEAR,
        (*_NO_CHAIN, "CHAIN_CONSTRAINTS_FAILURE"),
        clause="RFC 5280, 6.1.4",
    ),
    _sample(
        "authority-signs",
        UNCLEAR,
        ("CHAIN_CONSTRAINTS_FAILURE", "SIG_CONSTRAINTS_FAILURE"),
        clause="policy: ca_may_sign_documents",
        signer="authority",
    ),
    _sample(
        "wrong-key-usage",
        UNCLEAR,
        ("CHAIN_CONSTRAINTS_FAILURE", "SIG_CONSTRAINTS_FAILURE"),
        clause="policy: key_usage_any_of",
        signer="encipherer",
    ),
    _sample("short-key", UNCLEAR, _CRYPTO, clause="policy: min_rsa_bits", signer="short-key"),
    _sample("sha1-of-today", UNCLEAR, _CRYPTO, clause="policy: sha1_until", digest="sha1"),
    Sample("sha1-digest-alone", _sha1_digest, UNCLEAR, _CRYPTO, clause="policy: sha1_until"),
    _sample(
        "xades-sha1-of-2019-claimed",
        UNCLEAR,
        _CRYPTO,
        clause="policy: claimed_time_is_proof",
        digest="sha1",
        xades="2019-05-20T10:00:00Z",
        signer="first",
    ),
    _sample(
        "xades-claimed-far-ahead",
        UNCLEAR,
        ("SIG_CONSTRAINTS_FAILURE",),
        clause="policy: claimed_in_future",
        xades="2026-11-22T10:00:00Z",
    ),
    Sample(
        "xades-names-another-certificate",
        lambda: sign_xml(making=XmlMaking(xades=_TIME, names=pki().signers["person"])),
        UNCLEAR,
        ("NO_SIGNING_CERTIFICATE_FOUND", "SIG_CONSTRAINTS_FAILURE"),
        clause="EN 319 102-1, 5.2.3.4",
    ),
    Sample(
        "xades-revoked-with-foreign-stamp",
        lambda: sign_xml(
            RESULT, "revoked", XmlMaking(**_STAMPED, stamp=stamper(false_pki()["stamper"], "2026-01-10T03:00"))
        ),
        UNCLEAR,
        ("REVOKED_NO_POE",),
        clause="5.5.4 (3)b",
    ),
    Sample(
        "xades-revoked-with-stamp-of-another-value",
        lambda: sign_xml(
            RESULT,
            "revoked",
            XmlMaking(**_STAMPED, stamp=stamper(pki().stampers["stamper"], "2026-01-10T03:00", over=b"another")),
        ),
        UNCLEAR,
        ("REVOKED_NO_POE",),
        clause="5.5.4 (3)b",
    ),
    Sample(
        "key-value-only",
        lambda: sign_xml(making=XmlMaking(key_info=_key_value())),
        UNCLEAR,
        ("NO_SIGNING_CERTIFICATE_FOUND",),
        clause="5.2.3",
        also=((FAILED, _FORMAT),),
    ),
    _sample(
        "no-key-info",
        UNCLEAR,
        ("NO_SIGNING_CERTIFICATE_FOUND",),
        clause="5.2.3",
        key_info="",
        also=((FAILED, _FORMAT),),
    ),
    _sample(
        "key-name-only",
        UNCLEAR,
        ("NO_SIGNING_CERTIFICATE_FOUND",),
        clause="5.2.3",
        key_info="<ds:KeyName>UBND</ds:KeyName>",
        also=((FAILED, _FORMAT),),
    ),
    _sample(
        "key-elsewhere",
        UNCLEAR,
        ("NO_SIGNING_CERTIFICATE_FOUND",),
        clause="5.2.3: nothing is fetched",
        key_info='<ds:RetrievalMethod URI="http://127.0.0.1:9/k.crt"/>',
        also=((FAILED, _FORMAT),),
    ),
)

FAILED_ONES = (
    Sample(
        "content-changed", lambda: _swap(sign_xml(), b"4400000", b"9400000"), FAILED, ("HASH_FAILURE",), clause="5.2.7"
    ),
    Sample(
        "attribute-added",
        lambda: _swap(sign_xml(), b"<SoTien>", b'<SoTien don-vi="USD">'),
        FAILED,
        ("HASH_FAILURE",),
        clause="5.2.7",
    ),
    Sample(
        "element-added",
        lambda: _swap(sign_xml(), b"<ds:Signature ", b"<Them/><ds:Signature "),
        FAILED,
        ("HASH_FAILURE",),
        clause="5.2.7",
    ),
    Sample(
        "text-added-behind-signature",
        lambda: _swap(sign_xml(), b"</ds:Signature>", b"</ds:Signature>99"),
        FAILED,
        ("HASH_FAILURE",),
        clause="5.2.7",
    ),
    _sample("value-spoiled", FAILED, ("SIG_CRYPTO_FAILURE",), clause="5.2.7", spoils_value=True),
    Sample("digest-exchanged", _exchanged_digest, FAILED, ("SIG_CRYPTO_FAILURE",), clause="5.2.7"),
    Sample("certificate-exchanged", _exchanged_certificate, FAILED, ("SIG_CRYPTO_FAILURE",), clause="5.2.7"),
    Sample("wrapped-in-object", lambda: _moved("Object"), FAILED, _BAD, clause=_WRAPPING),
    Sample("wrapped-in-key-info", lambda: _moved("KeyInfo"), FAILED, _BAD, clause=_WRAPPING),
    Sample("wrapped-beside", lambda: _beside(0), FAILED, _BAD, clause=_WRAPPING),
    Sample("wrapped-beside-in-front", lambda: _beside(1), FAILED, _BAD, clause=_WRAPPING),
    Sample("identifier-twice", _same_identifier, FAILED, _BAD, clause=_WRAPPING),
    Sample("identifier-in-another-attribute", _other_identifier_attribute, FAILED, _BAD, clause=_WRAPPING),
    Sample("enveloping", _enveloping, FAILED, _BAD, clause=_WHOLE),
    Sample("part-only", _part_only, FAILED, _BAD, clause=_WHOLE),
    Sample("object-smuggled", _object_smuggled, FAILED, _BAD, clause=_WRAPPING),
    Sample("text-smuggled", _text_smuggled, FAILED, _BAD, clause=_WRAPPING),
    Sample("two-signed-infos", _second_reference_first, FAILED, _BAD, clause="XML Signature 1.1, 4.1"),
    Sample(
        "comment-in-digest",
        _comment_in_digest,
        FAILED,
        (*_BAD, "SIG_CRYPTO_FAILURE"),
        also=((PASSED, ()),),
        clause="canonicalisation leaves comments out",
    ),
    _sample(
        "two-references",
        FAILED,
        _BAD,
        clause="policy: one reference",
        references=reference(
            "", etree.tostring(etree.fromstring(RESULT), method="c14n", exclusive=True), (ENVELOPED, EXCLUSIVE)
        ),
    ),
    _sample(
        "reference-to-another-element",
        FAILED,
        _BAD,
        clause="policy: one reference",
        document=RESULT.replace(b"<SoTien>", b'<SoTien Id="T">'),
        references=reference("#T", b'<SoTien xmlns="urn:thu:ket-qua:1" Id="T">4400000</SoTien>'),
    ),
    _sample("reference-outside", FAILED, _BAD, clause="nothing is fetched", uri="http://127.0.0.1:9/ket-qua.xml"),
    _sample("reference-to-a-file", FAILED, _BAD, clause="nothing is fetched", uri="ket-qua.xml"),
    _sample(
        "reference-to-nothing",
        FAILED,
        _BAD,
        clause=_WHOLE,
        uri="#khong-co",
        also=((UNCLEAR, ("SIGNED_DATA_NOT_FOUND",)),),
    ),
    _sample(
        "xpath", FAILED, _BAD, clause=_ONLY, transforms=(ENVELOPED, _xpath("not(ancestor-or-self::SoTien)"), EXCLUSIVE)
    ),
    _sample(
        "xpath-instead-of-enveloped",
        FAILED,
        _BAD,
        clause=_ONLY,
        transforms=(_xpath("not(ancestor-or-self::ds:Signature)"), EXCLUSIVE),
    ),
    _sample("xslt", FAILED, _BAD, clause=_ONLY, transforms=(ENVELOPED, _XSLT), digested=b"<a></a>"),
    _sample("base64-transform", FAILED, _BAD, clause=_ONLY, transforms=(ENVELOPED, f"{DS}base64"), digested=b"x"),
    _sample("enveloped-after-canonical", FAILED, _BAD, clause=_ONLY, transforms=(EXCLUSIVE, ENVELOPED)),
    _sample("no-enveloped", FAILED, _BAD, clause="5.2.7", transforms=(EXCLUSIVE,)),
    _sample("unknown-canonical", FAILED, _FORMAT, clause=_ONLY, canonical="urn:khong-biet"),
    Sample(
        "secret-key",
        _hmac,
        FAILED,
        _FORMAT,
        clause="an HMAC names no signer",
        also=((UNCLEAR, _CRYPTO), (FAILED, ("SIG_CRYPTO_FAILURE",))),
    ),
    Sample("two-signers", _two_signers, FAILED, ("HASH_FAILURE",), signers=2, clause="XML Signature 1.1, 6.6.4"),
    Sample("doctype", lambda: _with_doctype(b""), FAILED, _FORMAT, clause="document types are refused", refused=True),
    Sample(
        "doctype-entity",
        lambda: _with_doctype(b'<!ENTITY t "9900000">', b"&t;"),
        FAILED,
        _FORMAT,
        refused=True,
        clause="document types are refused",
    ),
    Sample(
        "doctype-entity-outside",
        lambda: _with_doctype(b'<!ENTITY t SYSTEM "file:///etc/passwd">', b"&t;"),
        FAILED,
        _FORMAT,
        refused=True,
        clause="document types are refused",
    ),
    Sample(
        "doctype-entity-bomb",
        lambda: _with_doctype(
            b'<!ENTITY a "'
            + b"x" * 100
            + b'">'
            + b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 50) for n in range(9)),
            b"&j;",
        ),
        FAILED,
        _FORMAT,
        refused=True,
        clause="document types are refused",
    ),
    Sample(
        "doctype-attribute-default",
        lambda: _with_doctype(b'<!ATTLIST SoTien don-vi CDATA "USD">'),
        FAILED,
        _FORMAT,
        refused=True,
        clause="document types are refused",
    ),
    Sample(
        "style-sheet-added",
        lambda: sign_xml().replace(b"<KetQua", b'<?xml-stylesheet href="x.xsl"?><KetQua', 1),
        FAILED,
        _BAD,
        clause="C14N 2.2: instructions beside the document element are digested",
    ),
    Sample(
        "style-sheet-beside-identifier",
        lambda: _referenced().replace(b"<KetQua", b'<?xml-stylesheet href="x.xsl"?><KetQua', 1),
        FAILED,
        _BAD,
        clause=_WHOLE,
    ),
    _sample(
        "xades-properties-unsigned",
        FAILED,
        _FORMAT,
        clause="EN 319 132-1, 4.4.2",
        xades=_TIME,
        unsigned_properties=True,
    ),
    _sample("xades-properties-of-another", FAILED, _FORMAT, clause="EN 319 132-1, 4.4.2", xades=_TIME, target="#Khac"),
    Sample(
        "xades-time-changed",
        lambda: _swap(sign_xml(making=XmlMaking(xades=_TIME)), _TIME.encode(), b"2019-05-20T10:00:00+07:00"),
        FAILED,
        ("HASH_FAILURE",),
        clause="5.2.7",
    ),
    Sample("unsigned", lambda: RESULT, FAILED, _FORMAT, signers=0, clause="no signature at all", refused=True),
    Sample(
        "signature-of-another-namespace",
        lambda: sign_xml().replace(DS.encode() + b'"', b'urn:khac"', 1),
        FAILED,
        _FORMAT,
        signers=0,
        refused=True,
        clause="no signature at all",
    ),
    Sample("signature-without-value", _without_value, FAILED, (*_FORMAT, "SIG_CRYPTO_FAILURE"), clause="5.2.2"),
    Sample(
        "empty-signature",
        lambda: _swap(RESULT, b"</KetQua>", f'<s:Signature xmlns:s="{DS}"/></KetQua>'.encode()),
        FAILED,
        _FORMAT,
        clause="5.2.2",
    ),
    Sample("malformed", lambda: sign_xml()[:-5], FAILED, _FORMAT, signers=None, clause="5.2.2", refused=True),
    Sample("bytes-before", lambda: b"abcd" + sign_xml(), FAILED, _FORMAT, signers=None, clause="5.2.2", refused=True),
    Sample(
        "deep",
        lambda: sign_xml().replace(b"<MaHoSo>", b"<x>" * 50_000 + b"<MaHoSo>"),
        FAILED,
        _FORMAT,
        signers=None,
        clause="5.2.2",
        refused=True,
    ),
    Sample("three-hundred-signatures", _many_signatures, FAILED, _BAD, signers=None, clause="5.2.2", refused=True),
    Sample("second-signature-garbage", _garbage_second, FAILED, _BAD, signers=2, clause="every signature counts"),
)
SAMPLES = tuple(replace(each, name=f"xml-{each.name}") for each in (*GOOD, *UNCLEAR_ONES, *FAILED_ONES))
