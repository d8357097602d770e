"""From a signature that fits its bytes to its verdict: EN 319 102-1, clauses 5.3 (basic) and 5.5 (with time)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from lienthong.signatures.algorithms import Used
from lienthong.signatures.certificates import Cert
from lienthong.signatures.chain import Fault
from lienthong.signatures.limits import Limits
from lienthong.signatures.moments import shown_day, shown_time
from lienthong.signatures.signer_purpose import Purpose
from lienthong.signatures.standing import Bench, Standing
from lienthong.signatures.time_stamps import Stamp, earliest_proof
from lienthong.signatures.verdict import (
    FAILURES,
    Indication,
    Reason,
    SignatureVerdict,
    SubIndication,
    TimeSource,
    reason,
)


@dataclass(frozen=True, slots=True)
class Found:
    """What a format has established about one signature before the signer is judged.

    `value` is the signature value that stamps are over, `tokens` those stamps, `used` the cryptography.
    """

    signer: Cert
    value: bytes
    used: Sequence[Used]
    tokens: Sequence[bytes] = ()
    claimed_time: datetime | None = None


def indication_of(sub: SubIndication | None) -> Indication:
    """The indication that a sub-indication belongs to."""
    if sub is None:
        return Indication.TOTAL_PASSED
    return Indication.TOTAL_FAILED if sub in FAILURES else Indication.INDETERMINATE


def judge_signer(found: Found, *, field: str, bench: Bench, limits: Limits) -> SignatureVerdict:
    """The verdict over the signer of a signature that fits its bytes."""
    signer = found.signer
    proof, remarks = earliest_proof(found.tokens, found.value, bench=bench, limits=limits)
    best, source = _earliest(proof, bench)
    standing = bench.standing(signer, used=found.used, purpose=Purpose.DOCUMENT)
    if source in _KNOWN_BY:
        standing = _with_time(found, standing, bench, (best, source))
    fault = standing.fault or _claimed_fault(found.claimed_time, bench)
    reasons = [
        *([fault.reason] if fault else []),
        *_claimed_flags(found.claimed_time, bench),
        *standing.flags,
        *remarks,
    ]
    crls = {crl.sha256: crl for part in (standing, proof.standing if proof else None) if part for crl in part.crls}
    return SignatureVerdict(
        indication=indication_of(fault.sub if fault else None),
        sub_indication=fault.sub if fault else None,
        reasons=tuple(reasons),
        field=field,
        signed_by=signer.subject,
        issuer=signer.issuer,
        claimed_time=found.claimed_time,
        best_signature_time=best,
        best_signature_time_source=source,
        chain=standing.chain,
        crls=tuple(crls.values()),
        recheck_after=standing.recheck_after if fault else None,
    )


_KNOWN_BY: Mapping[TimeSource, tuple[str, str]] = {
    "time-stamp": ("good-then", "stamp-before-certificate"),
    "known-since": ("good-when-kept", "kept-before-certificate"),
}
"""By what a time is proved, the codes of the reasons that name it: the certificate was good then, or did not exist."""


def _earliest(proof: Stamp | None, bench: Bench) -> tuple[datetime, TimeSource]:
    """The earliest moment at which the signature is proved to have existed (5.6.2.3: proofs of existence)."""
    proofs: list[tuple[datetime, TimeSource]] = [(bench.at, "judging-time")]
    if bench.known_since is not None:
        proofs.append((bench.known_since, "known-since"))
    if proof is not None and proof.moment is not None:
        proofs.append((proof.moment, "time-stamp"))
    return min(proofs, key=lambda each: each[0])


def _with_time(found: Found, now: Standing, bench: Bench, proved: tuple[datetime, TimeSource]) -> Standing:
    """5.5.4 (4) to (6): what stands against the signature today may not have been so at the time that is proved."""
    signer, (best, source) = found.signer, proved
    good, too_early = _KNOWN_BY[source]
    if best < signer.not_before and now.chain:  # 5.5.4 (4) b
        why = reason(too_early, moment=shown_time(best), since=shown_day(signer.not_before))
        return Standing(Fault(SubIndication.NOT_YET_VALID, why), now.chain)
    if now.fault is None:
        return now
    then = bench.standing(signer, used=found.used, purpose=Purpose.DOCUMENT, moment=best)
    if then.fault is None:
        return Standing(None, then.chain, then.crls, (*then.flags, reason(good, moment=shown_time(best))))
    if then.fault.sub is SubIndication.TRY_LATER and now.fault.sub is SubIndication.OUT_OF_BOUNDS_NO_POE:
        # 5.2.6.4: expired, and no CRL knows whether it was revoked before its end; a new CRL will never tell.
        return Standing(Fault(SubIndication.OUT_OF_BOUNDS_NO_POE, then.fault.reason), then.chain, then.crls)
    if then.fault.sub is SubIndication.TRY_LATER and now.fault.sub is not SubIndication.TRY_LATER:
        return now
    return then


def _claimed_fault(claimed: datetime | None, bench: Bench) -> Fault | None:
    """The policy's `claimed_in_future`: further ahead than a clock or a time zone explains."""
    if claimed is None or claimed - bench.at <= bench.policy.tolerated_ahead:
        return None
    why = reason("claimed-in-future", claimed=shown_time(claimed), at=shown_time(bench.at))
    return Fault(SubIndication.SIG_CONSTRAINTS_FAILURE, why)


def _claimed_flags(claimed: datetime | None, bench: Bench) -> list[Reason]:
    if claimed is None:
        return []
    ahead = claimed - bench.at
    if bench.policy.clock_tolerance < ahead <= bench.policy.tolerated_ahead:
        return [reason("claimed-local-as-utc", claimed=shown_time(claimed))]
    return []
