"""The national portal (Cổng Dịch vụ công quốc gia): a dossier of DongBoHoSoMC's `data[]`.

Values are text (numbers in some code bases); instants are local time `yyyyMMddHHmmss`, "" when there is none.
"""

from typing import Annotated

from lienthong import Personal
from schemas.shapes import Identity, PersonName, WireShape

Text = str | int | None
"""A value that some code bases send as a number."""


class Component(WireShape):
    """One submitted paper (thành phần hồ sơ). DuocTaiSuDung: 0 no, 1 from a component, 2 from another result."""

    IsDeleted: Text = None
    DuocSoHoa: Text = None
    DuocTaiSuDung: Text = None
    DuocLayTuKhoDMQG: Text = None


class Fee(WireShape):
    """One fee; `Gia` in VND."""

    Gia: Text = None


class Result(WireShape):
    """One paper of the result, with the URL of its file."""

    DuongDanTepTinKetQua: str | None = None


class Identification(WireShape):
    """An identity number of the dossier's owner. LoaiDinhDanh: 1 CCCD (12 digits), 2 CMND (9 digits)."""

    LoaiDinhDanh: Text = None
    SoDinhDanh: Identity = None


class SupplementOf(WireShape):
    """A request to supplement the dossier (DanhSachHoSoBoSung), and when the supplement came."""

    NgayBoSung: str | None = None
    NgayTiepNhanBoSung: str | None = None


class PortalDossier(WireShape):
    """One version of a dossier. KenhThucHien: 1 in person, 2 online, 3 by post; TrangThaiHoSo 1 to 10.

    NoiNopHoSo: 1 the national portal, 2 a system of the province or a ministry. MaHoSoKhac, MaHoSoDonVi: the code of
    the province's own system.
    """

    MaHoSo: str | None = None
    MaHoSoKhac: str | None = None
    MaHoSoDonVi: str | None = None
    NoiNopHoSo: Text = None
    MaTTHC: str | None = None
    TenTTHC: str | None = None
    KenhThucHien: Text = None
    ChuHoSo: PersonName = None
    HoTen: PersonName = None
    Email: Annotated[str | None, Personal("email")] = None
    SoDienThoai: Annotated[str | None, Personal("phone")] = None
    SoGiayToChuHoSo: Identity = None
    DinhDanhCHS: list[Identification] | None = None
    NgayNopHoSo: str | None = None
    NgayTiepNhan: str | None = None
    NgayHenTra: str | None = None
    NgayKetThucXuLy: str | None = None
    NgayTra: str | None = None
    NgayTuChoi: str | None = None
    TrangThaiHoSo: Text = None
    DonViXuLy: str | None = None
    TaiLieuNop: list[Component] | None = None
    DanhSachLePhi: list[Fee] | None = None
    DanhSachGiayToKetQua: list[Result] | None = None
    DanhSachHoSoBoSung: list[SupplementOf] | None = None
    HoSoCoThanhPhanSoHoa: Text = None
    TaiKhoanDuocXacThucVoiVNeID: Text = None
    DuocThanhToanTrucTuyen: Text = None
