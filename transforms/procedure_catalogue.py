"""The catalogue of administrative procedures (danh mục thủ tục hành chính)."""

import re
from collections.abc import Mapping
from typing import Any

from lienthong import Envelope, Rejected
from schemas.canonical.procedure_v1 import TYPE, Procedure
from schemas.plain import plain
from schemas.wire.procedures import CatalogueProcedure
from transforms import wire
from transforms.moments import local_midnight, parse_day
from transforms.procedures import national_code
from transforms.text import table_key

_CODES = re.compile(r"[\s;,]+")


def from_portal(envelope: Envelope, *, levels: Mapping[str, str]) -> Envelope:
    """Turn a procedure of the portal's catalogue into `procedure.v1` (assumed contract: `schemas.wire.procedures`).

    `levels` maps an online level's name to information, partial or full; a number n has the name "Mức độ n", because
    the numbers are those of Nghị định 43/2011/NĐ-CP. QĐ 27/2020/QĐ-UBND: the level of authentication is set for each
    procedure.

    Raises `Rejected` when code, online level or date of effect is missing or unknown, or the authentication level is
    none of 1, 2, 3. A paper without code and name is left out, a result without code too.
    """
    data, unclear = plain(CatalogueProcedure, envelope.data)
    effective_from = parse_day(_text(data, "HIEULUCTU"), "HIEULUCTU")
    if effective_from is None:
        raise Rejected("thiếu ngày có hiệu lực của thủ tục", field="HIEULUCTU")
    code = _text(data, "MATTHC")
    if code is None:
        raise Rejected("thiếu mã thủ tục hành chính", field="MATTHC")
    procedure = Procedure.model_validate(
        {
            "code": national_code(code),
            "name": _text(data, "TENTTHC"),
            "field": _text(data, "MALINHVUC"),
            "online_level": _parse_online_level(data.get("MUCDO"), levels),
            "authentication_level": _parse_authentication(data.get("MUCXACTHUC")),
            "effective_from": effective_from,
            "components": _components(data),
            "results": _results(data),
            "observed_at": envelope.received_at,
            "quality": ["shape-unclear"] if unclear else [],
        }
    )
    return envelope.with_data(TYPE, procedure.to_data(), time=local_midnight(effective_from))


def _components(data: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The papers of all cases of the procedure, each once. Where there are several cases, each has its own papers."""
    found: dict[tuple[str | None, str | None], dict[str, Any]] = {}
    cases = [papers for case in wire.objects_at(data, "THANHPHANHOSO") if (papers := wire.objects_at(case, "GIAYTO"))]
    for number, papers in enumerate(cases, 1):
        for paper in papers:
            code, name = _text(paper, "MAGIAYTO"), _text(paper, "TENGIAYTO")
            if code is None and name is None:
                continue
            replaced_by = [one for one in _CODES.split(_text(paper, "MA_KQ_THAYTHE") or "") if one]
            component = found.setdefault(
                (code, None if code else name), {"code": code, "name": name, "replaced_by": [], "cases": []}
            )
            component["replaced_by"] += [one for one in replaced_by if one not in component["replaced_by"]]
            if len(cases) > 1 and number not in component["cases"]:
                component["cases"].append(number)
    return list(found.values())


def _results(data: Mapping[str, Any]) -> list[dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for result in wire.objects_at(data, "KETQUATHUCHIEN"):
        if code := _text(result, "MAKETQUA"):
            found.setdefault(code, {"code": code, "name": _text(result, "TENKETQUA")})
    return list(found.values())


def _parse_online_level(value: Any, levels: Mapping[str, str]) -> str:
    name = table_key(wire.code(value))
    if not name:
        raise Rejected("thiếu mức độ cung cấp dịch vụ công trực tuyến", field="MUCDO")
    level = levels.get(table_key(f"Mức độ {name}") if name.isdecimal() else name)
    if level is None:
        raise Rejected("mức độ trực tuyến không có trong bảng: phải là 2, 3, 4 hoặc tên của mức độ", field="MUCDO")
    return level


def _parse_authentication(value: Any) -> int | None:
    name = wire.code(value)
    if not name and (value is None or value == ""):
        return None
    if name not in ("1", "2", "3"):
        raise Rejected("mức độ xác thực phải là 1, 2 hoặc 3", field="MUCXACTHUC")
    return int(name)


def _text(data: Mapping[str, Any], key: str) -> str | None:
    """The text of a value that some senders write as a number, cleaned; None if there is none."""
    return wire.code(data.get(key)) or None
