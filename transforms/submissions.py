"""Dossiers filed online (hồ sơ nộp trực tuyến): what the national portal pushes → `submission.v1`, and its check.

Quyết định 27/2020/QĐ-UBND: the system checks a submission automatically in technical terms. The filer is informed of
a fault as something that is lacking; nothing but a submission without a code is rejected, because no answer could name
it. What cannot be checked is flagged in `quality`, and never counts as lacking.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from lienthong import Envelope, Rejected, parse_utc
from schemas.canonical.submission_v1 import TYPE, Submission
from schemas.plain import plain
from schemas.wire.submissions import PortalSubmission
from transforms import wire
from transforms.dossiers import CODE_PATTERN
from transforms.moments import local_date, parse_local_instant
from transforms.portal_parts import lenient_moment, owner_number
from transforms.procedures import national_code
from transforms.submitted_files import EXTENSIONS, SubmittedFile, name_by_content, submitted_file
from transforms.text import clean

_ONLINE = "2"
_COMPLETED_BY = {"0": 1, "1": 2}
"""By TaiKhoanDuocXacThucVoiVNeID, the level of the filer's account: authenticated with VNeID is level 2."""

_FIELDS_OF_ONE = ("TenThuongNhan", "TepDonDangKy")
"""Fields of the form of a single dossier, which names neither the account nor the components of its files."""

_compile = cache(re.compile)


def from_portal(
    envelope: Envelope, *, code_pattern: str = CODE_PATTERN, extensions: Sequence[str] = EXTENSIONS
) -> Envelope:
    """Turn an element of DongBoHoSoMC's `data[]` into `submission.v1`, with what its own content lacks.

    `extensions` are the forms of files that are taken. Raises `Rejected` when it has no code.
    """
    data, unclear = plain(PortalSubmission, envelope.data)
    code = wire.require_text(data.get("MaHoSo"), "MaHoSo", "hồ sơ không có mã")
    lacking: list[dict[str, Any]] = []
    files = _files(data, extensions, lacking)
    identity = owner_number(data)
    applicant = clean(data.get("ChuHoSo")) or clean(data.get("TenThuongNhan"))
    procedure = national_code(wire.code(data.get("MaTTHC"))) or None
    account = wire.code(data.get("MaDoiTuong")) or None
    submitted_at = _moment(data.get("NgayNopHoSo"), "NgayNopHoSo", lacking)
    level = _COMPLETED_BY.get(wire.code(data.get("TaiKhoanDuocXacThucVoiVNeID")))
    for name, value in (("MaTTHC", procedure), ("ChuHoSo", applicant)):
        if value is None:
            lacking.append(_lack("field-missing", f"Thiếu thông tin {_FIELD_WORDS[name]}.", name))
    is_alone = any(data.get(name) for name in _FIELDS_OF_ONE)
    flags = {
        "code-unusual": not _compile(code_pattern).fullmatch(code),
        "shape-unclear": bool(unclear),
        "channel-unusual": wire.code(data.get("KenhThucHien")) not in ("", _ONLINE),
        "identity-unknown": identity is None,
        "level-unknown": level is None,
        "components-not-checked": is_alone and not any(file.component for file in files),
        "account-not-checked": is_alone and account is None,
    }
    values = {
        "code": code,
        "procedure": procedure,
        "procedure_name": clean(data.get("TenTTHC")),
        "agency": code.rpartition("-")[0].rpartition("-")[0] or None,
        "agency_name": clean(data.get("DonViXuLy")),
        "applicant": applicant,
        "identity": identity,
        "phone": clean(data.get("SoDienThoai")) or clean(data.get("DienThoai")),
        "email": clean(data.get("Email")),
        "account": account,
        "level": level,
        "submitted_at": submitted_at,
        "received_at": envelope.received_at,
        "lacking": lacking,
        "files": [file.to_data() for file in files],
        "supplements": _supplements(data),
        "quality": [flag for flag, holds in flags.items() if holds],
    }
    return _concluded(envelope, values)


