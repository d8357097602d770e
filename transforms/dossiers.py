"""One-stop dossiers (hồ sơ thủ tục hành chính): the wire shapes of iGate and the national portal → `dossier.v1`.

A version is rejected only when it cannot be identified, dated or counted: without a code, without a procedure, or with
an unreadable date. Anything else that is missing or unusual becomes None and a flag in `quality`: a citizen's dossier
must not be lost because a name is missing.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cache
from typing import Any

from lienthong import Envelope, Rejected, Table
from schemas.canonical.dossier_v1 import TYPE, Dossier
from schemas.plain import plain
from schemas.wire.igate import IgateDossier
from schemas.wire.portal import PortalDossier
from transforms import igate_parts, wire
from transforms.moments import date_change, date_flags, parse_change, parse_instant, parse_local_instant
from transforms.portal_parts import (
    components,
    contradicts_papers,
    has_result_file,
    other_code,
    other_number,
    owner_number,
    parse_flag,
    sum_fees,
    supplements,
)
from transforms.procedures import national_code
from transforms.text import clean

CODE_PATTERN = r"[0-9A-Z]{2,3}(?:\.[0-9A-Z]{2,3}){1,4}-(?:\d{6}|\d{8})-\d{3,7}"
"""Dossier codes of TT 01/2018/TT-VPCP Art. 19 as seen in the province (`000.00.BD.H08-230411-0004`) and the form of
2026 (`G09.20-20260609-0092637`). A code of another form is kept, with the flag `code-unusual`."""

PORTAL_CHANNELS = {"": "in_person", "1": "in_person", "2": "online", "3": "post"}
"""KenhThucHien of DongBoHoSoMC; an empty value counts as 1 (QĐ 766/QĐ-TTg)."""

PORTAL_STATUSES = {str(number): number for number in range(1, 11)}
"""TrangThaiHoSo of DongBoHoSoMC. The statuses of all systems are mapped to these."""

FILED_ON = {"1": "portal", "2": "province"}
"""NoiNopHoSo of DongBoHoSoMC."""


def from_igate(
    envelope: Envelope, *, channels: Table, levels: Table, statuses: Table, code_pattern: str = CODE_PATTERN
) -> Envelope:
    """Turn an element of iGate's `GET /pa/dossier/search` into `dossier.v1`; `time` is when the dossier changed.

    `channels` maps names of applyMethod, `levels` names of procedureLevel, `statuses` names of dossierStatus or
    `id:<number>`. Raises `Rejected` when code or procedure is missing or a date is unreadable.
    """
    tables = (channels, levels, statuses)
    values = _read_as_it_came(envelope, tables, code_pattern)
    if values is None:
        data, unclear = plain(IgateDossier, envelope.data)
        values = _read_igate(envelope, data, tables, code_pattern, unclear=unclear)
    return envelope.with_data(TYPE, Dossier.data_of(values), time=values["updated_at"])


_Tables = tuple[Table, Table, Table]
"""Of channels, levels and statuses."""


def _read_as_it_came(envelope: Envelope, tables: _Tables, code_pattern: str) -> dict[str, Any] | None:
    """The values of a dossier as iGate usually writes it; None when a part that is there gave no value.

    Making the plain form first would cost a third more for every event, and nearly all are plain already.
    """
    data = envelope.data
    try:
        values = _read_igate(envelope, data, tables, code_pattern)
    except Rejected:
        return None
    if None in map(values.get, _IGATE_PARTS) and any(
        values[field] is None and data.get(part) is not None for field, part in _IGATE_PARTS.items()
    ):
        return None
    if values["source_notifies"] is None or list in map(type, map(data.get, _IGATE_NAMED)):
        return None
    if None in map(values.get, igate_parts.APPLICANT) and not igate_parts.is_plain_applicant(data):
        return None
    method = data.get("applyMethod")
    is_guess = values["channel"] == "in_person" and method is not None and wire.name_of(method) is None
    return None if is_guess else values


def _read_igate(
    envelope: Envelope,
    data: Mapping[str, Any],
    tables: _Tables,
    code_pattern: str,
    *,
    unclear: frozenset[str] = frozenset(),
) -> dict[str, Any]:
    """The values of the canonical dossier. `unclear`: see `Plain`. Raises `Rejected`."""
    channels, levels, statuses = tables
    code = wire.require_text(data.get("code"), "code", "hồ sơ không có mã nên không biết là hồ sơ nào")
    procedure, procedure_name = igate_parts.procedure_of(data.get("procedure"))
    at = {field: parse_instant(data.get(field), field) for field in _IGATE_DATES}
    changed_at = parse_change(data.get("updatedDate"), "updatedDate")
    past = [at[field] for field in _IGATE_PAST_DATES]
    observed_at = envelope.received_at
    updated_at = date_change(envelope, changed_at or _latest(past, observed_at))

    agency = wire.object_at(data, "agency")
    national = wire.code(data.get("nationCode"))
    values: dict[str, Any] = {
        "code": code,
        "procedure": procedure,
        "procedure_name": procedure_name,
        "online_level": igate_parts.look_up(data.get("procedureLevel"), levels),
        "channel": None if _APPLY_METHOD & unclear else igate_parts.channel_of(data.get("applyMethod"), channels),
        "status": igate_parts.status_of(data.get("dossierStatus"), statuses),
        "agency": clean(agency.get("code")),
        "agency_name": wire.name(agency.get("name")),
        "officer": clean(wire.object_at(data, "accepter").get("fullname")),
        "submitted_at": at["appliedDate"],
        "accepted_at": at["acceptedDate"],
        "appointment_at": at["appointmentDate"],
        "completed_at": at["completedDate"],
        "returned_at": at["returnedDate"],
        "updated_at": updated_at,
        "observed_at": observed_at,
        **igate_parts.applicant_of(data),
        "source_notifies": None if _STEPS & unclear else igate_parts.notifies(data),
        "other_code": national if national and national != code else None,
        "assisted_by": igate_parts.assistance_of(data.get("extend")),
    }
    unknown = _IGATE_UNKNOWN if at["acceptedDate"] is None else _ACCEPTED_UNKNOWN
    flags = _flags(values, unknown, code_pattern, unclear) + date_flags(envelope, changed_at, *past)
    values["quality"] = flags
    return values


def from_portal(envelope: Envelope, *, code_pattern: str = CODE_PATTERN) -> Envelope:
    """Turn a dossier of DongBoHoSoMC's `data[]` (national portal) into `dossier.v1`; `time` is its latest past date.

    The portal sends no receiving officer, no agency code and no online level: these stay None.
    Raises `Rejected` when MaHoSo or MaTTHC is missing or a date is unreadable.
    """
    data, unclear = plain(PortalDossier, envelope.data)
    code = wire.require_text(data.get("MaHoSo"), "MaHoSo", "hồ sơ không có mã nên không biết là hồ sơ nào")
    procedure = wire.require_text(data.get("MaTTHC"), "MaTTHC", "hồ sơ không có mã thủ tục hành chính")
    at = {field: parse_local_instant(data.get(field), field) for field in _PORTAL_DATES}
    past = [at[field] for field in _PORTAL_PAST_DATES]
    observed_at = envelope.received_at
    updated_at = date_change(envelope, _latest(past, observed_at))

    fee, fee_readable = (None, False) if "DanhSachLePhi" in unclear else sum_fees(data)
    papers = None if "TaiLieuNop" in unclear else components(data)
    payment = wire.code(data.get("DuocThanhToanTrucTuyen"))
    identity = owner_number(data)
    values = {
        "code": code,
        "procedure": national_code(procedure),
        "procedure_name": clean(data.get("TenTTHC")),
        "channel": None if "KenhThucHien" in unclear else PORTAL_CHANNELS.get(wire.code(data.get("KenhThucHien"))),
        "status": PORTAL_STATUSES.get(wire.code(data.get("TrangThaiHoSo"))),
        "agency_name": clean(data.get("DonViXuLy")),
        "identity": identity,
        "other_identity": other_number(data, identity),
        "submitted_at": at["NgayNopHoSo"],
        "accepted_at": at["NgayTiepNhan"],
        "appointment_at": at["NgayHenTra"],
        "completed_at": at["NgayKetThucXuLy"],
        "returned_at": at["NgayTra"],
        "updated_at": updated_at,
        "observed_at": observed_at,
        "fee": fee,
        "online_payment": int(payment) if payment.isdecimal() and len(payment) <= _CODE_DIGITS else None,
        "result_file": None if "DanhSachGiayToKetQua" in unclear else has_result_file(data),
        "components": papers,
        "vneid_authenticated": parse_flag(data.get("TaiKhoanDuocXacThucVoiVNeID")),
        "filed_on": FILED_ON.get(wire.code(data.get("NoiNopHoSo"))),
        "rejected_at": at["NgayTuChoi"],
        "supplements": None if "DanhSachHoSoBoSung" in unclear else supplements(data),
        "applicant": clean(data.get("ChuHoSo")) or clean(data.get("HoTen")),
        "phone": wire.code(data.get("SoDienThoai")) or None,
        "email": clean(data.get("Email")),
        "other_code": other_code(data, code),
    }
    flags = _flags(values, _PORTAL_UNKNOWN, code_pattern, unclear)
    flags += [] if fee_readable else ["fee-unreadable"]
    flags += ["digitisation-contradictory"] if contradicts_papers(data, papers or ()) else []
    flags += date_flags(envelope, *past)
    return envelope.with_data(TYPE, Dossier.data_of({**values, "quality": flags}), time=updated_at)


_CODE_DIGITS = 9
"""Digits of a code that a 32-bit column holds."""

_STEPS = frozenset({"currentTask", "task"})
_APPLY_METHOD = frozenset({"applyMethod", "applyMethod.name"})
_IGATE_PAST_DATES = ("appliedDate", "acceptedDate", "completedDate", "returnedDate")
_IGATE_DATES = (*_IGATE_PAST_DATES, "appointmentDate", "dueDate")
_PORTAL_PAST_DATES = ("NgayNopHoSo", "NgayTiepNhan", "NgayKetThucXuLy", "NgayTra", "NgayTuChoi")
_PORTAL_DATES = (*_PORTAL_PAST_DATES, "NgayHenTra")


def _latest(dates: Iterable[datetime | None], observed_at: datetime) -> datetime:
    """The latest date up to `observed_at`. Appointments are not passed here: they are plans, not events."""
    return max([moment for moment in dates if moment and moment <= observed_at], default=observed_at)


def _flags(
    values: Mapping[str, Any], unknown: Mapping[str, str], code_pattern: str, unclear: frozenset[str]
) -> list[str]:
    """The quality flags. `unknown` gives the flag of each field that is None; `unclear` fields have no plain form."""
    flags = []
    if None in map(values.get, unknown):  # seldom, and every event passes here
        flags = [flag for field, flag in unknown.items() if values[field] is None]
    if unclear:
        flags.append("shape-unclear")
    if not _compile(code_pattern).fullmatch(values["code"]):
        flags.append("code-unusual")
    return flags


_compile = cache(re.compile)

_IGATE_PARTS = {
    "procedure_name": "procedure",
    "online_level": "procedureLevel",
    "channel": "applyMethod",
    "status": "dossierStatus",
    "agency": "agency",
    "agency_name": "agency",
    "officer": "accepter",
}
"""Fields of the canonical dossier that may be None, and the part of iGate's that each comes from."""
_IGATE_NAMED = ("procedureLevel", "applyMethod", "dossierStatus")
"""Parts of iGate's that have a value although they are lists."""

_PORTAL_UNKNOWN = {"identity": "identity-unknown", "channel": "channel-unknown", "status": "status-unknown"}
_IGATE_UNKNOWN = {
    "identity": "identity-unknown",
    "channel": "channel-unknown",
    "online_level": "level-unknown",
    "status": "status-unknown",
    "agency": "agency-unknown",
}
_ACCEPTED_UNKNOWN = {**_IGATE_UNKNOWN, "officer": "officer-unknown"}
"""An accepted dossier must also name the officer who accepted it."""
