"""The verdicts over the signatures of an XML document."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from lienthong.signatures.algorithms import UnknownAlgorithm, Used
from lienthong.signatures.certificates import Cert, load_certificates
from lienthong.signatures.cms import CmsFault
from lienthong.signatures.crls import load_crls
from lienthong.signatures.limits import BeyondLimit, Limits
from lienthong.signatures.material import Material
from lienthong.signatures.signer import Found, indication_of, judge_signer
from lienthong.signatures.verdict import SignatureVerdict, SubIndication
from lienthong.signatures.xml.algorithms import is_secret_key, verify_value
from lienthong.signatures.xml.document import SignedDocument, read_document
from lienthong.signatures.xml.parts import DS, Parts, fault, octets, read_parts
from lienthong.signatures.xml.references import check_references
from lienthong.signatures.xml.xades import Properties, is_named, read_properties, stamped


def judge_xml(content: bytes, material: Material, limits: Limits) -> Sequence[SignatureVerdict]:
    """One verdict for each ds:Signature, wherever it stands; every one must cover the document.

    Raises `CmsFault` for what is no XML, `BeyondLimit` for too many signatures.
    """
    document = read_document(content, limits)
    return [_judge(document, signature, material, limits) for signature in document.signatures]


def _judge(document: SignedDocument, signature: Any, material: Material, limits: Limits) -> SignatureVerdict:
    field = signature.get("Id") or ""
    try:
        return _judge_parts(document, read_parts(signature), field, material, limits)
    except CmsFault as found:
        sub = found.fault.sub
        return SignatureVerdict(indication_of(sub), sub, (found.fault.reason,), field=field)


def _judge_parts(
    document: SignedDocument, parts: Parts, field: str, material: Material, limits: Limits
) -> SignatureVerdict:
    if is_secret_key(parts.algorithm):
        raise fault("xml-secret-key")
    covered = check_references(document, parts)
    properties = read_properties(parts, covered)
    carried = _certificates(parts, limits)
    signer, used = _signer(parts, properties, carried)
    value, tokens = stamped(parts, properties)
    brought = [*carried, *load_certificates(properties.certificates)]
    found = Found(signer, value, [used, *covered.used], tokens, properties.claimed_time)
    bench = material.with_more(brought, load_crls(properties.crls[: limits.max_crls])).bench()
    verdict = judge_signer(found, field=field, bench=bench, limits=limits)
    return replace(verdict, covers_whole_file=True, modification_level="none")


def _certificates(parts: Parts, limits: Limits) -> list[Cert]:
    """Those of X509Data, which alone name a signer: a bare key is of no person."""
    if parts.key_info is None:
        return []
    blobs = [octets(each) for each in parts.key_info.iterfind(f"{{{DS}}}X509Data/{{{DS}}}X509Certificate")]
    if len(blobs) > limits.max_certificates:
        raise BeyondLimit("max_certificates", limits.max_certificates)
    return load_certificates(blobs)


def _signer(parts: Parts, properties: Properties, carried: Sequence[Cert]) -> tuple[Cert, Used]:
    """The certificate whose key verifies the value (5.2.3, 5.2.7), and what was used.

    The order of certificates means nothing (XML Signature 1.1, 4.5.4), so that each is tried.
    """
    if not carried:
        raise CmsFault(SubIndication.NO_SIGNING_CERTIFICATE_FOUND, "signer-missing")
    problem: Exception | None = None
    fitting: list[tuple[Cert, Used]] = []
    for certificate in carried:
        try:
            used = verify_value(certificate, parts.algorithm, parts.value, parts.signed)
        except UnknownAlgorithm as error:
            problem = error
            continue
        if used is not None:
            fitting.append((certificate, used))
    named = [pair for pair in fitting if is_named(properties, pair[0])]
    if named:
        return named[0]
    if fitting:
        name = fitting[0][0].subject
        raise CmsFault(SubIndication.NO_SIGNING_CERTIFICATE_FOUND, "signer-not-the-named", name=name)
    if problem is not None:
        raise CmsFault(SubIndication.CRYPTO_CONSTRAINTS_FAILURE, "algorithm-unknown", algorithm=problem)
    raise CmsFault(SubIndication.SIG_CRYPTO_FAILURE, "signature-mismatch", name=carried[0].subject)
