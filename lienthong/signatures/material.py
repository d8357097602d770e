"""What a judgement may stand on: the trust folder, and what the file itself brings along."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from lienthong.signatures.certificates import Cert
from lienthong.signatures.cms import Signed
from lienthong.signatures.crls import Crl, load_crls
from lienthong.signatures.policy import Policy
from lienthong.signatures.revocation import Crls
from lienthong.signatures.standing import Bench
from lienthong.signatures.trust import Trust


@dataclass(frozen=True)
class Material:
    """Trust, profile and moment, and the certificates and CRLs of the file so far."""

    trust: Trust
    profile: str
    at: datetime
    certificates: Sequence[Cert] = ()
    crls: Sequence[Crl] = ()
    known_since: datetime | None = None

    @property
    def policy(self) -> Policy:
        return self.trust.policy

    def with_more(self, certificates: Sequence[Cert], crls: Sequence[Crl]) -> "Material":
        """The same with more of what the file brings along."""
        return replace(self, certificates=[*self.certificates, *certificates], crls=[*self.crls, *crls])

    def with_signed(self, signed: Signed) -> "Material":
        """The same with what a CMS structure holds."""
        return self.with_more(signed.certificates, load_crls([*signed.crl_blobs, *signed.archived_crls]))

    def bench(self) -> Bench:
        """What signers are judged by. An operator's certificates are tried before those of the file."""
        trust = self.trust
        anchors = trust.anchors(self.profile)
        elsewhere = [root for name, root in trust.roots.items() if name not in trust.policy.profiles[self.profile]]
        by_issuer = {issuer: list(crls) for issuer, crls in trust.crls_by_issuer.items()}
        known = {crl.sha256 for crl in trust.crls}
        for crl in self.crls:
            if crl.sha256 not in known:
                by_issuer.setdefault(crl.issuer_key, []).append(crl)
        return Bench(
            policy=trust.policy,
            anchors=anchors,
            other_roots=elsewhere,
            offered=[*trust.intermediates, *self.certificates],
            supplied=trust.supplied,
            crls=Crls(by_issuer, trust.policy, self.at),
            at=self.at,
            profile=self.profile,
            known_since=self.known_since,
        )
