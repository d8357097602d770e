"""That a CMS signature fits its content and its signer's key (RFC 5652, 5.4 and 5.6; EN 319 102-1, 5.2.7)."""

import hmac
from collections.abc import Callable
from typing import Any

from asn1crypto import core

from lienthong.signatures.algorithms import HASHES, UnknownAlgorithm, Used, signature_hash, verify
from lienthong.signatures.certificates import Cert
from lienthong.signatures.cms import READ_ERRORS, CmsFault, Signed
from lienthong.signatures.verdict import SubIndication


def check_signature(signed: Signed, signer: Cert, *, content_type: str, digest: Callable[[str], bytes]) -> list[Used]:
    """That the signature fits the content and the signer's key (EN 319 102-1, 5.2.7); what was used for it.

    `digest` gives the digest of the content by the name of a hash. Raises `CmsFault`.
    """
    if signed.digest not in HASHES:
        raise CmsFault(SubIndication.CRYPTO_CONSTRAINTS_FAILURE, "algorithm-unknown", algorithm=signed.digest)
    _check_protection(signed)
    attributes = signed.attributes
    try:
        if attributes is None:
            return [_verify_content(signed, signer, digest)]
        _check_attributes(signed, attributes, content_type, digest)
        return [_verify_attributes(signed, signer), Used(signed.digest, "hash", 0)]
    except UnknownAlgorithm as error:
        raise CmsFault(SubIndication.CRYPTO_CONSTRAINTS_FAILURE, "algorithm-unknown", algorithm=error) from None
    except READ_ERRORS as error:
        raise CmsFault(SubIndication.FORMAT_FAILURE, "cms-unreadable", problem=str(error)[:120]) from None


def _check_attributes(
    signed: Signed, attributes: dict[str, Any], content_type: str, digest: Callable[[str], bytes]
) -> None:
    """RFC 5652, 11.1 and 11.2: content-type and message-digest are there and fit."""
    if "content_type" not in attributes or attributes["content_type"].native != content_type:
        raise CmsFault(SubIndication.FORMAT_FAILURE, "cms-content-type")
    if "message_digest" not in attributes:
        raise CmsFault(SubIndication.FORMAT_FAILURE, "cms-no-digest")
    if not hmac.compare_digest(attributes["message_digest"].native, digest(signed.digest)):
        raise CmsFault(SubIndication.HASH_FAILURE, "hash-mismatch")


def _verify_attributes(signed: Signed, signer: Cert) -> Used:
    """Over the attributes as the file has them, else over their DER form (RFC 5652, 5.4)."""
    algorithm = signed.info["signature_algorithm"]
    plain = signed.info["signed_attrs"].untag()
    for force in (False, True):
        used = verify(signer.key_info, algorithm, signed.signature, plain.dump(force=force), digest=signed.digest)
        if used is not None:
            return used
    raise CmsFault(SubIndication.SIG_CRYPTO_FAILURE, "signature-mismatch", name=signer.subject)


def _verify_content(signed: Signed, signer: Cert, digest: Callable[[str], bytes]) -> Used:
    """Without attributes the signature is over the content (RFC 5652, 5.4)."""
    named = signature_hash_or_none(signed) or signed.digest
    algorithm = signed.info["signature_algorithm"]
    used = verify(signer.key_info, algorithm, signed.signature, digest(named), digest=named, hashed=True)
    if used is None:
        raise CmsFault(SubIndication.HASH_FAILURE, "hash-mismatch")
    return used


def _check_protection(signed: Signed) -> None:
    """RFC 6211, and the two hashes that a signer names: they must agree, else the weaker one could be put in."""
    named = signature_hash_or_none(signed)
    if named is not None and named != signed.digest:
        raise CmsFault(SubIndication.FORMAT_FAILURE, "cms-two-hashes", one=named, other=signed.digest)
    protection = (signed.attributes or {}).get("cms_algorithm_protection")
    if protection is None:
        return
    try:
        same = protection["digest_algorithm"]["algorithm"].native == signed.digest
        algorithm = protection["signature_algorithm"]
        same = same and (
            isinstance(algorithm, core.Void)
            or algorithm["algorithm"].native == signed.info["signature_algorithm"]["algorithm"].native
        )
    except READ_ERRORS:
        same = False
    if not same:
        raise CmsFault(SubIndication.FORMAT_FAILURE, "cms-protection")


def signature_hash_or_none(signed: Signed) -> str | None:
    """The hash that the signature algorithm names; None where it names none or is not known."""
    try:
        return signature_hash(signed.info["signature_algorithm"])
    except UnknownAlgorithm:
        return None
