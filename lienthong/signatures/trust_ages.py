"""How old what a trust folder holds is: for operators, who must put new CRLs and certificates into it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from lienthong.signatures.certificates import Cert
from lienthong.signatures.chain import find_chains
from lienthong.signatures.revocation import Crls
from lienthong.signatures.trust import Trust


@dataclass(frozen=True, slots=True)
class ListAge:
    """The newest genuine CRL of one authority. `issued` is None when there is none; `is_fresh` by the policy."""

    authority: str
    issued: datetime | None
    is_fresh: bool


def list_ages(trust: Trust, at: datetime) -> Sequence[ListAge]:
    """Of every authority that may issue signers or authorities, the oldest list first, those without one before them.

    An intermediate certificate without a chain to a pinned root is left out: nothing of it counts.
    """
    policy = trust.policy
    crls = Crls({issuer: list(found) for issuer, found in trust.crls_by_issuer.items()}, policy, at)
    authorities = chained(trust)
    issuers = {certificate.issuer_key for certificate in authorities}
    roots = [root for root in trust.roots.values() if root.subject_key in issuers]
    ages = [
        *(_age(root, crls, at, policy.root_crl_max_age) for root in roots),
        *(_age(authority, crls, at, policy.crl_max_age) for authority in authorities if authority.is_ca),
    ]
    return sorted(ages, key=lambda age: (age.issued is not None, age.issued or at))


def chained(trust: Trust) -> Sequence[Cert]:
    """The intermediate certificates that lead to a pinned root."""
    anchors = tuple(trust.roots.values())
    return [
        certificate
        for certificate in trust.intermediates
        if find_chains(certificate, anchors=anchors, offered=trust.intermediates)
    ]


def _age(authority: Cert, crls: Crls, at: datetime, most: timedelta) -> ListAge:
    newest = crls.newest(authority)
    if newest is None:
        return ListAge(authority.subject, None, is_fresh=False)
    ended = newest.next_update is not None and newest.next_update < at
    return ListAge(authority.subject, newest.this_update, is_fresh=not ended and at - newest.this_update <= most)
