"""Signature algorithms: which ones are known, whether a signature fits a key, and how strong the pair is."""

from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.serialization import load_der_public_key

from lienthong.signatures.policy import Policy

HASHES: dict[str, type[hashes.HashAlgorithm]] = {
    "md5": hashes.MD5,
    "sha1": hashes.SHA1,
    "sha224": hashes.SHA224,
    "sha256": hashes.SHA256,
    "sha384": hashes.SHA384,
    "sha512": hashes.SHA512,
    "sha3_224": hashes.SHA3_224,
    "sha3_256": hashes.SHA3_256,
    "sha3_384": hashes.SHA3_384,
    "sha3_512": hashes.SHA3_512,
}

MIN_CURVE_BITS = 224
"""RFC 5480 curves below it are weaker than RSA of 2048 bits (NIST SP 800-57, table 2)."""

MAX_RSA_BITS = 16384
"""Beyond it one verification takes longer than a whole judgement may."""


class UnknownAlgorithm(ValueError):  # noqa: N818 - a fact about the bytes
    """The algorithm, or its parameters, or the key is of no kind that is verified here. Its text names it."""


@dataclass(frozen=True, slots=True)
class Used:
    """One use of cryptography: `what` (sentence detail), hash, and RSA or curve bits of the key."""

    digest: str
    key_kind: str
    key_bits: int

    def weakness(self, policy: Policy) -> str | None:
        """`sha1` (counts by date), `never` for what no proof of time helps, or None."""
        if self.digest == "md5":
            return "never"
        if self.key_kind == "rsa" and self.key_bits < policy.min_rsa_bits:
            return "never"
        if self.key_kind == "ec" and self.key_bits < MIN_CURVE_BITS:
            return "never"
        return "sha1" if self.digest == "sha1" else None

    @property
    def text(self) -> str:
        return f"{self.digest.upper()}, {self.key_kind.upper()} {self.key_bits}"


def verify(
    key_info: bytes,
    algorithm: Any,
    signature: bytes,
    data: bytes,
    *,
    digest: str | None = None,
    hashed: bool = False,
) -> Used | None:
    """What was used when the signature over `data` fits the key; None when it does not.

    `algorithm` is an AlgorithmIdentifier (asn1crypto's SignedDigestAlgorithm); `digest` the hash where the algorithm
    names none (CMS with rsaEncryption). With `hashed` the data are the digest already. Raises `UnknownAlgorithm`.
    """
    kind, named = _kind(algorithm)
    chosen = named or digest
    try:
        key: Any = load_der_public_key(key_info)
        if kind == "eddsa":
            if hashed:
                raise UnknownAlgorithm("EdDSA over a digest")
            return _verify_eddsa(key, signature, data)
        if chosen not in HASHES:
            raise UnknownAlgorithm(str(chosen))
        used = _used(key, kind, chosen)
        hashing = Prehashed(HASHES[chosen]()) if hashed else HASHES[chosen]()
        if kind == "ec":
            key.verify(signature, data, ec.ECDSA(hashing))
        else:
            key.verify(signature, data, padding.PKCS1v15() if kind == "rsa" else _pss(algorithm), hashing)
    except InvalidSignature:
        return None
    except (ValueError, TypeError, UnsupportedAlgorithm, OverflowError) as error:
        raise UnknownAlgorithm(str(error)) from None
    return used


def signature_hash(algorithm: Any) -> str | None:
    """The hash that a signature algorithm names, or None."""
    return _kind(algorithm)[1]


def _kind(algorithm: Any) -> tuple[str, str | None]:
    try:
        name = algorithm.signature_algo
        if name == "rsassa_pss":
            return "pss", algorithm["parameters"]["hash_algorithm"]["algorithm"].native
        if name in ("ed25519", "ed448"):
            return "eddsa", None
        kind = {"rsassa_pkcs1v15": "rsa", "ecdsa": "ec"}.get(name)
        if kind is None:
            raise UnknownAlgorithm(name)
        return kind, _named_hash(algorithm)
    except (ValueError, KeyError, TypeError) as error:
        raise UnknownAlgorithm(str(error)) from None


def _named_hash(algorithm: Any) -> str | None:
    try:
        return str(algorithm.hash_algo)
    except ValueError:  # rsaEncryption
        return None


def _pss(algorithm: Any) -> padding.PSS:
    parameters = algorithm["parameters"]
    mask = parameters["mask_gen_algorithm"]
    if mask["algorithm"].native != "mgf1":
        raise UnknownAlgorithm(str(mask["algorithm"].native))
    inner = mask["parameters"]["algorithm"].native
    if inner not in HASHES or parameters["trailer_field"].native not in (1, "trailer_field_bc"):
        raise UnknownAlgorithm("rsassa_pss")
    return padding.PSS(padding.MGF1(HASHES[inner]()), parameters["salt_length"].native)


def _used(key: Any, kind: str, digest: str) -> Used:
    if kind == "ec" and isinstance(key, ec.EllipticCurvePublicKey):
        return Used(digest, "ec", key.key_size)
    if kind in ("rsa", "pss") and isinstance(key, rsa.RSAPublicKey) and key.key_size <= MAX_RSA_BITS:
        return Used(digest, "rsa", key.key_size)
    raise UnknownAlgorithm(type(key).__name__)


def _verify_eddsa(key: Any, signature: bytes, data: bytes) -> Used:
    if not isinstance(key, ed25519.Ed25519PublicKey | ed448.Ed448PublicKey):
        raise UnknownAlgorithm(type(key).__name__)
    key.verify(signature, data)
    return Used("sha512", "eddsa", 256)
