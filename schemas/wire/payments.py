"""The payment platform's notice that a payment was made (callback). Values are text; ThoiGianGD is local time."""

from typing import Annotated

from lienthong import Personal
from schemas.shapes import WireShape

Text = str | int | None
"""A value that some code bases send as a number."""


class PaymentNotice(WireShape):
    """One transaction. MaLoi "00": it was paid. ThongTinGiaoDich has the dossier's code, or words."""

    LoaiBanTin: Text = None
    MaLoi: Text = None
    MaDoiTac: Text = None
    MaThamChieu: Text = None
    SoTien: Text = None
    MaTienTe: Text = None
    MaGiaoDich: Text = None
    MaNganHang: Text = None
    ThoiGianGD: Text = None
    ThongTinGiaoDich: Annotated[str | None, Personal("none")] = None
    MaXacThuc: Annotated[str | None, Personal("other")] = None
