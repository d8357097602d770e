"""The parts of a DongBoHoSoMC dossier that the province's indicators count: papers, fees, results and flags."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from lienthong import Rejected
from transforms import wire
from transforms.identity import clean_identity
from transforms.moments import parse_local_instant

_PLAIN = re.compile(r"(\d+)(?:[.,]0{1,2})?", re.ASCII)
_GROUPED = re.compile(r"\d{1,3}(?:([.,\u00a0 ])\d{3})(?:\1\d{3})*", re.ASCII)
_MOST_VND = 10**15
"""No dossier costs more. A larger figure is a typing error, and soon one that no database can hold."""
_LONGEST_PRICE = 40


def components(data: Mapping[str, Any]) -> list[dict[str, bool]]:
    """The papers of TaiLieuNop that were not deleted, with the three flags that the indicators count."""
    return [
        {
            "digitised": wire.code(row.get("DuocSoHoa")) == "1",
            "reused": wire.code(row.get("DuocTaiSuDung")) in ("1", "2"),
            "from_store": wire.code(row.get("DuocLayTuKhoDMQG")) == "1",
        }
        for row in wire.objects_at(data, "TaiLieuNop")
        if wire.code(row.get("IsDeleted")) != "1"
    ]


def contradicts_papers(data: Mapping[str, Any], papers: Sequence[Mapping[str, bool]]) -> bool:
    """Whether the dossier's flag "has a digitised component" disagrees with its papers.

    One code base misspells the key as `HoSoCoThanhPhanSoHo`; both spellings are read.
    """
    flag = parse_flag(data.get("HoSoCoThanhPhanSoHoa", data.get("HoSoCoThanhPhanSoHo")))
    return flag is not None and flag != any(paper["digitised"] for paper in papers)


def sum_fees(data: Mapping[str, Any]) -> tuple[int | None, bool]:
    """The sum of DanhSachLePhi in VND, None if no Gia could be read; and whether every Gia could be read."""
    prices = [parse_vnd(row.get("Gia")) for row in wire.objects_at(data, "DanhSachLePhi")]
    readable = [price for price in prices if price is not None]
    total = sum(readable)
    if (prices and not readable) or total > _MOST_VND:
        return None, False
    return total, len(readable) == len(prices)


def has_result_file(data: Mapping[str, Any]) -> bool:
    """Whether any paper of DanhSachGiayToKetQua has the address of a file (DuongDanTepTinKetQua)."""
    return any(wire.code(row.get("DuongDanTepTinKetQua")) for row in wire.objects_at(data, "DanhSachGiayToKetQua"))


def parse_flag(value: Any) -> bool | None:
    """A flag given as 0 or 1; None for anything else."""
    return {"1": True, "0": False}.get(wire.code(value))


def parse_vnd(value: Any) -> int | None:
    """A price in whole VND: `8000`, `8000.00`, `135.000` and `135,000` (VND has no decimals); blank is 0.

    None when it cannot be read.
    """
    if value is None or value == "":
        return 0
    text = wire.code(value)
    if not text:
        return 0 if isinstance(value, str) else None
    if len(text) > _LONGEST_PRICE:
        return None
    match = _PLAIN.fullmatch(text)
    if match is None and not _GROUPED.fullmatch(text):
        return None
    price = int(match[1] if match else re.sub(r"\D", "", text))
    return price if price <= _MOST_VND else None


def supplements(data: Mapping[str, Any]) -> list[dict[str, Any]] | None:
    """The requests for supplements in the order of the portal, None without a list.

    A moment that cannot be read is left out: the dossier must not be lost for it.
    """
    if data.get("DanhSachHoSoBoSung") is None:
        return None
    return [
        {
            "number": number,
            "requested_at": lenient_moment(row.get("NgayBoSung")),
            "received_at": lenient_moment(row.get("NgayTiepNhanBoSung")),
        }
        for number, row in enumerate(wire.objects_at(data, "DanhSachHoSoBoSung"), 1)
    ]


def lenient_moment(value: Any) -> datetime | None:
    """A local moment of the portal, None when it cannot be read."""
    try:
        return parse_local_instant(value, "NgayBoSung")
    except Rejected:
        return None


def other_code(data: Mapping[str, Any], code: str) -> str | None:
    """The code of the province's own system, when it differs."""
    for name in ("MaHoSoKhac", "MaHoSoDonVi"):
        if (found := wire.code(data.get(name))) and found != code:
            return found
    return None


def other_number(data: Mapping[str, Any], identity: str | None) -> str | None:
    """The owner's second number, when all that the dossier states are one of 12 digits and one of 9 (CCCD and CMND)."""
    rows = wire.objects_at(data, "DinhDanhCHS")
    numbers = {clean_identity(number) for number in (identity, *(row.get("SoDinhDanh") for row in rows))} - {None}
    second = [number for number in numbers if number is not None and number != identity]
    return second[0] if identity and len(second) == 1 and len(second[0]) != len(identity) else None


def owner_number(data: Mapping[str, Any]) -> str | None:
    """SoGiayToChuHoSo, else the first usable number of DinhDanhCHS; 12-digit numbers (LoaiDinhDanh 1) come first."""
    known = sorted(wire.objects_at(data, "DinhDanhCHS"), key=lambda row: wire.code(row.get("LoaiDinhDanh")) != "1")
    numbers = [data.get("SoGiayToChuHoSo"), *(row.get("SoDinhDanh") for row in known)]
    return next((found for number in numbers if (found := clean_identity(number))), None)
