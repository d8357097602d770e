"""Questions (hỏi đáp) of the national portal, and petitions (phản ánh, kiến nghị).

The rows of questions are those of LayDanhSachHoiDapGuiTuDVCQG. No wire format of petitions is published: it is
ASSUMED here, modelled on the one of questions, with the moments that the rules of petitions count from.
"""

from typing import Annotated

from lienthong import Personal
from schemas.shapes import PersonName, WireShape

Text = str | int | None
"""A value that some code bases send as a number."""


class PortalQuestion(WireShape):
    """A question. TRANGTHAI: 0 while it is not published. MATTHCDP: the procedure's code in the province."""

    HOIDAPID: Text = None
    MALINHVUC: Text = None
    MADONVI: Text = None
    TENDONVI: str | None = None
    NOIDUNG: Annotated[str | None, Personal("other")] = None
    HOVATEN: PersonName = None
    DIACHI: Annotated[str | None, Personal("address")] = None
    THUDIENTU: Annotated[str | None, Personal("email")] = None
    SODIENTHOAI: Annotated[Text, Personal("phone")] = None
    MATTHCDP: Text = None
    TRALOIID: Text = None
    NOIDUNGTRALOI: str | None = None
    TRANGTHAI: Text = None


class PortalPetition(WireShape):
    """A petition; ASSUMED. LOAIPAKN: 1 on rules and procedures, 2 on the conduct of officers.

    Moments are local time `yyyyMMddHHmmss`, "" when it has not come to that.
    """

    PAKNID: Text = None
    LOAIPAKN: Text = None
    MALINHVUC: Text = None
    MADONVI: Text = None
    TENDONVI: str | None = None
    NOIDUNGPAKN: Annotated[str | None, Personal("other")] = None
    HOVATEN: PersonName = None
    DIACHI: Annotated[str | None, Personal("address")] = None
    THUDIENTU: Annotated[str | None, Personal("email")] = None
    SODIENTHOAI: Annotated[Text, Personal("phone")] = None
    MATTHCDP: Text = None
    NGAYTIEPNHAN: Text = None
    NGAYTUCHOI: Text = None
    LYDOTUCHOI: str | None = None
    NGAYYEUCAUBOSUNG: Text = None
    NGAYBOSUNG: Text = None
    NGAYTRALOI: Text = None
    NOIDUNGTRALOI: str | None = None
    NGAYCONGKHAI: Text = None
