"""Petitions (phản ánh, kiến nghị), from an ASSUMED shape: none is published."""

from collections.abc import Mapping
from datetime import datetime
from itertools import pairwise
from typing import Any

from lienthong import Envelope, Rejected, Table
from schemas.canonical.petition_v1 import TYPE, Petition
from schemas.plain import plain
from schemas.wire.questions import PortalPetition
from transforms import wire
from transforms.competent_agencies import competent_agency
from transforms.moments import date_change, date_flags, parse_local_instant
from transforms.questions import code_of, person_of, subject_of
from transforms.text import clean

_MOMENTS = {
    "received_at": "NGAYTIEPNHAN",
    "refused_at": "NGAYTUCHOI",
    "supplement_requested_at": "NGAYYEUCAUBOSUNG",
    "supplemented_at": "NGAYBOSUNG",
    "answered_at": "NGAYTRALOI",
    "published_at": "NGAYCONGKHAI",
}
"""In the order in which they come. A refusal ends it before anything else but its publication."""

_KINDS = {"1": "procedure", "2": "conduct"}


def from_portal(envelope: Envelope, *, agencies: Table) -> Envelope:
    """Turn a petition into `petition.v1`, with the competent agency and the moments of its clocks.

    The event's time is the latest moment that it states. Raises `Rejected` when the code or the statement is missing,
    or a moment cannot be read.
    """
    data, unclear = plain(PortalPetition, envelope.data)
    code = code_of(data, "PAKNID", "thiếu mã phản ánh, kiến nghị")
    statement = clean(data.get("NOIDUNGPAKN"))
    if statement is None:
        raise Rejected("phản ánh, kiến nghị không có nội dung", field="NOIDUNGPAKN")
    subject = subject_of(data)
    agency, routed_by = competent_agency(agencies, **subject)
    moments = {name: parse_local_instant(data.get(field), field) for name, field in _MOMENTS.items()}
    petition = Petition.model_validate(
        {
            "code": code,
            "kind": _KINDS.get(wire.code(data.get("LOAIPAKN"))),
            **subject,
            "addressed_name": clean(data.get("TENDONVI")),
            "statement": statement,
            **person_of(data, "petitioner"),
            "agency": agency,
            "routed_by": routed_by,
            **moments,
            "refusal_reason": clean(data.get("LYDOTUCHOI")),
            "reply": clean(data.get("NOIDUNGTRALOI")),
            "observed_at": envelope.received_at,
            "quality": _flags(envelope, moments, unclear=bool(unclear)),
        }
    )
    latest = max((moment for moment in moments.values() if moment is not None), default=None)
    return envelope.with_data(TYPE, petition.to_data(), time=date_change(envelope, latest))


def _flags(envelope: Envelope, moments: Mapping[str, Any], *, unclear: bool) -> list[str]:
    flags = date_flags(envelope, *moments.values())
    stated: list[datetime] = [moment for moment in moments.values() if moment is not None]
    if any(before > after for before, after in pairwise(stated)):
        flags.append("moments-out-of-order")
    if moments["received_at"] is None:
        flags.append("received-unknown")
    return [*flags, "shape-unclear"] if unclear else flags
