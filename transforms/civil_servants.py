"""Civil servants (cán bộ, công chức, viên chức, người hợp đồng): periods of service, and the tag on a dossier."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from lienthong import Envelope, Found, Rejected
from schemas.canonical.civil_servant_v1 import TYPE, CivilServant
from schemas.plain import plain
from schemas.service_period import ServicePeriod
from schemas.wire.ccvc import CcvcRecord
from transforms import wire
from transforms.identity import clean_identity, is_unreadable
from transforms.moments import date_change, date_flags, local_date, parse_change, parse_day, presence_flags
from transforms.service_periods import pick
from transforms.text import clean

_UNREADABLE = {"soDinhDanh": "identity-unreadable", "soCMND": "old-identity-unreadable"}
"""By field, the flag of a number that is there and cannot be read."""

CATEGORIES = ("CB", "CC", "VC", "HD")


def from_ccvc(envelope: Envelope) -> Envelope:
    """Turn a record of the CCVC register into `civil_servant.v1` (assumed contract: `schemas.wire.ccvc`).

    A record without a usable identity number is kept: the person counts as staff, but no dossier is matched to them.
    A number that a spreadsheet has spoilt is not restored; `quality` states that there was one.
    Raises `Rejected` when staff number, agency, category or first day is missing, or when the period ends before it
    begins.
    """
    data, unclear = plain(CcvcRecord, envelope.data)
    starts_on, ends_on = _parse_service_dates(data)
    changed_at = parse_change(data.get("capNhatLuc"), "capNhatLuc", local=True)
    updated_at = date_change(envelope, changed_at)
    servant = CivilServant.model_validate(
        {
            "staff_no": wire.require_text(data.get("soHieuCBCCVC"), "soHieuCBCCVC", "thiếu số hiệu CBCCVC"),
            "identity": clean_identity(data.get("soDinhDanh")),
            "old_identity": clean_identity(data.get("soCMND")),
            "category": _parse_category(data.get("loai")),
            "agency": wire.require_text(data.get("maDonVi"), "maDonVi", "thiếu mã đơn vị công tác"),
            "agency_name": clean(data.get("tenDonVi")),
            "position": clean(data.get("chucVu")),
            "starts_on": starts_on,
            "ends_on": ends_on,
            "updated_at": updated_at,
            "observed_at": envelope.received_at,
            "quality": [
                *presence_flags(envelope),
                *date_flags(envelope, changed_at),
                *_number_flags(data),
                *(["shape-unclear"] if unclear else []),
            ],
        }
    )
    return envelope.with_data(TYPE, servant.to_data(), time=updated_at)


def keys(envelope: Envelope) -> tuple[str, ...]:
    """The lookup keys of a dossier: the filer's identity number, if it is known and the dossier was accepted."""
    identity = envelope.data.get("identity")
    return (identity,) if identity and envelope.data.get("accepted_at") else ()


def tag(envelope: Envelope, found: Found) -> Envelope:
    """Set `civil_servant` on a dossier whose filer was in service on the local day of acceptance.

    `found` maps an identity number to periods of service: `staff_no`, `agency`, `category`, `starts_on`, `ends_on` and
    `updated_at`, dates as ISO text. The agency is that of the period which includes the day of acceptance.
    """
    data = envelope.data
    periods = [load_period(row) for key in keys(envelope) for row in found.get(key, ())]
    if not periods:
        return envelope
    serving = pick(periods, local_date(datetime.fromisoformat(data["accepted_at"])))
    if serving is None:
        return envelope
    civil_servant = {"staff_no": serving.staff_no, "agency": serving.agency, "category": serving.category}
    return envelope.with_data(envelope.type, {**data, "civil_servant": civil_servant})


def _number_flags(data: Mapping[str, Any]) -> list[str]:
    return [flag for key, flag in _UNREADABLE.items() if is_unreadable(data.get(key))]


def _parse_service_dates(data: Mapping[str, Any]) -> tuple[date, date | None]:
    """The first day and the day after the last day, None while the service lasts. Raises `Rejected`."""
    starts_on = parse_day(data.get("ngayBatDau"), "ngayBatDau")
    ends_on = parse_day(data.get("ngayKetThuc"), "ngayKetThuc")
    if starts_on is None:
        raise Rejected("thiếu ngày bắt đầu công tác", field="ngayBatDau")
    if ends_on is not None and ends_on <= starts_on:
        raise Rejected(f"ngày kết thúc {ends_on} phải sau ngày bắt đầu {starts_on}", field="ngayKetThuc")
    return starts_on, ends_on


def _parse_category(value: Any) -> str:
    category = wire.require_text(value, "loai", "thiếu loại cán bộ").upper()
    if category not in CATEGORIES:
        raise Rejected(f"loại cán bộ không có trong danh sách {', '.join(CATEGORIES)}", field="loai")
    return category


def load_period(row: Mapping[str, Any]) -> ServicePeriod:
    """A period as the lookup returns it. The identity numbers are left out: the lookup has already matched them."""
    ends_on = row["ends_on"]
    return ServicePeriod(
        staff_no=row["staff_no"],
        identity=None,
        old_identity=None,
        category=row["category"],
        agency=row["agency"],
        agency_name=None,
        starts_on=date.fromisoformat(row["starts_on"]),
        ends_on=None if ends_on is None else date.fromisoformat(ends_on),
        updated_at=datetime.fromisoformat(row["updated_at"]),
    )
