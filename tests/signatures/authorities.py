"""Certificate authorities that issue whatever a test asks for: certificates, revocation lists, and faulty ones."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache

from asn1crypto import algos, crl, x509
from cryptography import x509 as builder
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA1, SHA256, SHA384, SHA512, HashAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier

Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
HASHES: dict[str, HashAlgorithm] = {
    "sha1": SHA1(),  # noqa: S303 - signatures of the first generation are SHA-1
    "sha256": SHA256(),
    "sha384": SHA384(),
    "sha512": SHA512(),
}
TIME_STAMPING = ExtendedKeyUsageOID.TIME_STAMPING
REASONS = {
    "key_compromise": builder.ReasonFlags.key_compromise,
    "certificate_hold": builder.ReasonFlags.certificate_hold,
    "cessation": builder.ReasonFlags.cessation_of_operation,
}


@cache
def key(name: str, bits: int = 2048) -> Key:
    """The private key of this name, the same during a run of the tests. `ec:` before a name makes it elliptic."""
    if name.startswith("ec:"):
        return ec.generate_private_key(ec.SECP256R1())
    return rsa.generate_private_key(65537, bits)


def sign(private: Key, data: bytes, digest: str = "sha256") -> bytes:
    if isinstance(private, ec.EllipticCurvePrivateKey):
        return private.sign(data, ec.ECDSA(HASHES[digest]))
    return private.sign(data, padding.PKCS1v15(), HASHES[digest])


def moment(text: str) -> datetime:
    """`2026-11-20` or `2026-11-20T09:00`, in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def name(common: str, organisation: str = "Ban Co yeu Chinh phu") -> builder.Name:
    parts = ((NameOID.COUNTRY_NAME, "VN"), (NameOID.ORGANIZATION_NAME, organisation), (NameOID.COMMON_NAME, common))
    return builder.Name([builder.NameAttribute(oid, value) for oid, value in parts])


@dataclass(frozen=True)
class Identity:
    """A certificate with its key: an authority, a signer or a time-stamping authority."""

    certificate: builder.Certificate
    key: Key
    issuer: "Identity | None" = field(default=None, repr=False)

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(Encoding.DER)

    @property
    def serial(self) -> int:
        return self.certificate.serial_number

    @property
    def parsed(self) -> x509.Certificate:
        """The same for asn1crypto."""
        return x509.Certificate.load(self.der)


@dataclass(frozen=True)
class Usage:
    """What a certificate permits. `critical_unknown` adds an extension that no reader knows, marked critical."""

    authority: bool = False
    key_usage: Sequence[str] = ("digital_signature", "content_commitment")
    extended: Sequence[ObjectIdentifier] = ()
    extended_critical: bool = False
    path_length: int | None = None
    critical_unknown: bool = False


SIGNING = Usage()
AUTHORITY = Usage(authority=True, key_usage=("key_cert_sign", "crl_sign"))
STAMPING = Usage(key_usage=("digital_signature",), extended=(TIME_STAMPING,), extended_critical=True)
_ALL_USES = (
    *("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement"),
    *("key_cert_sign", "crl_sign", "encipher_only", "decipher_only"),
)


def issue(
    subject: str,
    *,
    by: Identity | None,
    begins: str,
    ends: str,
    usage: Usage = SIGNING,
    digest: str = "sha256",
    private: Key | None = None,
    serial: int | None = None,
    organisation: str = "Ban Co yeu Chinh phu",
    key_identifier: bytes | None = None,
) -> Identity:
    """Issue a certificate; without `by` it signs itself."""
    private = private or key(subject)
    public = private.public_key()
    named = name(subject, organisation)
    identifier = builder.SubjectKeyIdentifier(
        key_identifier or builder.SubjectKeyIdentifier.from_public_key(public).digest
    )
    draft = (
        builder.CertificateBuilder()
        .subject_name(named)
        .issuer_name(by.certificate.subject if by else named)
        .public_key(public)
        .serial_number(serial or builder.random_serial_number())
        .not_valid_before(moment(begins))
        .not_valid_after(moment(ends))
        .add_extension(builder.BasicConstraints(usage.authority, usage.path_length), critical=True)
        .add_extension(identifier, critical=False)
    )
    if usage.key_usage:
        bits = {each: each in usage.key_usage for each in _ALL_USES}
        draft = draft.add_extension(builder.KeyUsage(**bits), critical=True)
    if usage.extended:
        draft = draft.add_extension(builder.ExtendedKeyUsage(usage.extended), critical=usage.extended_critical)
    if by:
        authority = by.certificate.extensions.get_extension_for_class(builder.SubjectKeyIdentifier).value
        pointer = builder.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(authority)
        draft = draft.add_extension(pointer, critical=False)
    if usage.critical_unknown:
        unknown = builder.UnrecognizedExtension(ObjectIdentifier("1.3.6.1.4.1.99999.1"), b"\x05\x00")
        draft = draft.add_extension(unknown, critical=True)
    signing = by.key if by else private
    if digest == "sha1":
        der = _signed_with_sha1(x509.Certificate, draft.sign(signing, SHA256()), signing)
        return Identity(builder.load_der_x509_certificate(der), private, by)
    return Identity(draft.sign(signing, HASHES[digest]), private, by)


def _signed_with_sha1(
    kind: type[x509.Certificate | crl.CertificateList],
    draft: builder.Certificate | builder.CertificateRevocationList,
    signing: Key,
) -> bytes:
    """The same with a SHA-1 signature, which `cryptography` reads and no longer makes."""
    parsed = kind.load(draft.public_bytes(Encoding.DER))
    body = parsed["tbs_certificate" if kind is x509.Certificate else "tbs_cert_list"]
    body["signature"] = parsed["signature_algorithm"] = algos.SignedDigestAlgorithm({"algorithm": "sha1_rsa"})
    parsed[{x509.Certificate: "signature_value"}.get(kind, "signature")] = sign(signing, body.dump(force=True), "sha1")
    der: bytes = parsed.dump(force=True)
    return der


@dataclass(frozen=True)
class Revoked:
    """One line of a revocation list."""

    since: str
    reason: str | None = "key_compromise"


def revocation_list(
    by: Identity,
    *,
    issued: str,
    days: float = 7,
    revoked: Mapping[int, Revoked] | None = None,
    private: Key | None = None,
    digest: str = "sha256",
    issuer: builder.Name | None = None,
    number: int = 1,
) -> bytes:
    """A revocation list in DER. `private` signs it instead of the authority's key: a forged one."""
    draft = (
        builder.CertificateRevocationListBuilder()
        .issuer_name(issuer or by.certificate.subject)
        .last_update(moment(issued))
        .next_update(moment(issued) + timedelta(days=days))
        .add_extension(builder.CRLNumber(number), critical=False)
    )
    for serial, entry in (revoked or {}).items():
        line = builder.RevokedCertificateBuilder().serial_number(serial).revocation_date(moment(entry.since))
        if entry.reason:
            line = line.add_extension(builder.CRLReason(REASONS[entry.reason]), critical=False)
        draft = draft.add_revoked_certificate(line.build())
    signing = private or by.key
    if digest == "sha1":
        return _signed_with_sha1(crl.CertificateList, draft.sign(signing, SHA256()), signing)
    return draft.sign(signing, HASHES[digest]).public_bytes(Encoding.DER)