def procedure_key(envelope: Envelope) -> Sequence[str]:
    """The procedure on the local day of filing, for the catalogue: `1.000656@2024-01-14`."""
    code, submitted_at = envelope.data["procedure"], envelope.data["submitted_at"]
    day = local_date(parse_utc(submitted_at) if submitted_at else envelope.received_at)
    return [f"{code}@{day}"] if code else []


def with_lacking(envelope: Envelope, lacking: Sequence[Mapping[str, Any]], flags: Sequence[str] = ()) -> Envelope:
    """The submission with more that is lacking, and more flags."""
    data = envelope.data
    return _concluded(
        envelope, {**data, "lacking": [*data["lacking"], *lacking], "quality": [*data["quality"], *flags]}
    )


def lack(code: str, message: str, component: str | None = None) -> dict[str, Any]:
    """One thing that is lacking, as `submission.v1` has it."""
    return _lack(code, message, component)


def _lack(code: str, message: str, component: str | None = None) -> dict[str, Any]:
    return {"code": code, "component": component, "message": message}


_FIELD_WORDS = {
    "MaTTHC": "thủ tục hành chính (MaTTHC)",
    "ChuHoSo": "chủ hồ sơ (ChuHoSo)",
    "NgayNopHoSo": "ngày nộp hồ sơ (NgayNopHoSo)",
}


def _concluded(envelope: Envelope, values: Mapping[str, Any]) -> Envelope:
    outcome = "lacking" if values["lacking"] else "acknowledged"
    quality = list(dict.fromkeys(values["quality"]))
    submission = Submission.model_validate({**values, "outcome": outcome, "quality": quality})
    return envelope.with_data(TYPE, submission.to_data(), time=submission.submitted_at or envelope.received_at)


def _files(
    data: Mapping[str, Any], extensions: Sequence[str], lacking: list[dict[str, Any]]
) -> Sequence[SubmittedFile]:
    """The files that were not deleted, those of supplements too; adds what cannot be read to `lacking`.

    A file that cannot be read is no longer lacking when a later supplement has a sound one for its component.
    """
    supplements = wire.objects_at(data, "DanhSachHoSoBoSung")
    rounds = [
        wire.objects_at(data, "TaiLieuNop"),
        *(wire.objects_at(supplement, "DanhSachGiayToBoSung") for supplement in supplements),
    ]
    placed = [
        (number, file)
        for number, rows in enumerate(rounds)
        for row in rows
        if (file := submitted_file(row, extensions)) is not None
    ]
    # By component, the last round that has a sound file for it.
    sound = {file.component: number for number, file in placed if file.component and file.is_sound}
    open_files = [file for number, file in placed if number >= sound.get(file.component or "", 0)]
    files = [file for _, file in placed]
    if form := data.get("TepDonDangKy"):
        row = {"TenTepDinhKem": name_by_content("Đơn đăng ký", form, extensions), "Base64": form}
        forms = [file for file in (submitted_file(row, extensions),) if file is not None]
        files, open_files = [*files, *forms], [*open_files, *forms]
    for file in open_files:
        of = file.component or file.name
        if file.fault:
            lacking.append(_lack("file-unreadable", f"Không đọc được tệp “{file.name or ''}”: {file.fault}.", of))
        elif not file.is_there:
            lacking.append(_lack("file-missing", f"Tệp “{file.name or ''}” không có nội dung và đường dẫn.", of))
    return files


def _moment(value: Any, field: str, lacking: list[dict[str, Any]]) -> datetime | None:
    try:
        moment = parse_local_instant(value, field)
    except Rejected:
        lacking.append(_lack("field-unreadable", f"Không đọc được {_FIELD_WORDS[field]}.", field))
        return None
    if moment is None:
        lacking.append(_lack("field-missing", f"Thiếu thông tin {_FIELD_WORDS[field]}.", field))
    return moment


def _supplements(data: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The requests for supplements, in the order of the portal. A moment that cannot be read is left out."""
    return [
        {
            "number": number,
            "request": clean(row.get("NoiDungBoSung")),
            "requested_at": lenient_moment(row.get("NgayBoSung")),
            "received_at": lenient_moment(row.get("NgayTiepNhanBoSung")),
        }
        for number, row in enumerate(wire.objects_at(data, "DanhSachHoSoBoSung"), 1)
    ]
