"""The checksum of the payment platform's messages (MaXacThuc): SHA-256 of their fields and a shared secret.

The values of the fields in a fixed order, then the secret, joined with "|", in UTF-8; hex digits. A field that a
message lacks counts as empty.
"""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from typing import Any

CHECKSUM = "MaXacThuc"

REQUEST_FIELDS = (
    *("LoaiBanTin", "PhienBan", "MaDoiTac", "MaThamChieu", "SoTien", "LoaiHinhThanhToan", "MaKenhThanhToan"),
    *("MaThietBi", "NgonNgu", "MaTienTe", "MaNganHang", "ThongTinGiaoDich", "ThoiGianGD", "Ip"),
)
"""The fields of INIT, and of QUERY and GET_BILL, in their order."""

NOTICE_FIELDS = (
    *("LoaiBanTin", "MaLoi", "MaDoiTac", "MaThamChieu", "SoTien", "MaTienTe", "MaGiaoDich", "MaNganHang"),
    *("ThoiGianGD", "ThongTinGiaoDich"),
)
"""The fields of the notice that a payment was made (callback), in the order in which the platform lists them."""


def request_checksum(request: Mapping[str, Any], secret: str) -> str:
    """The checksum of a message that we send: INIT, QUERY or GET_BILL."""
    return _checksum(request, REQUEST_FIELDS, secret)


def with_checksum(request: Mapping[str, Any], secret: str) -> dict[str, Any]:
    """A message that we send, with its checksum."""
    return {**request, CHECKSUM: request_checksum(request, secret)}


def notice_checksum(notice: Mapping[str, Any], secret: str) -> str:
    """The checksum of a notice from the platform."""
    return _checksum(notice, NOTICE_FIELDS, secret)


def is_genuine(notice: Mapping[str, Any], secrets: Sequence[str]) -> bool:
    """Whether the checksum of a notice fits one of the secrets. The time it takes tells nothing about them."""
    given = notice.get(CHECKSUM)
    if not isinstance(given, str):
        return False
    stated = given.strip().lower().encode("utf-8", "surrogatepass")
    fits = [hmac.compare_digest(stated, notice_checksum(notice, secret).encode()) for secret in secrets]
    return any(fits)


def _checksum(message: Mapping[str, Any], fields: Sequence[str], secret: str) -> str:
    text = "|".join([*(_text(message.get(field)) for field in fields), secret])
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _text(value: object) -> str:
    """How a value stands in what is hashed. A whole number stands without its fraction: `8000.0` is 8000."""
    if isinstance(value, str):
        return value
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""
