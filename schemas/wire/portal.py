"""The national portal (Cổng Dịch vụ công quốc gia): a dossier of DongBoHoSoMC's `data[]`.

Values are text (numbers in some code bases); instants are local time `yyyyMMddHHmmss`, "" when there is none.
"""

from typing import TypedDict


class Component(TypedDict, total=False):
    """One paper handed in. DuocTaiSuDung: 0 no, 1 from a component, 2 from a result of another dossier."""

    IsDeleted: str
    DuocSoHoa: str
    DuocTaiSuDung: str
    DuocLayTuKhoDMQG: str


class Fee(TypedDict, total=False):
    """One fee; `Gia` in VND."""

    Gia: str


class Result(TypedDict, total=False):
    """One paper of the result, with the address of its file."""

    DuongDanTepTinKetQua: str


class Identification(TypedDict, total=False):
    """An identity number of the owner. LoaiDinhDanh: 1 CCCD (12 digits), 2 CMND (9 digits)."""

    LoaiDinhDanh: str
    SoDinhDanh: str


class PortalDossier(TypedDict, total=False):
    """One version of a dossier. KenhThucHien: 1 in person, 2 online, 3 by post; TrangThaiHoSo 1 to 10."""

    MaHoSo: str
    MaTTHC: str
    TenTTHC: str
    KenhThucHien: str
    SoGiayToChuHoSo: str
    DinhDanhCHS: list[Identification]
    NgayNopHoSo: str
    NgayTiepNhan: str
    NgayHenTra: str
    NgayKetThucXuLy: str
    NgayTra: str
    NgayTuChoi: str
    TrangThaiHoSo: str
    DonViXuLy: str
    TaiLieuNop: list[Component]
    DanhSachLePhi: list[Fee]
    DanhSachGiayToKetQua: list[Result]
    HoSoCoThanhPhanSoHoa: str
    TaiKhoanDuocXacThucVoiVNeID: str
    DuocThanhToanTrucTuyen: str
