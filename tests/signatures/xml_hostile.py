"""XML files made to exhaust their reader: depth, names, masses."""

from tests.signatures.samples import FAILED, UNCLEAR, Sample
from tests.signatures.xml import DS, RESULT, sign_xml

_CLAUSE = "EN 319 102-1, 5.2.2: not a file of the format; or a refusal with a reason"
_BAD = ("FORMAT_FAILURE", "HASH_FAILURE", "SIG_CRYPTO_FAILURE")


def _within(content: bytes) -> bytes:
    signed = sign_xml()
    return signed.replace(b"<MaHoSo>", content + b"<MaHoSo>", 1)


def _namespaces(depth: int = 200, each: int = 300) -> bytes:
    """Canonicalisation looks at every namespace in scope, for every element."""
    opened = b"".join(
        b"<e%d %s>" % (level, b" ".join(b'xmlns:n%d_%d="u:%d"' % (level, n, n) for n in range(each)))
        for level in range(depth)
    )
    return _within(opened + b"".join(b"</e%d>" % level for level in reversed(range(depth))))


def _attributes(count: int = 200_000) -> bytes:
    return _within(b"<a " + b" ".join(b'b%d="1"' % number for number in range(count)) + b"/>")


def _identifiers(count: int = 200_000) -> bytes:
    return _within(b"".join(b'<a Id="i%d"/>' % number for number in range(count)))


def _references(count: int = 50_000) -> bytes:
    signed = sign_xml()
    begin, end = signed.index(b"<ds:Reference"), signed.index(b"</ds:Reference>") + len(b"</ds:Reference>")
    return signed[:end] + signed[begin:end] * count + signed[end:]


def _signatures(count: int = 90) -> bytes:
    """Many signatures over a large document."""
    signed = sign_xml(RESULT.replace(b"<MaHoSo>", b"<d>" + b"x" * 1_500_000 + b"</d><MaHoSo>"))
    begin, end = signed.index(b"<ds:Signature"), signed.index(b"</ds:Signature>") + len(b"</ds:Signature>")
    return signed[:end] + signed[begin:end] * count + signed[end:]


def _large_value() -> bytes:
    signed = sign_xml()
    return signed.replace(b"<ds:SignatureValue>", b"<ds:SignatureValue>" + b"QUFB" * 2_000_000, 1)


def _certificates(count: int = 3_000) -> bytes:
    signed = sign_xml()
    begin = signed.index(b"<ds:X509Certificate>")
    end = signed.index(b"</ds:X509Certificate>") + len(b"</ds:X509Certificate>")
    return signed[:end] + signed[begin:end] * count + signed[end:]


def _empty_signatures(count: int = 60_000) -> bytes:
    return RESULT.replace(b"</KetQua>", b'<s:Signature xmlns:s="%s"/>' % DS.encode() * count + b"</KetQua>")


def _hostile(name: str, make: object) -> Sample:
    also = ((UNCLEAR, ("SIG_CONSTRAINTS_FAILURE", "NO_SIGNING_CERTIFICATE_FOUND")),)
    return Sample(f"xml-{name}", make, FAILED, _BAD, clause=_CLAUSE, also=also, signers=None, refused=True)  # type: ignore[arg-type] - a maker


SAMPLES = (
    _hostile("namespaces", _namespaces),
    _hostile("attributes", _attributes),
    _hostile("identifiers", _identifiers),
    _hostile("references", _references),
    _hostile("signatures", _signatures),
    _hostile("large-value", _large_value),
    _hostile("certificates", _certificates),
    _hostile("empty-signatures", _empty_signatures),
    _hostile("twelve-megabytes", lambda: sign_xml(RESULT.replace(b"<MaHoSo>", b"<d/>" * 3_000_000 + b"<MaHoSo>"))),
)
