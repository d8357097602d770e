"""The province's catalogue of agencies and units (danh mục đơn vị). The contract is ASSUMED."""

from typing import Annotated

from lienthong import Personal
from schemas.shapes import WireShape

Text = str | int | None
"""A value that some code bases send as a number."""


class CatalogueUnit(WireShape):
    """A unit from hieuLucTu to the day before hieuLucDen (`yyyyMMdd`, local), maCha the one above it.

    cap: TINH, SO, CHI_CUC, HAT, HUYEN, XA or TRUNG_TAM. maIgate is its code in the one-stop system, maKhac are codes in
    further systems by their names, keThua its successors, lich the name of a calendar, nhanThongBao whether it is
    written to (1, or absent).
    """

    maDonVi: Text = None
    tenDonVi: str | None = None
    cap: str | None = None
    maCha: Text = None
    maIgate: Text = None
    maKhac: dict[str, Text] | None = None
    hieuLucTu: Text = None
    hieuLucDen: Text = None
    keThua: list[Text] | None = None
    email: Annotated[str | None, Personal("none")] = None  # of an office, not of a person
    lich: str | None = None
    nhanThongBao: Text = None
