"""Chains from a signer to a pinned root (RFC 5280, 6.1; EN 319 102-1, 5.2.6.4).

A link holds only when the key of the issuer verifies the certificate beneath it; names and key identifiers choose
what is tried and prove nothing. Each certificate is tried once, so that many of one name cost their number.
"""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from lienthong.signatures.algorithms import UnknownAlgorithm, Used, verify
from lienthong.signatures.certificates import Cert
from lienthong.signatures.names import names_permitted
from lienthong.signatures.verdict import Reason, SubIndication, reason

MAX_LENGTH = 8
"""Certificates of a chain at most."""

MAX_CHAINS = 16
"""Chains that are judged at most; the shortest come first."""

MAX_LINKS = 2_000
"""Signatures of certificates that are verified at most for one signer."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What stands against a signature: the sub-indication and the reason in words."""

    sub: SubIndication
    reason: Reason


@dataclass(frozen=True, slots=True)
class Chain:
    """From the signer to the root. `used[n]` is the cryptography of the signature on `certificates[n]`."""

    certificates: tuple[Cert, ...]
    used: tuple[Used, ...]

    @property
    def signer(self) -> Cert:
        return self.certificates[0]

    @property
    def below_root(self) -> Iterator[tuple[Cert, Cert]]:
        """Each certificate but the root, with its issuer."""
        return zip(self.certificates, self.certificates[1:], strict=False)


def find_chains(signer: Cert, *, anchors: Sequence[Cert], offered: Sequence[Cert]) -> list[Chain]:
    """Every chain to an anchor over the certificates that are offered, the shortest first."""
    by_subject: dict[bytes, list[Cert]] = {}
    for certificate in offered:
        by_subject.setdefault(certificate.subject_key, []).append(certificate)
    if any(anchor.sha256 == signer.sha256 for anchor in anchors):
        return [Chain((signer,), ())]
    found: list[Chain] = []
    tried = {signer.sha256}
    links = 0
    waiting = deque([Chain((signer,), ())])
    while waiting and len(found) < MAX_CHAINS:
        chain = waiting.popleft()
        last = chain.certificates[-1]
        for anchor in anchors:
            used = link(last, anchor)
            if used is not None:
                found.append(Chain((*chain.certificates, anchor), (*chain.used, used)))
        if len(chain.certificates) >= MAX_LENGTH:
            continue
        for issuer in by_subject.get(last.issuer_key, ()):
            links += 1
            if issuer.sha256 in tried or links > MAX_LINKS:
                continue
            used = link(last, issuer)
            if used is not None:
                tried.add(issuer.sha256)
                waiting.append(Chain((*chain.certificates, issuer), (*chain.used, used)))
    return found


def link(certificate: Cert, issuer: Cert) -> Used | None:
    """What was used when the issuer's key verifies the certificate, else None."""
    if issuer.subject_key != certificate.issuer_key:
        return None
    parsed = certificate.parsed
    if parsed["signature_algorithm"].dump() != parsed["tbs_certificate"]["signature"].dump():
        return None  # RFC 5280, 4.1.1.2: both name the same algorithm
    try:
        return verify(
            issuer.key_info,
            certificate.algorithm,
            parsed["signature_value"].native,
            parsed["tbs_certificate"].dump(),
        )
    except UnknownAlgorithm:
        return None


def chain_fault(chain: Chain) -> Fault | None:
    """What makes a chain none, whatever the time is (RFC 5280, 6.1.4): the first fault, or None."""
    checks: tuple[Callable[[Chain], Fault | None], ...] = (_critical, _authorities, _names)
    return next((fault for check in checks if (fault := check(chain))), None)


def _general(code: str, certificate: Cert) -> Fault:
    return Fault(SubIndication.CERTIFICATE_CHAIN_GENERAL_FAILURE, reason(code, name=certificate.subject))


def _critical(chain: Chain) -> Fault | None:
    """RFC 5280, 4.2: a critical extension that is not understood refuses the certificate."""
    for certificate in chain.certificates[:-1]:
        if certificate.unknown_critical:
            return _general("unknown-critical-extension", certificate)
    return None


def _authorities(chain: Chain) -> Fault | None:
    """RFC 5280, 6.1.4 (k) to (n): who issues is a CA, may sign certificates, and stays within its path length."""
    below = 0  # CA certificates beneath, but for self-issued ones
    for certificate in chain.certificates[1:]:
        if not certificate.is_ca:
            return _general("issuer-is-no-authority", certificate)
        if certificate.usages is not None and "key_cert_sign" not in certificate.usages:
            return _general("issuer-may-not-issue", certificate)
        if certificate.max_path is not None and below > certificate.max_path:
            return _general("path-too-long", certificate)
        below += not certificate.self_issued
    return None


def _names(chain: Chain) -> Fault | None:
    """RFC 5280, 6.1.4 (g): an authority issues for the names that it is limited to."""
    for position, authority in enumerate(chain.certificates[1:], 1):
        for certificate in chain.certificates[:position]:
            if not names_permitted(authority, certificate):
                return _general("name-not-permitted", certificate)
    return None
