"""VNPT-CCVC: one period of service. An assumed contract; the annex of QĐ 356/QĐ-BNV is not public."""

from typing import TypedDict


class CcvcRecord(TypedDict, total=False):
    """Days are `yyyyMMdd`, `capNhatLuc` is local time `yyyyMMddHHmmss`; `loai` is CB, CC, VC or HD."""

    soHieuCBCCVC: str
    soDinhDanh: str
    soCMND: str | None
    loai: str
    maDonVi: str
    tenDonVi: str
    chucVu: str
    ngayBatDau: str
    ngayKetThuc: str | None
    capNhatLuc: str
