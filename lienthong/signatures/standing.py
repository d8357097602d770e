"""How a signer's certificate stands: chain, purpose, validity, revocation and strength, at one moment.

EN 319 102-1: clauses 5.2.6 (X.509), 5.2.8 (algorithms) at the moment of judging, and again at the time that a stamp
proves (5.5.4). It serves signatures of documents and of time stamps alike.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from lienthong.signatures.algorithms import Used
from lienthong.signatures.certificates import Cert
from lienthong.signatures.chain import Chain, Fault, chain_fault, find_chains
from lienthong.signatures.missing import missing_issuer
from lienthong.signatures.moments import shown_day, shown_time
from lienthong.signatures.policy import Policy
from lienthong.signatures.revocation import Crls, Status
from lienthong.signatures.signer_purpose import Purpose, purpose_fault
from lienthong.signatures.verdict import Certificate, CrlUsed, Reason, SubIndication, reason

RECHECK = timedelta(days=1)
"""When to ask again where no CRL states when its successor comes."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What is found: no `fault` means that the certificate holds. `flags` are remarks beside it."""

    fault: Fault | None
    chain: tuple[Certificate, ...] = ()
    crls: tuple[CrlUsed, ...] = ()
    flags: tuple[Reason, ...] = ()
    recheck_after: datetime | None = None
    stage: int = 0


@dataclass(frozen=True)
class Bench:
    """What all signatures of one file are judged by: the policy, roots, what was supplied, CRLs, and the moment.

    `offered`: certificates of the trust folder first, then those of the file. `supplied`: SHA-256 of the former.
    `known_since`: a moment before `at` at which the caller had the file; None where nothing is known.
    """

    policy: Policy
    anchors: Sequence[Cert]
    other_roots: Sequence[Cert]
    offered: Sequence[Cert]
    supplied: frozenset[bytes]
    crls: Crls
    at: datetime
    profile: str
    known_since: datetime | None = None
    _chains: dict[bytes, list[Chain]] = field(default_factory=dict)

    def standing(
        self, signer: Cert, *, used: Sequence[Used], purpose: Purpose, moment: datetime | None = None
    ) -> Standing:
        """How `signer` stands at `moment`, by default the moment of judging.

        `used`: the cryptography of the signature itself. Of several chains the first that holds counts.
        """
        moment = moment or self.at
        if signer.sha256 not in self._chains:
            self._chains[signer.sha256] = find_chains(signer, anchors=self.anchors, offered=self.offered)
        chains = self._chains[signer.sha256]
        if not chains:
            lack = missing_issuer(signer, self.offered, self.anchors, self.other_roots)
            return Standing(Fault(SubIndication.NO_CERTIFICATE_CHAIN_FOUND, lack))
        found = []
        for chain in chains:
            standing = _Judgement(self, chain, moment).run(used, purpose)
            if standing.fault is None:
                return standing
            found.append(standing)
        return max(found, key=lambda standing: standing.stage)


