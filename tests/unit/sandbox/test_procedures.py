"""The catalogue of procedures: codes once, and a row for each date of effect as it was seen last."""

from typing import Any

from tests.unit.sandbox.conftest import LOGIN, Caller, Open


def version(day: str, level: int, code: str = "1.000656") -> dict[str, Any]:
    return {"MATTHC": code, "TENTTHC": "Đăng ký khai tử", "MUCDO": level, "HIEULUCTU": day}


LINES = {
    "procedures": [
        ("01T06:00", version("20150101", 2)),
        ("01T06:00", {"TENTTHC": "Không có mã"}),
        ("02T10:00", version("20231110", 4)),
        ("03T10:00", version("20150101", 3)),
    ]
}


def call(caller: Caller, service: str, **parameters: str) -> dict[str, Any]:
    session = caller("POST", "/procedures/mapi/login", json=LOGIN).json()["session"]
    body = {"session": session, "madonvi": "H08", "service": service, **parameters}
    reply: dict[str, Any] = caller("POST", "/procedures/mapi/g", json=body, headers={"dstcode": "x"}).json()
    return reply


def test_the_list_has_each_code_once_and_what_has_none_as_it_is(sandbox: Open) -> None:
    caller = sandbox(LINES)
    caller.set_clock("03T12:00")
    rows = call(caller, "LayDanhSachTTHC")["result"]
    assert sorted(rows, key=len) == [
        {"TENTTHC": "Không có mã"},
        {"MATTHC": "1.000656", "TENTTHC": "Đăng ký khai tử"},
    ]


def test_a_procedure_shows_a_row_for_each_date_of_effect_as_seen_last(sandbox: Open) -> None:
    caller = sandbox(LINES)
    caller.set_clock("01T12:00")
    assert call(caller, "LayThuTuc", maTTHC="1.000656")["result"] == [version("20150101", 2)]
    caller.set_clock("03T12:00")
    rows = call(caller, "LayThuTuc", maTTHC="1.000656")["result"]
    assert {row["HIEULUCTU"]: row["MUCDO"] for row in rows} == {"20150101": 3, "20231110": 4}
    assert call(caller, "LayThuTuc", maTTHC="9.999999")["result"] == []


def test_another_service_is_refused(sandbox: Open) -> None:
    assert call(sandbox(LINES), "DanhSachHoSo")["error_code"] == "-1"
