"""An account of the provincial portal. The contract is ASSUMED."""

from schemas.shapes import WireShape


class PortalAccount(WireShape):
    """`ngayTao` is `yyyyMMddHHmmss`, local; `huongDan` who helped to open it (DOAN_THANH_NIEN), or ""."""

    taiKhoanId: str | int | None = None
    ngayTao: str | int | None = None
    huongDan: str | None = None
