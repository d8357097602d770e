"""Time stamps (RFC 3161): tokens that show that some bytes existed at a moment.

A stamp is believed only when it passes by itself at the moment of judging: imprint, signature, chain, purpose,
revocation. One that does not is set aside, neither believed nor fatal (EN 319 102-1, 5.5.4 (3)).
"""

import hashlib
import hmac
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from asn1crypto import tsp

from lienthong.signatures.algorithms import HASHES, Used
from lienthong.signatures.certificates import Cert
from lienthong.signatures.chain import Fault
from lienthong.signatures.cms import CmsFault, Signed, find_signer, parse_cms
from lienthong.signatures.integrity import check_signature
from lienthong.signatures.limits import Limits
from lienthong.signatures.moments import shown_time
from lienthong.signatures.signer_purpose import Purpose
from lienthong.signatures.standing import Bench, Standing
from lienthong.signatures.verdict import Reason, SubIndication, reason

MAX_STAMPS = 5
"""Stamps of one signature that are looked at."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """What is found about one token. `moment` is when it states to have been made, whether it holds or not."""

    fault: Fault | None
    moment: datetime | None = None
    standing: Standing | None = None
    signer: Cert | None = None


def judge_stamp(token: bytes, digest: Callable[[str], bytes], *, bench: Bench, limits: Limits) -> Stamp:
    """Judge a token over the bytes whose digest `digest` gives by the name of a hash."""
    signed: Signed | None = None
    moment: datetime | None = None
    try:
        signed = parse_cms(token, limits)
        info = _info(signed)
        moment = _moment(info)
        signer, used = _check(signed, info, digest, bench)
    except CmsFault as found:
        return Stamp(found.fault, moment)
    inner = Bench(
        policy=bench.policy,
        anchors=bench.anchors,
        other_roots=bench.other_roots,
        offered=[*bench.offered, *signed.certificates],
        supplied=bench.supplied,
        crls=bench.crls,
        at=bench.at,
        profile=bench.profile,
    )
    standing = inner.standing(signer, used=used, purpose=Purpose.TIME_STAMP)
    return Stamp(standing.fault or _order_fault(signer, moment, bench.at), moment, standing, signer)


def _info(signed: Signed) -> Any:
    """The TSTInfo inside (RFC 3161, 2.4.2)."""
    if signed.content_type != "tst_info" or signed.content is None:
        raise CmsFault(SubIndication.FORMAT_FAILURE, "stamp-unreadable")
    try:
        info = tsp.TSTInfo.load(signed.content)
        if info["version"].native not in (1, "v1"):
            raise ValueError(info["version"].native)
        return info
    except (ValueError, TypeError, KeyError):
        raise CmsFault(SubIndication.FORMAT_FAILURE, "stamp-unreadable") from None


def _moment(info: Any) -> datetime:
    moment = info["gen_time"].native
    if not isinstance(moment, datetime) or moment.tzinfo is None:
        raise CmsFault(SubIndication.FORMAT_FAILURE, "stamp-unreadable")
    return moment


def _check(signed: Signed, info: Any, digest: Callable[[str], bytes], bench: Bench) -> tuple[Cert, list[Used]]:
    imprint = info["message_imprint"]
    kind = imprint["hash_algorithm"]["algorithm"].native
    if kind not in HASHES:
        raise CmsFault(SubIndication.CRYPTO_CONSTRAINTS_FAILURE, "algorithm-unknown", algorithm=kind)
    if not hmac.compare_digest(imprint["hashed_message"].native, digest(kind)):
        raise CmsFault(SubIndication.HASH_FAILURE, "stamp-of-other-bytes")
    signer = find_signer(signed, bench.offered)
    content = signed.content or b""
    used = check_signature(
        signed, signer, content_type="tst_info", digest=lambda name: hashlib.new(name, content).digest()
    )
    return signer, [*used, Used(kind, "hash", 0)]


def _order_fault(signer: Cert, moment: datetime, at: datetime) -> Fault | None:
    """A stamp of the future, or from before its authority's certificate, shows that its clock is not to be believed."""
    if moment > at or not signer.covers(moment):
        return Fault(SubIndication.TIMESTAMP_ORDER_FAILURE, reason("stamp-out-of-time", moment=shown_time(moment)))
    return None


def earliest_proof(
    tokens: Sequence[bytes], signature: bytes, *, bench: Bench, limits: Limits
) -> tuple[Stamp | None, list[Reason]]:
    """The earliest stamp over a signature value that holds, and a remark for each one that is set aside."""

    def digest(name: str) -> bytes:
        return hashlib.new(name, signature).digest()

    stamps = [judge_stamp(token, digest, bench=bench, limits=limits) for token in tokens[:MAX_STAMPS]]
    holding = [stamp for stamp in stamps if stamp.fault is None]
    aside = [_aside(stamp) for stamp in stamps if stamp.fault is not None]
    return min(holding, key=_moment_of, default=None), aside


def _moment_of(stamp: Stamp) -> datetime:
    if stamp.moment is None:
        raise ValueError("a stamp that holds has a moment")
    return stamp.moment


def _aside(stamp: Stamp) -> Reason:
    why = stamp.fault.sub.value if stamp.fault else ""
    return reason("stamp-set-aside", moment=shown_time(stamp.moment) if stamp.moment else "–", why=why)
