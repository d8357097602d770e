"""The national store of results: every look-up names its requester, files come into the files of the bus."""

import base64
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest

from connectors.lookups.national_store import NationalFiles, NationalResults
from lienthong.adapters.files.folder import FolderFiles
from lienthong.errors import Transient
from tests.fake_systems import FakeServer, json_reply, make_site

ADDRESS = {"url": "http://store/", "token": "t"}
ASKED = {
    "citizen_id": "052085001234",
    "requester_name": "Bùi Minh Phúc",
    "requester_id": "052085005678",
    "channel": "officer",
    "procedure": "1.000656",
    "results": [{"code": "KQ.G15.000031", "number": None}],
}
KEY = orjson.dumps(ASKED).decode()
ROW = {
    "MaKetQua": "KQ.G15.000031",
    "TenGiayTo": "Giấy khai sinh",
    "SoKyHieu": "12/KS",
    "CoQuanChuQuan": "G15",
    "DanhSachTepDinhKem": {"TenTep": "ks.pdf", "DuongDan": "/ks.pdf"},
}


def replying(reply: Any, status: int = 200) -> FakeServer:
    return FakeServer(lambda _: json_reply(reply) if status == 200 else httpx.Response(status))


def test_a_look_up_names_its_requester_and_finds_results_with_their_files() -> None:
    server = replying({"errorCode": "0", "result": {"DanhSachGiayToKetQua": [ROW]}})
    found = NationalResults(make_site(), server.http(tries=1), **ADDRESS).find_many([KEY])
    assert found == {
        KEY: [
            {
                "result_code": "KQ.G15.000031",
                "name": "Giấy khai sinh",
                "number": "12/KS",
                "agency": "G15",
                "files": [{"file_name": "ks.pdf", "path": "/ks.pdf"}],
            }
        ]
    }
    (request,) = server.requests
    sent = orjson.loads(request.content)
    assert (sent["HoTenNguoiYeuCau"], sent["SoDinhDanhNguoiYeuCau"], sent["KenhThucHien"]) == (
        "Bùi Minh Phúc",
        "052085005678",
        "1",
    )
    assert "052085" not in str(request.url)


@pytest.mark.parametrize("reply", [{"errorCode": -1, "message": "Bùi Minh Phúc"}, {"result": {}}])
def test_what_the_store_refuses_is_absent(reply: dict[str, Any]) -> None:
    assert NationalResults(make_site(), replying(reply).http(tries=1), **ADDRESS).find_many([KEY]) == {}


@pytest.mark.parametrize("status", [401, 503])
def test_a_store_that_does_not_answer_is_not_known(status: int) -> None:
    with pytest.raises(Transient):
        NationalResults(make_site(), replying(None, status).http(tries=1), **ADDRESS).find_many([KEY])


def test_a_file_is_among_the_files_of_the_bus_when_it_is_found(tmp_path: Path) -> None:
    site = replace(make_site(), files=FolderFiles(tmp_path))
    server = replying({"errorCode": 0, "result": base64.b64encode(b"%PDF-1.7").decode()})
    found = NationalFiles(site, server.http(tries=1), **ADDRESS).find_many(["G15|/a|b.pdf"])
    (file,) = found.values()
    assert file["size"] == 8
    with site.files.open(file["digest"]) as body:
        assert body.read() == b"%PDF-1.7"
    (request,) = server.requests
    assert orjson.loads(request.content) == {"CoQuanChuQuan": "G15", "DuongDan": "/a|b.pdf"}


@pytest.mark.parametrize("result", [None, "", "không phải base64", 5])
def test_what_is_no_file_is_absent(result: Any, tmp_path: Path) -> None:
    site = replace(make_site(), files=FolderFiles(tmp_path))
    server = replying({"errorCode": 0, "result": result})
    assert NationalFiles(site, server.http(tries=1), **ADDRESS).find_many(["G15|/a.pdf"]) == {}
