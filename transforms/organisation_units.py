"""The province's catalogue of agencies and units (danh mục đơn vị), as canonical events."""

from collections.abc import Mapping
from typing import Any

from lienthong import Envelope, Rejected, Table
from schemas.canonical.organisation_unit_v1 import TYPE, OrganisationUnit
from schemas.plain import plain
from schemas.wire.organisations import CatalogueUnit
from transforms import wire
from transforms.moments import local_midnight, parse_day
from transforms.text import clean, table_key


def from_catalogue(envelope: Envelope, *, levels: Table) -> Envelope:
    """Turn a unit of the catalogue into `organisation_unit.v1` (assumed contract: `schemas.wire.organisations`).

    `levels` maps the catalogue's levels to ours. Raises `Rejected` when the code or the first day is missing, a day is
    unreadable, or the last day is not after the first.
    """
    data, _ = plain(CatalogueUnit, envelope.data)
    code = wire.code(data.get("maDonVi"))
    if not code:
        raise Rejected("thiếu mã đơn vị", field="maDonVi")
    starts_on = parse_day(_text(data.get("hieuLucTu")), "hieuLucTu")
    if starts_on is None:
        raise Rejected("thiếu ngày có hiệu lực của đơn vị", field="hieuLucTu")
    ends_on = parse_day(_text(data.get("hieuLucDen")), "hieuLucDen")
    if ends_on is not None and ends_on < starts_on:
        raise Rejected("ngày hết hiệu lực trước ngày có hiệu lực", field="hieuLucDen")
    level = table_key(data.get("cap")) if isinstance(data.get("cap"), str) else ""
    unit = OrganisationUnit.model_validate(
        {
            "code": code,
            "name": clean(data.get("tenDonVi")),
            "level": levels.get(level) or level or None,
            "parent": _text(data.get("maCha")),
            "codes": _codes(data),
            "starts_on": starts_on,
            "ends_on": ends_on,
            "successors": _successors(envelope.data.get("keThua")),
            "email": clean(data.get("email")),
            "calendar": clean(data.get("lich")),
            "receives": wire.code(data.get("nhanThongBao")) != "0",
            "observed_at": envelope.received_at,
            "quality": [] if levels.get(level) else ["level-unknown"],
        }
    )
    return envelope.with_data(TYPE, unit.to_data(), time=local_midnight(starts_on))


def _codes(data: Mapping[str, Any]) -> dict[str, str]:
    further = data.get("maKhac")
    found = {"igate": _text(data.get("maIgate"))}
    found |= {str(system): _text(code) for system, code in (further if isinstance(further, dict) else {}).items()}
    return {system: code for system, code in sorted(found.items()) if code}


def _successors(value: object) -> list[str]:
    listed = value if isinstance(value, list) else [value]
    return [code for one in listed if (code := wire.code(one))]


def _text(value: object) -> str | None:
    return wire.code(value) or None
