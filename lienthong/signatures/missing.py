"""Why no chain was found: which certificate is missing, or is not what it seems."""

from collections.abc import Sequence

from lienthong.signatures.certificates import Cert
from lienthong.signatures.chain import link
from lienthong.signatures.verdict import Reason, reason

_MAX_STEPS = 8


def missing_issuer(
    signer: Cert, offered: Sequence[Cert], anchors: Sequence[Cert], other_roots: Sequence[Cert]
) -> Reason:
    """The reason: no issuer, one of the right name with another key, or a root of another profile."""
    last, seen = signer, {signer.sha256}
    for _ in range(_MAX_STEPS):
        if any(link(last, root) for root in other_roots):
            return reason("root-of-another-profile", name=signer.subject, issuer=last.issuer)
        issuer = next((one for one in offered if one.sha256 not in seen and link(last, one)), None)
        if issuer is None:
            break
        seen.add(issuer.sha256)
        last = issuer
    if any(one.subject_key == last.issuer_key for one in (*anchors, *offered) if one.sha256 not in seen):
        return reason("issuer-of-another-key", name=last.subject, issuer=last.issuer)
    if last.self_issued:
        return reason("root-not-trusted", name=signer.subject, issuer=last.issuer)
    return reason("issuer-missing", name=last.subject, issuer=last.issuer)
