"""Submissions as the portal pushes them, for the tests of what becomes of them."""

import base64
from datetime import UTC, datetime
from typing import Any

from lienthong.envelope import Envelope
from transforms.submissions import from_portal

CODE = "000.00.34.H08-240108-800001"
RECEIVED = datetime(2024, 1, 8, 5, 54, 3, tzinfo=UTC)
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\n%%EOF\n"


def file(component: str | None = "TP1", name: str = "Tờ khai.pdf", content: bytes = PDF, **more: Any) -> dict[str, Any]:
    """A file with content."""
    row = {"TenTepDinhKem": name, "IsDeleted": "False", "MaThanhPhanHoSo": component, "DuocTaiSuDung": "0"}
    return {**row, "DuocLayTuKhoDMQG": "0", "MaKetQuaThayThe": "", "Base64": base64.b64encode(content).decode(), **more}


def pushed(**fields: Any) -> dict[str, Any]:
    """A dossier that lacks nothing."""
    return {
        "MaHoSo": CODE,
        "MaTTHC": "1.001612.000.00.00.H08",
        "TenTTHC": "Đăng ký thành lập hộ kinh doanh",
        "KenhThucHien": "2",
        "ChuHoSo": "ĐẶNG MINH NGHĨA",
        "LoaiDoiTuong": "1",
        "MaDoiTuong": "TK0000642",
        "SoDienThoai": "0952989080",
        "NgayNopHoSo": "20240108125400",
        "DonViXuLy": "UBND xã số 1 Vĩnh Thạnh",
        "TaiLieuNop": [file("TP1"), file("TP2", "Giấy khai sinh.pdf")],
        "TaiKhoanDuocXacThucVoiVNeID": "1",
        "DinhDanhCHS": [{"LoaiDinhDanh": "1", "SoDinhDanh": "052062643120"}],
        **fields,
    }


def event(**fields: Any) -> Envelope:
    """The event of a push."""
    body = pushed(**fields)
    return Envelope("e1", "portal.submission", "inbox.portal", str(body.get("MaHoSo")), RECEIVED, RECEIVED, body)


def submission(**fields: Any) -> Envelope:
    """The submission of a push, before the catalogue was asked."""
    return from_portal(event(**fields))


def lacking(envelope: Envelope) -> list[tuple[str, str | None]]:
    """What a submission lacks: codes and components."""
    return [(each["code"], each["component"]) for each in envelope.data["lacking"]]
