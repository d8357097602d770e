"""VNPT-CCVC: one period of service. An assumed contract; the annex of QĐ 356/QĐ-BNV is not public."""

from typing import Annotated

from lienthong import Personal
from schemas.shapes import Identity, PersonName, WireShape


class CcvcRecord(WireShape):
    """Days are `yyyyMMdd`, `capNhatLuc` is local time `yyyyMMddHHmmss`; `loai` is CB, CC, VC or HD."""

    soHieuCBCCVC: str | None = None
    soDinhDanh: Identity = None
    soCMND: Identity = None
    hoVaTen: PersonName = None
    ngaySinh: Annotated[str | None, Personal("birth-date")] = None
    loai: str | None = None
    maDonVi: str | None = None
    tenDonVi: str | None = None
    chucVu: str | None = None
    ngayBatDau: str | None = None
    ngayKetThuc: str | None = None
    capNhatLuc: str | None = None
