"""Judging the signatures of a PDF: format, coverage, later changes, integrity, then the signer."""

import logging
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from lienthong.signatures.certificates import load_certificates
from lienthong.signatures.cms import CmsFault, find_signer, has_ess, parse_cms
from lienthong.signatures.crls import load_crls
from lienthong.signatures.integrity import check_signature
from lienthong.signatures.limits import BeyondLimit, Limits
from lienthong.signatures.material import Material
from lienthong.signatures.pdf.byte_range import Covered, covered
from lienthong.signatures.pdf.certification import certification_after, permission_of
from lienthong.signatures.pdf.changes import Changes
from lienthong.signatures.pdf.document import Document
from lienthong.signatures.pdf.fields import Field, entry, signature_fields
from lienthong.signatures.pdf.security_store import stored
from lienthong.signatures.signer import Found, indication_of, judge_signer
from lienthong.signatures.standing import Bench
from lienthong.signatures.time_stamps import judge_stamp
from lienthong.signatures.verdict import SignatureVerdict, SubIndication, reason

_log = logging.getLogger(__name__)

PADES = "/ETSI.CAdES.detached"
FORMATS = (PADES, "/adbe.pkcs7.detached")


def judge_pdf(content: bytes, material: Material, limits: Limits) -> list[SignatureVerdict]:
    """One verdict for each signature and each document time stamp. Raises `CmsFault` where the file is no sound PDF."""
    document = Document(content, limits)
    fields = signature_fields(document)
    signed = [field for field in fields if field.value is not None]
    if len(signed) > limits.max_signatures:
        raise BeyondLimit("max_signatures", limits.max_signatures)
    if not signed:
        return []
    certificates, crls = stored(document, limits)
    material = material.with_more(load_certificates(certificates), load_crls(crls))
    return _File(document, fields, material, limits).judge(signed)


class _File:
    """One document under judgement."""

    def __init__(self, document: Document, fields: Sequence[Field], material: Material, limits: Limits) -> None:
        self._document, self._material, self._limits = document, material, limits
        self._changes = Changes(document, fields, material.policy)
        self._granted: list[tuple[int, int]] = []
        self._levels: dict[str, str] = {}

    def judge(self, signed: Sequence[Field]) -> list[SignatureVerdict]:
        ranges = {id(field): self._range(field) for field in signed}
        for field in signed:
            permission, part = permission_of(field), ranges[id(field)]
            if permission is not None and isinstance(part, Covered):
                self._granted.append((part.revision, permission))
        return [self._verdict(field, ranges[id(field)]) for field in signed]

    def _range(self, field: Field) -> Covered | CmsFault:
        try:
            return covered(self._document, field)
        except CmsFault as fault:
            return fault
        except (BeyondLimit, MemoryError):
            raise
        except Exception as error:  # noqa: BLE001 - what a hostile structure makes a parser raise is a format fault
            return _unreadable(error)

    def _verdict(self, field: Field, part: Covered | CmsFault) -> SignatureVerdict:
        try:
            if isinstance(part, CmsFault):
                raise part
            return self._judge(field, part)
        except CmsFault as found:
            return self._failed(field, found, part if isinstance(part, Covered) else None)
        except (BeyondLimit, MemoryError):
            raise
        except Exception as error:  # noqa: BLE001 - as above
            return self._failed(field, _unreadable(error), None)

    def _failed(self, field: Field, found: CmsFault, part: Covered | None) -> SignatureVerdict:
        return SignatureVerdict(
            indication=indication_of(found.fault.sub),
            sub_indication=found.fault.sub,
            reasons=(found.fault.reason,),
            type="document-time-stamp" if field.is_time_stamp else "signature",
            field=field.name,
            claimed_time=_written_time(field.value),
            best_signature_time=self._material.at,
            covers_whole_file=bool(part and part.whole_file),
            modification_level=self._levels.get(field.name),
        )

    def _judge(self, field: Field, part: Covered) -> SignatureVerdict:
        """The clauses in their order: format (5.2.2), integrity (5.2.7), what follows, the signer (5.3, 5.5)."""
        if field.is_time_stamp:
            return self._judge_time_stamp(field, part)
        form = str(entry(field.value, "/SubFilter") or "")
        if form not in FORMATS:
            raise CmsFault(SubIndication.FORMAT_FAILURE, "format-unknown", format=form or "–")
        signed = parse_cms(part.contents, self._limits)
        if signed.content_type != "data" or signed.content is not None:
            raise CmsFault(SubIndication.FORMAT_FAILURE, "cms-not-detached")
        if form == PADES and signed.attributes is None:
            raise CmsFault(SubIndication.FORMAT_FAILURE, "cms-no-attributes")
        material = self._material.with_signed(signed)
        signer = find_signer(signed)
        if form == PADES and not has_ess(signed):  # EN 319 142-1, 6.3: mandatory in PAdES
            raise CmsFault(SubIndication.SIG_CONSTRAINTS_FAILURE, "signer-not-protected")
        used = check_signature(signed, signer, content_type="data", digest=part.digest(self._document))
        level = self._later(field, part)
        found = Found(
            signer=signer,
            value=signed.signature,
            used=used,
            tokens=signed.time_stamps,
            claimed_time=signed.claimed_time or _written_time(field.value),
        )
        verdict = judge_signer(found, field=field.name, bench=material.bench(), limits=self._limits)
        return _placed(verdict, part, level)

    def _later(self, field: Field, part: Covered) -> str:
        certification = certification_after(field, part.revision, self._granted)
        level, fault = self._changes.since(part.revision, certification)
        self._levels[field.name] = level
        if fault is not None:
            raise CmsFault(SubIndication.FORMAT_FAILURE, fault.code, **fault.details)
        return level

    def _judge_time_stamp(self, field: Field, part: Covered) -> SignatureVerdict:
        """A document time stamp (EN 319 142-1, 5.4.3): no signer, but what it covers must be whole as well."""
        bench: Bench = self._material.bench()
        stamp = judge_stamp(part.contents, part.digest(self._document), bench=bench, limits=self._limits)
        fault, standing, signer = stamp.fault, stamp.standing, stamp.signer
        verdict = SignatureVerdict(
            indication=indication_of(fault.sub if fault else None),
            sub_indication=fault.sub if fault else None,
            reasons=(fault.reason,) if fault else (reason("stamp-holds"),),
            type="document-time-stamp",
            field=field.name,
            signed_by=signer.subject if signer else None,
            issuer=signer.issuer if signer else None,
            claimed_time=stamp.moment,
            best_signature_time=stamp.moment if fault is None else bench.at,
            best_signature_time_source="time-stamp" if fault is None else "judging-time",
            chain=standing.chain if standing else (),
            crls=standing.crls if standing else (),
        )
        return _placed(verdict, part, self._later(field, part))


def _unreadable(error: Exception) -> CmsFault:
    _log.debug("a signature cannot be read", exc_info=error)
    return CmsFault(SubIndication.FORMAT_FAILURE, "pdf-unreadable", problem=type(error).__name__)


def _placed(verdict: SignatureVerdict, part: Covered, level: str) -> SignatureVerdict:
    from dataclasses import replace

    return replace(verdict, covers_whole_file=part.whole_file, modification_level=level)


def _written_time(value: Any) -> datetime | None:
    """The time in the signature dictionary (/M), which the signer wrote."""
    from pyhanko.pdf_utils.generic import parse_pdf_date

    try:
        moment = parse_pdf_date(value["/M"], strict=False)
    except Exception:  # noqa: BLE001 - a date that is no date states nothing
        return None
    return moment if isinstance(moment, datetime) and moment.tzinfo else None
