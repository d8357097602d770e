"""The algorithms of XML signatures by their addresses (RFC 9231), as the judgement of certificates knows them."""

from typing import Any

from asn1crypto import algos, core
from asn1crypto.keys import PublicKeyInfo

from lienthong.signatures.algorithms import UnknownAlgorithm, Used, verify
from lienthong.signatures.certificates import Cert

_DSIG = "http://www.w3.org/2000/09/xmldsig#"
_MORE = "http://www.w3.org/2001/04/xmldsig-more#"
_MORE_2007 = "http://www.w3.org/2007/05/xmldsig-more#"
_MORE_2021 = "http://www.w3.org/2021/04/xmldsig-more#"
_ENC = "http://www.w3.org/2001/04/xmlenc#"

DIGESTS = {
    f"{_DSIG}sha1": "sha1",
    f"{_ENC}sha256": "sha256",
    f"{_ENC}sha512": "sha512",
    f"{_MORE}md5": "md5",
    f"{_MORE}sha224": "sha224",
    f"{_MORE}sha384": "sha384",
    **{f"{_MORE_2007}sha3-{bits}": f"sha3_{bits}" for bits in (224, 256, 384, 512)},
}

_SIGNATURES = {
    f"{_DSIG}rsa-sha1": ("rsa", "sha1"),
    f"{_MORE}rsa-md5": ("rsa", "md5"),
    **{f"{_MORE}rsa-sha{bits}": ("rsa", f"sha{bits}") for bits in (224, 256, 384, 512)},
    **{f"{_MORE}ecdsa-sha{bits}": ("ecdsa", f"sha{bits}") for bits in (1, 224, 256, 384, 512)},
    **{f"{_MORE_2007}sha{bits}-rsa-MGF1": ("pss", f"sha{bits}") for bits in (1, 224, 256, 384, 512)},
    f"{_MORE_2021}eddsa-ed25519": ("ed25519", None),
    f"{_MORE_2021}eddsa-ed448": ("ed448", None),
}

_SALT = {"sha1": 20, "sha224": 28, "sha256": 32, "sha384": 48, "sha512": 64}


def is_secret_key(algorithm: str | None) -> bool:
    """Whether it is an HMAC: its secret would be the public key of a certificate, with which anything can be signed."""
    return "hmac" in (algorithm or "").lower()


def verify_value(signer: Cert, algorithm: str | None, value: bytes, signed: bytes) -> Used | None:
    """What was used when the value fits the signer's key and the octets; None when not. Raises `UnknownAlgorithm`."""
    if algorithm not in _SIGNATURES:
        raise UnknownAlgorithm(str(algorithm))
    kind, digest = _SIGNATURES[algorithm]
    if kind == "ecdsa":
        value = _as_der(signer, value)
    return verify(signer.key_info, _identifier(kind, digest), value, signed, digest=digest)


def _identifier(kind: str, digest: str | None) -> Any:
    if digest is None:
        return algos.SignedDigestAlgorithm({"algorithm": kind})
    if kind != "pss":
        return algos.SignedDigestAlgorithm({"algorithm": f"{digest}_{kind}"})
    hashed = algos.DigestAlgorithm({"algorithm": digest})
    mask = algos.MaskGenAlgorithm({"algorithm": "mgf1", "parameters": hashed})
    parameters = algos.RSASSAPSSParams(
        {"hash_algorithm": hashed, "mask_gen_algorithm": mask, "salt_length": _SALT[digest]}
    )
    return algos.SignedDigestAlgorithm({"algorithm": "rsassa_pss", "parameters": parameters})


class _Pair(core.Sequence):  # type: ignore[misc] # the library ships no types
    _fields = [("r", core.Integer), ("s", core.Integer)]  # noqa: RUF012 - how the library declares fields


def _as_der(signer: Cert, value: bytes) -> bytes:
    """XML Signature 1.1, 6.4.3 puts r and s side by side, X.509 into a sequence."""
    key = PublicKeyInfo.load(signer.key_info)
    if key.algorithm != "ec" or len(value) != 2 * ((key.bit_size + 7) // 8):
        return value
    half = len(value) // 2
    pair = _Pair({"r": int.from_bytes(value[:half], "big"), "s": int.from_bytes(value[half:], "big")})
    der: bytes = pair.dump()
    return der