class _Judgement:
    """One chain at one moment."""

    def __init__(self, bench: Bench, chain: Chain, moment: datetime) -> None:
        self._bench, self._chain, self._moment = bench, chain, moment
        self._crls: dict[str, CrlUsed] = {}
        self._flags: list[Reason] = []
        self._recheck: datetime | None = None

    def run(self, used: Sequence[Used], purpose: Purpose) -> Standing:
        """The first fault in the order of the clauses, or none."""
        steps: tuple[Callable[[], Fault | None], ...] = (
            lambda: chain_fault(self._chain),
            lambda: purpose_fault(self._chain, purpose, self._bench.policy),
            self._validity,
            self._revoked,
            lambda: self._weak(used),
        )
        fault: Fault | None = None
        stage = 0
        while fault is None and stage < len(steps):
            fault = steps[stage]()
            stage += 1
        return Standing(
            fault,
            tuple(certificate.as_verdict() for certificate in self._chain.certificates),
            tuple(self._crls.values()),
            tuple(self._flags),
            self._recheck,
            stage,
        )

    def _validity(self) -> Fault | None:
        """5.2.6.4: the signer's certificate, then those of the authorities, are within their validity."""
        signer, moment = self._chain.signer, self._moment
        if moment < signer.not_before:
            when = shown_day(signer.not_before)
            return Fault(SubIndication.OUT_OF_BOUNDS_NO_POE, reason("not-yet-valid", name=signer.subject, since=when))
        if moment > signer.not_after:
            when = shown_day(signer.not_after)
            return Fault(SubIndication.OUT_OF_BOUNDS_NO_POE, reason("expired", name=signer.subject, until=when))
        for authority in self._chain.certificates[1:-1]:
            if not authority.covers(moment):
                why = reason("authority-out-of-time", name=authority.subject, until=shown_day(authority.not_after))
                return Fault(SubIndication.CERTIFICATE_CHAIN_GENERAL_FAILURE, why)
        return None

    def _revoked(self) -> Fault | None:
        """From the root down: each answer stands on the one above it."""
        until: datetime | None = None
        pairs = list(self._chain.below_root)
        for position in range(len(pairs) - 1, -1, -1):
            certificate, issuer = pairs[position]
            by_root = position == len(pairs) - 1
            status = self._bench.crls.status(
                certificate, issuer, moment=self._moment, issued_by_root=by_root, until=until
            )
            fault = self._status_fault(status, certificate, is_signer=position == 0)
            if fault is not None:
                return fault
            until = min(filter(None, (until, status.later)), default=None)
        return None

    def _status_fault(self, status: Status, certificate: Cert, *, is_signer: bool) -> Fault | None:
        revocation = status.revocation
        if revocation is not None and not revocation.is_hold:
            sub = SubIndication.REVOKED_NO_POE if is_signer else SubIndication.REVOKED_CA_NO_POE
            code = "revoked" if is_signer else "authority-revoked"
            return Fault(sub, reason(code, name=certificate.subject, since=shown_time(revocation.since)))
        if revocation is not None:  # 5.2.6.4: on hold, the answer comes later
            self._ask_again(status)
            why = reason("on-hold", name=certificate.subject, since=shown_time(revocation.since))
            return Fault(SubIndication.TRY_LATER, why)
        if status.proof is None:
            self._ask_again(status)
            return Fault(SubIndication.TRY_LATER, self._no_proof(status, certificate))
        self._crls.setdefault(status.proof.sha256.hex(), status.proof.as_verdict())
        return None

    def _no_proof(self, status: Status, certificate: Cert) -> Reason:
        if status.newest is None:
            code = "crl-not-genuine" if status.has_imitation else "crl-missing"
            return reason(code, issuer=certificate.issuer, name=certificate.subject)
        if self._moment < self._bench.at:
            return reason("crl-of-then-missing", issuer=certificate.issuer, moment=shown_time(self._moment))
        if status.newest.this_update > certificate.not_after:
            return reason("crl-younger-than-end", issuer=certificate.issuer, name=certificate.subject)
        return reason("crl-too-old", issuer=certificate.issuer, issued=shown_time(status.newest.this_update))

    def _ask_again(self, status: Status) -> None:
        announced = status.newest.next_update if status.newest else None
        at = self._bench.at
        self._recheck = announced if announced and announced > at else at + RECHECK

    def _weak(self, used: Sequence[Used]) -> Fault | None:
        """5.2.8: the algorithms of the signature and of each certificate, by the dates of the policy."""
        policy = self._bench.policy
        flagged = False
        for one in (*used, *self._counted()):
            weakness = one.weakness(policy)
            if weakness == "never":
                return Fault(SubIndication.CRYPTO_CONSTRAINTS_FAILURE, reason("algorithm-never", algorithm=one.text))
            if weakness == "sha1" and not policy.sha1_counts(self._moment):
                why = reason("sha1-without-proof", until=policy.sha1_until.strftime("%d/%m/%Y"))
                return Fault(SubIndication.CRYPTO_CONSTRAINTS_FAILURE_NO_POE, why)
            flagged = flagged or weakness == "sha1"
        if flagged:
            self._flags.append(reason("sha1-counted", until=policy.sha1_until.strftime("%d/%m/%Y")))
        return None

    def _counted(self) -> list[Used]:
        """The signatures on certificates; SHA-1 on an authority's that an operator supplied counts as SHA-256."""
        counted = []
        for position, (certificate, used) in enumerate(zip(self._chain.certificates, self._chain.used, strict=False)):
            supplied = position > 0 and certificate.sha256 in self._bench.supplied
            if supplied and used.digest == "sha1" and self._bench.policy.sha1_in_supplied_ca_certificates:
                counted.append(Used("sha256", used.key_kind, used.key_bits))
            else:
                counted.append(used)
        return counted
