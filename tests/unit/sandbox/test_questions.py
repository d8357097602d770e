"""Questions and petitions of the sandbox: each as seen last, and answers are taken and shown."""

from typing import Any

from tests.unit.sandbox.conftest import LOGIN, Caller, Open

LINES = {
    "questions": [
        ("01T06:00", {"HOIDAPID": "1", "NOIDUNG": "Gì?", "TRANGTHAI": "0"}),
        ("02T06:00", {"HOIDAPID": "2", "NOIDUNG": "Khi nào?", "TRANGTHAI": "0"}),
        ("03T06:00", {"HOIDAPID": "2", "NOIDUNG": "Khi nào, ở đâu?", "TRANGTHAI": "0"}),
    ],
    "petitions": [("01T06:00", {"PAKNID": "PA-1", "NOIDUNGPAKN": "Chậm"})],
}
ANSWER = {"HOIDAPID": "2", "NGUOITRALOI": "A", "NGAYTRALOI": "20231104080000", "NOIDUNGTRALOI": "Hôm nay"}


def call(caller: Caller, service: str, system: str = "questions", **parameters: Any) -> dict[str, Any]:
    session = caller("POST", f"/{system}/mapi/login", json=LOGIN).json()["session"]
    body = {"session": session, "madonvi": "H08", "service": service, **parameters}
    reply: dict[str, Any] = caller("POST", f"/{system}/mapi/g", json=body, headers={"dstcode": "x"}).json()
    return reply


def asked(caller: Caller) -> dict[str, Any]:
    return {row["HOIDAPID"]: row for row in call(caller, "LayDanhSachHoiDapGuiTuDVCQG")["result"]}


def test_questions_are_shown_as_they_were_seen_last(sandbox: Open) -> None:
    caller = sandbox(LINES)
    caller.set_clock("02T12:00")
    assert asked(caller)["2"]["NOIDUNG"] == "Khi nào?"
    caller.set_clock("03T12:00")
    assert {code: row["NOIDUNG"] for code, row in asked(caller).items()} == {"1": "Gì?", "2": "Khi nào, ở đâu?"}


def test_an_answer_is_taken_and_its_question_is_shown_as_published(sandbox: Open) -> None:
    caller = sandbox(LINES)
    caller.set_clock("03T12:00")
    reply = call(caller, "DongBoKetQuaHoiDapGuiTuDVCQG", data=[ANSWER])
    assert int(reply["error_code"]) == 0
    assert "thành công" in reply["message"]
    shown = asked(caller)
    assert (shown["2"]["NOIDUNGTRALOI"], shown["2"]["TRANGTHAI"], shown["1"]["TRANGTHAI"]) == ("Hôm nay", "1", "0")


def test_an_answer_to_no_question_and_one_that_lacks_a_field_are_refused(sandbox: Open) -> None:
    caller = sandbox(LINES)
    caller.set_clock("03T12:00")
    for data in ([{**ANSWER, "HOIDAPID": "9"}], [{**ANSWER, "NOIDUNGTRALOI": ""}], [], "x", [5]):
        assert call(caller, "DongBoKetQuaHoiDapGuiTuDVCQG", data=data)["error_code"] == "-1"
    assert asked(caller)["2"]["TRANGTHAI"] == "0"


def test_petitions_are_listed_and_have_no_other_service(sandbox: Open) -> None:
    caller = sandbox(LINES)
    caller.set_clock("03T12:00")
    (row,) = call(caller, "LayDanhSachPAKNGuiTuDVCQG", "petitions")["result"]
    assert row["PAKNID"] == "PA-1"
    assert call(caller, "LayDanhSachHoiDapGuiTuDVCQG", "petitions")["error_code"] == "-1"
