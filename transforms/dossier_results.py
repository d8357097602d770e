"""Results of closed dossiers of the national portal (DanhSachGiayToKetQua): what may come into the citizen's store."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from lienthong import Envelope, Rejected, Table, clean_text
from transforms import wire
from transforms.portal_parts import owner_number
from transforms.procedures import national_code

TYPE = "dossier-results.v1"
_CLOSED = frozenset({"9", "10"})


def list_results(envelope: Envelope, *, certifying: Table) -> Envelope | None:
    """The results of a dossier that is closed, each with its code and the address of its file; None without any.

    The results of the procedures in `certifying` are e-certified copies (Nghị định 45/2020/NĐ-CP, Điều 10): their type
    is the code of the paper that was copied (MaThanhPhanHoSo). A dossier of an unknown owner has no store to go to.
    Raises `Rejected` without the code of the dossier.
    """
    data = envelope.data
    citizen_id = owner_number(data)
    if citizen_id is None or wire.code(data.get("TrangThaiHoSo")) not in _CLOSED:
        return None
    is_copy = national_code(str(data.get("MaTTHC") or "")) in certifying
    rows = [_result(row, is_copy) for row in wire.objects_at(data, "DanhSachGiayToKetQua")]
    results = _separated([row for row in rows if row["url"] and (row["document_type"] or row["result_code"])])
    if not results:
        return None
    code = clean_text(str(data.get("MaHoSo") or ""))
    if not code:
        raise Rejected("thiếu mã hồ sơ", field="MaHoSo")
    dossier = {"dossier": code, "agency": code.partition("-")[0] or None, "citizen_id": citizen_id, "results": results}
    return envelope.with_data(TYPE, dossier)


def _separated(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The results with `paper`, by which one is known again when it was issued anew.

    It is empty for the only result of its code in the dossier: whatever file that has, it is this result. Of several
    the id that the portal gives them counts, else the address.
    """
    codes = Counter((row["result_code"], row["document_type"]) for row in rows)
    alone = {code for code, number in codes.items() if number == 1}
    return [
        {
            **{name: value for name, value in row.items() if name != "id"},
            "paper": "" if (row["result_code"], row["document_type"]) in alone else row["id"] or row["url"],
        }
        for row in rows
    ]


def _result(row: Mapping[str, Any], is_copy: bool) -> dict[str, Any]:
    return {
        "kind": "certified_copy" if is_copy else "result",
        "result_code": None if is_copy else wire.code(row.get("MaGiayToKetQua")) or None,
        "document_type": wire.code(row.get("MaThanhPhanHoSo")) or None if is_copy else None,
        "url": wire.code(row.get("DuongDanTepTinKetQua")),
        "id": wire.code(row.get("GiayToId")),
    }
