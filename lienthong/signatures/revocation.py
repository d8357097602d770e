"""Was a certificate revoked? Answered by CRLs that its own issuer signed, and by nothing else.

`at` is the moment of judging: a CRL issued after it, and a revocation after it, do not exist yet.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from lienthong.signatures.algorithms import UnknownAlgorithm, Used, verify
from lienthong.signatures.certificates import Cert
from lienthong.signatures.crls import Crl, Revocation
from lienthong.signatures.policy import Policy


@dataclass(frozen=True, slots=True)
class Status:
    """What the CRLs know of one certificate at one moment.

    - `revocation`: since when it is revoked or on hold; None when no CRL lists it by then.
    - `proof`: the CRL that shows that it was not revoked; None when there is none that is fresh.
    - `newest`: the newest genuine CRL of the issuer, for the sentence.
    - `has_imitation`: there is a CRL in the name of the issuer that the issuer's key did not sign.
    - `later`: since when it is revoked by the moment of judging, also if that is after the moment that is asked about.
    """

    revocation: Revocation | None
    proof: Crl | None
    newest: Crl | None
    later: datetime | None = None
    has_imitation: bool = False


@dataclass
class Crls:
    """The CRLs of one judgement: those of the trust folder and those that the file brings along.

    `crls`: by the name of the issuer. Each signature is verified once for each key.
    """

    by_issuer: dict[bytes, list[Crl]]
    policy: Policy
    at: datetime
    _genuine: dict[tuple[bytes, bytes], Used | None] = field(default_factory=dict)

    def status(
        self, certificate: Cert, issuer: Cert, *, moment: datetime, issued_by_root: bool, until: datetime | None = None
    ) -> Status:
        """What is known of `certificate` at `moment`, which is `at` or a time that a stamp proves (5.5.4 (6)).

        `until`: since when the issuer itself is revoked; what it signed from then on proves nothing.
        """
        genuine = self._of(certificate, issuer)
        known = [crl for crl in genuine if self._strong(crl, issuer, moment)]
        max_age = self.policy.root_crl_max_age if issued_by_root else self.policy.crl_max_age
        complete = [crl for crl in known if not crl.is_delta and not crl.for_some_reasons]
        proofs = [
            crl
            for crl in complete
            if self._proves(crl, certificate, moment, max_age)
            and (until is None or crl.this_update < until)
            and not _lists(crl, certificate.serial, moment)
        ]
        # A weak algorithm makes the silence of a CRL worth less, not what it lists.
        revocation = _revocation(genuine, certificate.serial, moment)
        later = _revocation(genuine, certificate.serial, self.at)
        return Status(
            revocation,
            proofs[0] if proofs else None,
            complete[0] if complete else None,
            later.since if later and not later.is_hold else None,
            any(self._signed_by(crl, issuer) is None for crl in self._about(certificate)),
        )

    def newest(self, issuer: Cert) -> Crl | None:
        """The newest genuine CRL of an issuer that is complete."""
        found = [
            crl
            for crl in self.by_issuer.get(issuer.subject_key, ())
            if crl.this_update <= self.at and not crl.is_delta and self._signed_by(crl, issuer) is not None
        ]
        return max(found, key=lambda crl: crl.this_update, default=None)

    def _of(self, certificate: Cert, issuer: Cert) -> list[Crl]:
        """Genuine CRLs about the certificate, the newest first: issuer, scope, signature (RFC 5280, 6.3.3)."""
        if issuer.usages is not None and "crl_sign" not in issuer.usages:  # 6.3.3 (f)
            return []
        found = [crl for crl in self._about(certificate) if crl.understood and self._signed_by(crl, issuer) is not None]
        return sorted(found, key=lambda crl: crl.this_update, reverse=True)

    def _about(self, certificate: Cert) -> Iterator[Crl]:
        """CRLs in the name of the issuer whose scope has the certificate, genuine or not."""
        of_issuer = self.by_issuer.get(certificate.issuer_key, ())
        return (crl for crl in of_issuer if crl.this_update <= self.at and crl.concerns(certificate))

    def _signed_by(self, crl: Crl, issuer: Cert) -> Used | None:
        key = (crl.sha256, issuer.key_info)
        if key not in self._genuine:
            self._genuine[key] = _verify(crl, issuer)
        return self._genuine[key]

    def _strong(self, crl: Crl, issuer: Cert, moment: datetime) -> bool:
        used = self._signed_by(crl, issuer)
        weakness = used.weakness(self.policy) if used else "never"
        return weakness is None or (weakness == "sha1" and self.policy.sha1_counts(moment))

    def _proves(self, crl: Crl, certificate: Cert, moment: datetime, max_age: timedelta) -> bool:
        """Whether its silence shows that the certificate was not revoked at `moment`.

        RFC 5280, 5: expired certificates may be left out, so a CRL that is younger than the end proves nothing.
        At the moment of judging it must be fresh (EN 319 102-1, 5.2.5). At an earlier moment that a stamp proves,
        a CRL issued since then is proof, however old it is today.
        """
        if crl.this_update > certificate.not_after:
            return False
        if moment < self.at and crl.this_update >= moment:
            return self.policy.kept_crls_count
        if crl.next_update is not None and crl.next_update < moment:
            return False
        return moment - crl.this_update <= max_age and moment >= crl.this_update


def _revocation(genuine: Sequence[Crl], serial: int, moment: datetime) -> Revocation | None:
    """The revocation in force at `moment`: any CRL's final one, or a hold that is not lifted.

    `genuine`: the newest first. A hold is in force by the newest complete CRL and by what was issued since: a delta
    CRL, or one of some reasons, lifts it only by naming it.
    """
    found = [entry for crl in genuine if (entry := _entry(crl, serial, moment)) and not entry.is_hold]
    for crl in genuine:
        entry = crl.revocation(serial)
        if entry is not None and entry.since <= moment:
            found += [entry] if entry.is_hold else []
            break
        if not (crl.is_delta or crl.for_some_reasons):
            break
    return min(found, key=lambda entry: (entry.is_hold, entry.since), default=None)


def _entry(crl: Crl, serial: int, moment: datetime) -> Revocation | None:
    """What a CRL lists of a certificate by `moment`, but not that it is taken off the list."""
    entry = crl.revocation(serial)
    return None if entry is None or entry.cause == "remove_from_crl" or entry.since > moment else entry


def _lists(crl: Crl, serial: int, moment: datetime) -> bool:
    return _entry(crl, serial, moment) is not None


def _verify(crl: Crl, issuer: Cert) -> Used | None:
    parsed = crl.parsed
    if parsed["signature_algorithm"].dump() != parsed["tbs_cert_list"]["signature"].dump():
        return None
    try:
        return verify(issuer.key_info, crl.algorithm, parsed["signature"].native, parsed["tbs_cert_list"].dump())
    except UnknownAlgorithm:
        return None
