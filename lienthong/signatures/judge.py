"""Judging a file: what it is, then the verdict of its worst signature. Nothing that a file holds raises an error."""

import hashlib
import logging
from collections.abc import Sequence
from datetime import UTC, datetime

from lienthong.signatures.cms import CmsFault
from lienthong.signatures.limits import BeyondLimit, Limits
from lienthong.signatures.material import Material
from lienthong.signatures.trust import Trust
from lienthong.signatures.verdict import (
    DocumentVerdict,
    Indication,
    Reason,
    SignatureVerdict,
    SubIndication,
    reason,
)

_log = logging.getLogger(__name__)

PDF, XML, UNKNOWN = "application/pdf", "application/xml", "application/octet-stream"


def judge(
    content: bytes,
    *,
    trust: Trust,
    profile: str | None,
    at: datetime,
    limits: Limits,
    known_since: datetime | None = None,
) -> DocumentVerdict:
    """The verdict over `content` at the moment `at`, which must have an offset. Raises `UnknownProfile` alone.

    `known_since`: the caller has had this very file since then, which proves that its signatures are no younger. A
    moment after `at` proves nothing.
    """
    chosen = trust.profile(profile)
    media_type = media_type_of(content)
    signatures: Sequence[SignatureVerdict] = ()
    fault: Reason | None = None
    try:
        if len(content) > limits.max_bytes:
            raise BeyondLimit("max_bytes", limits.max_bytes)
        earlier = known_since if known_since is not None and known_since < at else None
        material = Material(trust, chosen, at, known_since=earlier)
        signatures = _judge_signatures(content, media_type, material, limits)
        fault = None if _signers(signatures) else reason("no-signature")
    except CmsFault as found:
        fault = found.fault.reason
    except BeyondLimit as beyond:
        fault = reason("beyond-limit", name=beyond.name, limit=beyond.limit)
    except MemoryError:
        fault = reason("beyond-limit", name="memory_bytes", limit=limits.memory_bytes)
    except Exception as error:  # noqa: BLE001 - whatever a hostile file makes a parser raise is a fault of its format
        _log.debug("a file cannot be read", exc_info=True)
        fault = reason("unreadable", problem=type(error).__name__)
    return _document(
        signatures,
        fault,
        DocumentVerdict(
            indication=Indication.TOTAL_FAILED,
            sub_indication=SubIndication.FORMAT_FAILURE,
            reasons=(),
            signatures=(),
            policy=trust.digest,
            profile=chosen,
            checked_at=at.astimezone(UTC),
            digest=f"sha256:{hashlib.sha256(content).hexdigest()}",
            media_type=media_type,
        ),
    )


def media_type_of(content: bytes) -> str:
    """By the first bytes: PDF, XML, or neither."""
    if content[:1024].lstrip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n").startswith(b"<"):
        return XML
    return PDF if b"%PDF-" in content[:1024] else UNKNOWN


def _judge_signatures(
    content: bytes, media_type: str, material: Material, limits: Limits
) -> Sequence[SignatureVerdict]:
    if media_type == PDF:
        from lienthong.signatures.pdf.judge_pdf import judge_pdf

        return judge_pdf(content, material, limits)
    if media_type == XML:
        from lienthong.signatures.xml.judge_xml import judge_xml

        return judge_xml(content, material, limits)
    code = "empty" if not content.strip() else "format-not-judged"
    raise CmsFault(SubIndication.FORMAT_FAILURE, code)


def _signers(signatures: Sequence[SignatureVerdict]) -> list[SignatureVerdict]:
    return [verdict for verdict in signatures if verdict.type == "signature"]


def counted(signatures: Sequence[SignatureVerdict]) -> list[SignatureVerdict]:
    """Those that the document's verdict stands on: every signature, and what is wrong with the form of time stamps.

    A document time stamp that does not hold is set aside, as one of a signature is (5.5.4 (3)).
    """
    return [
        verdict
        for verdict in signatures
        if verdict.type == "signature" or verdict.sub_indication is SubIndication.FORMAT_FAILURE
    ]


def _reasons_of(verdicts: Sequence[SignatureVerdict]) -> tuple[Reason, ...]:
    """Their reasons and remarks, each once."""
    found: list[Reason] = []
    for verdict in verdicts:
        found += [given for given in verdict.reasons if given not in found]
    return tuple(found)


def _recheck_after(waits: Sequence[datetime | None]) -> datetime | None:
    """When the first that is not clear may be; None where one will never be, whatever becomes of the others."""
    known = [each for each in waits if each is not None]
    return min(known) if known and len(known) == len(waits) else None


def _document(signatures: Sequence[SignatureVerdict], fault: Reason | None, empty: DocumentVerdict) -> DocumentVerdict:
    from dataclasses import replace

    if fault is not None:
        return replace(empty, reasons=(fault,), signatures=tuple(signatures))
    worst = max(counted(signatures), key=lambda verdict: verdict.indication.rank)
    unclear = [each for each in counted(signatures) if each.indication is Indication.INDETERMINATE]
    waits = [each.recheck_after for each in unclear]
    return replace(
        empty,
        indication=worst.indication,
        sub_indication=worst.sub_indication,
        reasons=_reasons_of([verdict for verdict in counted(signatures) if verdict.indication is worst.indication]),
        signatures=tuple(signatures),
        recheck_after=_recheck_after(waits) if worst.indication is Indication.INDETERMINATE else None,
    )
