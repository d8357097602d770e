"""The national store and the agencies: look-ups without a requester are refused, disputes are answered when ordered."""

from typing import Any

import httpx
import orjson

from sandbox.agencies import Agencies, Resolution
from tests.unit.sandbox.conftest import Open

TOKEN = {"Authorization": "Bearer sandbox"}
FILE = {"TenTep": "ks.pdf", "DuongDan": "/ks.pdf", "NoiDung": "JVBERg=="}
RESULT = {"SoDinhDanhChuSoHuu": "052085001234", "MaKetQua": "KQ.1", "SoKyHieu": "12", "CoQuanChuQuan": "G15"}
LINES = {"national_store": [("02T06:00", {**RESULT, "DanhSachTepDinhKem": [FILE]})]}
ASKED: dict[str, Any] = {
    "SoDinhDanhChuSoHuu": "052085001234",
    "HoTenNguoiYeuCau": "Bùi Minh Phúc",
    "SoDinhDanhNguoiYeuCau": "052085005678",
    "KenhThucHien": "1",
    "MaThuTuc": "1.000656",
    "DanhSachDanhMucKetQua": [{"MaKetQua": "KQ.1", "SoKyHieu": ""}],
}
SEARCH, FETCH = "/national_store/TraCuuKetQuaSoHoa", "/national_store/LayTepKetQuaSoHoa"


def test_a_result_is_found_from_its_moment_on_and_its_file_is_given(sandbox: Open) -> None:
    caller = sandbox(LINES)
    caller.set_clock("01T12:00")
    assert caller("POST", SEARCH, json=ASKED, headers=TOKEN).json()["result"]["DanhSachGiayToKetQua"] == []
    caller.set_clock("02T12:00")
    (row,) = caller("POST", SEARCH, json=ASKED, headers=TOKEN).json()["result"]["DanhSachGiayToKetQua"]
    assert row["DanhSachTepDinhKem"] == [{"TenTep": "ks.pdf", "DuongDan": "/ks.pdf"}]
    place = {"CoQuanChuQuan": "G15", "DuongDan": "/ks.pdf"}
    assert caller("POST", FETCH, json=place, headers=TOKEN).json() == {"errorCode": 0, "result": "JVBERg=="}
    assert caller("POST", FETCH, json={**place, "DuongDan": "/x"}, headers=TOKEN).json()["errorCode"] == -1
    received = caller("GET", "/-/received").json()["received"]["national_store"]
    assert [each["HoTenNguoiYeuCau"] for each in received] == ["Bùi Minh Phúc"] * 2


def test_who_does_not_state_the_requester_or_has_no_token_is_refused(sandbox: Open) -> None:
    caller = sandbox(LINES)
    for name in ("HoTenNguoiYeuCau", "SoDinhDanhNguoiYeuCau", "KenhThucHien"):
        assert caller("POST", SEARCH, json={**ASKED, name: ""}, headers=TOKEN).json()["errorCode"] == -1
    assert caller("POST", SEARCH, json=ASKED).status_code == 401
    assert caller("POST", FETCH, json={}).status_code == 401
    assert caller("POST", "/agencies/disputes", json={}).status_code == 401


def test_a_dispute_is_received_once(sandbox: Open) -> None:
    caller = sandbox(LINES)
    for _ in range(2):
        event = {"id": "E1", "data": {"dispute_id": "D1", "agency": "H08.17"}}
        assert caller("POST", "/agencies/disputes", json=event, headers=TOKEN).status_code == 204
    assert len(caller("GET", "/-/received").json()["received"]["agencies"]) == 1
    assert caller("POST", "/-/resolutions", json={"url": "x"}).status_code == 400


def test_the_agencies_answer_every_dispute_once() -> None:
    sent: list[httpx.Request] = []

    def bus(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        return httpx.Response(200, json={"state": "upheld"})

    agencies = Agencies(httpx.Client(transport=httpx.MockTransport(bus)))
    agencies._disputes = {"D1": {}, "D2": {}}
    order = Resolution(url="http://bus/", key="k")
    assert [each["status"] for each in agencies.resolve(order)] == [200, 200]
    assert agencies.resolve(order) == []
    assert [request.url.path for request in sent] == ["/v1/disputes/D1/resolution", "/v1/disputes/D2/resolution"]
    assert orjson.loads(sent[0].content) == {"outcome": "upheld", "explanation": "Đã đối chiếu sổ gốc."}
    one = Resolution(url="http://bus", key="k", outcome="corrected", version=2, dispute_id="D1")
    assert [each["version"] for each in agencies.resolve(one)] == [2]
