"""The national portal's adapter: sessions, lists by day, and two forms of error codes."""

from typing import Any

import pytest

from tests.unit.sandbox.conftest import LOGIN, Open

SESSION_EXPIRED = "Phiên làm việc đã hết hạn, vui lòng đăng nhập lại"


def portal_dossier(code: str, received: str = "", submitted: str = "", **more: Any) -> dict[str, Any]:
    return {"MaHoSo": code, "NgayTiepNhan": received, "NgayNopHoSo": submitted, **more}


def codes(reply: dict[str, Any]) -> list[str]:
    return [body["MaHoSo"] for body in reply["data"]]


TWO = {
    "dvcqg": [("05T06:00", portal_dossier("A", "20231103000000")), ("05T06:00", portal_dossier("B", "20231104235959"))]
}


def test_days_are_local_and_both_included(sandbox: Open) -> None:
    caller = sandbox(TWO)
    caller.set_clock("05T06:00")
    reply = caller.call_portal("DanhSachHoSo", ngayNhan1="2023-11-03", ngayNhan2="2023-11-04")
    assert (reply["message"], codes(reply)) == ("Thành công", ["A", "B"])
    assert codes(caller.call_portal("DanhSachHoSo", ngayNhan1="2023-11-04", ngayNhan2="2023-11-04")) == ["B"]
    assert codes(caller.call_portal("DanhSachHoSo", ngayNhan1="2023-11-03", ngayNhan2="2023-11-03")) == ["A"]
    assert codes(caller.call_portal("DanhSachHoSo", ngayNhan1="2023-11-05", ngayNhan2="2023-11-30")) == []


def test_the_error_code_of_success_is_a_number_and_a_text_in_turn(sandbox: Open) -> None:
    caller = sandbox(TWO)
    found = [caller.call_portal("TraCuuHoSo", mahoso="A")["error_code"] for _ in range(4)]
    assert found == [0, "0", 0, "0"]


@pytest.mark.parametrize("received", ["", "31/13/2023", "20231106111", "20231303000000"])
def test_without_a_reception_time_a_dossier_is_found_by_submission_then_by_when_it_was_seen(
    sandbox: Open, received: str
) -> None:
    lines = [
        ("09T06:00", portal_dossier("A", received, "20231103110400")),
        ("09T06:00", portal_dossier("B", received, "không rõ")),
    ]
    caller = sandbox({"dvcqg": lines})
    caller.set_clock("09T06:00")
    assert codes(caller.call_portal("DanhSachHoSo", ngayNhan1="2023-11-03", ngayNhan2="2023-11-03")) == ["A"]
    assert codes(caller.call_portal("DanhSachHoSo", ngayNhan1="2023-11-09", ngayNhan2="2023-11-09")) == ["B"]


def test_a_lookup_by_code_returns_the_current_version(sandbox: Open) -> None:
    lines = [("05T06:00", portal_dossier("A", TrangThaiHoSo="2")), ("06T06:00", portal_dossier("A", TrangThaiHoSo="4"))]
    caller = sandbox({"dvcqg": lines})
    states = []
    for moment in ("04T06:00", "05T06:00", "06T06:00"):
        caller.set_clock(moment)
        states.append([body["TrangThaiHoSo"] for body in caller.call_portal("TraCuuHoSo", mahoso="A")["result"]])
    assert states == [[], ["2"], ["4"]]


def test_dossiers_without_a_code_are_all_shown(sandbox: Open) -> None:
    caller = sandbox({"dvcqg": [("05T06:00", portal_dossier("")), ("05T06:00", portal_dossier(""))]})
    caller.set_clock("05T06:00")
    assert codes(caller.call_portal("DanhSachHoSo", ngayNhan1="2023-11-05", ngayNhan2="2023-11-05")) == ["", ""]


def test_a_session_is_valid_for_ten_minutes(sandbox: Open) -> None:
    caller = sandbox(TWO)
    caller.stopwatch.seconds = 1000
    assert "result" in caller.call_portal("TraCuuHoSo", mahoso="A")
    caller.stopwatch.seconds = 1599
    assert "result" in caller.call_portal("TraCuuHoSo", mahoso="A")
    caller.stopwatch.seconds = 1600
    assert caller.call_portal("TraCuuHoSo", mahoso="A") == {"error_code": "-1", "message": SESSION_EXPIRED}


def test_wrong_credentials_are_an_error_with_http_status_200(sandbox: Open) -> None:
    reply = sandbox(TWO)("POST", "/dvcqg/mapi/login", json={**LOGIN, "password": "x"})
    assert (reply.status_code, reply.json()["error_code"]) == (200, "-1")
    assert "mật khẩu" in reply.json()["message"]


def test_a_call_needs_the_routing_header(sandbox: Open) -> None:
    caller = sandbox(TWO)
    session = caller("POST", "/dvcqg/mapi/login", json=LOGIN).json()["session"]
    reply = caller("POST", "/dvcqg/mapi/g", json={"session": session, "service": "TraCuuHoSo"}).json()
    assert (reply["error_code"], "dstcode" in reply["message"]) == ("-1", True)


@pytest.mark.parametrize(
    ("service", "parameters"),
    [
        ("LayThuTuc", {}),
        ("DanhSachHoSo", {}),
        ("DanhSachHoSo", {"ngayNhan1": "2023-11-05", "ngayNhan2": "05/11/2023"}),
        ("DanhSachHoSo", {"ngayNhan1": "0001-01-01", "ngayNhan2": "2023-11-05"}),
    ],
)
def test_an_unknown_service_or_invalid_parameter_is_an_error_with_a_message(
    sandbox: Open, service: str, parameters: dict[str, str]
) -> None:
    reply = sandbox(TWO).call_portal(service, **parameters)
    assert reply["error_code"] == "-1"
    assert reply["message"]


@pytest.mark.parametrize("body", [b"", b"{", b"[]"])
def test_a_body_that_is_not_an_object_is_an_error_with_a_message(sandbox: Open, body: bytes) -> None:
    reply = sandbox(TWO)("POST", "/dvcqg/mapi/g", content=body, headers={"dstcode": "x"})
    assert (reply.status_code, reply.json()["error_code"]) == (200, "-1")


def test_who_has_filed_online_has_an_account_from_then_on(sandbox: Open) -> None:
    online = {"KenhThucHien": "2", "DinhDanhCHS": [{"LoaiDinhDanh": "1", "SoDinhDanh": "052 085 001234"}]}
    lines = [
        ("05T06:00", portal_dossier("A", **online)),
        ("04T06:00", portal_dossier("B", MaDoiTuong="TK2", KenhThucHien=2, SoGiayToChuHoSo="211395325")),
        ("03T06:00", portal_dossier("C", KenhThucHien="1", SoGiayToChuHoSo="052099000002")),
    ]
    caller = sandbox({"dvcqg": lines})
    found = {}
    for moment in ("03T06:00", "04T06:00", "05T06:00"):
        caller.set_clock(moment)
        numbers = ("052085001234", "211395325", "052099000002")
        replies = [caller.call_portal("TraCuuTechID", provider="wso2is", mstorcmnd=number) for number in numbers]
        found[moment] = [[row["TECHNICALID"] for row in reply["result"]] for reply in replies]
    assert found == {
        "03T06:00": [[], [], []],
        "04T06:00": [[], ["TK2"], []],
        "05T06:00": [["TK0000001"], ["TK2"], []],
    }
