"""What the national portal pushes when a dossier is filed online: an element of DongBoHoSoMC, or one dossier alone.

Values are text (numbers in some code bases); instants are local time `yyyyMMddHHmmss`, in supplements also ISO 8601.
The form of a single dossier is known from one public example (a notice of a sales promotion); its own fields are the
last ones.
"""

from typing import Annotated

from lienthong import Personal
from schemas.shapes import Identity, PersonName, WireShape
from schemas.wire.portal import Identification

Text = str | int | None
"""A value that some code bases send as a number."""

FileContent = Annotated[str | None, Personal("other")]
"""A file in base64."""


class SubmittedFile(WireShape):
    """A file handed in (TaiLieuNop): its content, or the address where it lies, or the result that replaces it."""

    TepDinhKemId: Text = None
    TenTepDinhKem: str | None = None
    IsDeleted: Text = None
    MaThanhPhanHoSo: Text = None
    DuongDanTaiTepTin: Annotated[str | None, Personal("other")] = None
    DuocTaiSuDung: Text = None
    DuocLayTuKhoDMQG: Text = None
    MaKetQuaThayThe: Text = None
    Base64: FileContent = None


class SupplementOf(WireShape):
    """A request for more (DanhSachHoSoBoSung), and what came for it."""

    HoSoBoSungId: Text = None
    NguoiYeuCauBoSung: PersonName = None
    NoiDungBoSung: str | None = None
    NgayBoSung: str | None = None
    NguoiTiepNhanBoSung: PersonName = None
    NgayTiepNhanBoSung: str | None = None
    TrangThaiBoSung: Text = None
    DanhSachGiayToBoSung: list[SubmittedFile] | None = None


class PortalSubmission(WireShape):
    """One version of a dossier that was filed online. MaDoiTuong: the account (TechID) that filed it."""

    MaHoSo: str | None = None
    MaTTHC: Text = None
    TenTTHC: str | None = None
    KenhThucHien: Text = None
    ChuHoSo: PersonName = None
    LoaiDoiTuong: Text = None
    MaDoiTuong: Annotated[Text, Personal("other")] = None
    SoGiayToChuHoSo: Identity = None
    DinhDanhCHS: list[Identification] | None = None
    Email: Annotated[str | None, Personal("email")] = None
    SoDienThoai: Annotated[str | None, Personal("phone")] = None
    NgayNopHoSo: str | None = None
    DonViXuLy: str | None = None
    TaiKhoanDuocXacThucVoiVNeID: Text = None
    TaiLieuNop: list[SubmittedFile] | None = None
    DanhSachHoSoBoSung: list[SupplementOf] | None = None
    TenThuongNhan: PersonName = None
    NguoiLienHe: PersonName = None
    DienThoai: Annotated[str | None, Personal("phone")] = None
    MaSoThue: Annotated[Text, Personal("other")] = None
    DiaChiDoanhNghiep: Annotated[dict[str, Text] | str | None, Personal("address")] = None
    TepDonDangKy: FileContent = None
