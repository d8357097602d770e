"""The national store over HTTP: a file is fetched only by the client to which it was listed, for that citizen."""

import base64
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from lienthong.runtime.playback import sandbox
from tests.command_line import ROOT
from tests.document_bus import CITIZEN, DocumentBus
from tests.signed_documents import signed_file, write_trust

pytestmark = pytest.mark.slow

ROUTES = ("national-document-searches", "national-document-fetches")
REQUESTER = {"procedure": "1.000656", "requester_name": "Bùi Minh Phúc", "requester_id": "052085005678"}
ASKED = {"citizen_id": CITIZEN, **REQUESTER, "purpose": "Kiểm tra trước khi số hóa"}
BIRTH = "KQ.G15.000031"


@pytest.fixture
def bus(tmp_path: Path) -> Iterator[DocumentBus]:
    """A bus beside a national store that has two results of one citizen, one of them not signed."""
    folder = tmp_path / "recording"
    (folder / "national-store").mkdir(parents=True)
    head = {"name": "x", "from": "2026-11-01", "to": "2026-12-01", "timezone": "+07:00"}
    (folder / "recording.json").write_text(json.dumps(head), "utf-8")
    lines = [_line(1, signed_file(("person", "agency"), "national")), _line(2, signed_file((), "national"))]
    (folder / "national-store" / "results.jsonl").write_text("".join(lines), "utf-8")
    with sandbox(ROOT, folder) as playing:
        playing.show(datetime(2026, 11, 20, tzinfo=UTC))
        variables = {name: value for name, value in playing.variables.items() if name.startswith("NATIONAL_STORE")}
        yield DocumentBus(tmp_path, write_trust(tmp_path / "trust"), routes=ROUTES, **variables)


def _line(number: int, content: bytes) -> str:
    file = {"TenTep": f"{number}.pdf", "DuongDan": f"/2026/{number}.pdf", "NoiDung": base64.b64encode(content).decode()}
    named = {"SoDinhDanhChuSoHuu": CITIZEN, "MaKetQua": BIRTH, "SoKyHieu": f"{number}/KS", "CoQuanChuQuan": "G15"}
    body = {**named, "TenGiayTo": "Giấy khai sinh", "DanhSachTepDinhKem": [file]}
    return json.dumps({"seen_at": "2026-11-02T06:00:00+07:00", "body": body}, ensure_ascii=False) + "\n"


def fetch(client: httpx.Client, number: int, **more: Any) -> httpx.Response:
    named = {"result_code": BIRTH, "agency": "G15", "path": f"/2026/{number}.pdf"}
    return client.post("/v1/national-documents/fetch", json={**ASKED, **named, **more})


def test_only_what_was_listed_to_this_client_for_this_citizen_is_fetched(bus: DocumentBus) -> None:
    with bus.client() as client, bus.client("another") as another:
        before = fetch(client, 1)
        assert (before.status_code, "path" in before.text) == (400, True), before.text
        wanted = {**ASKED, "results": [{"code": BIRTH}]}
        found = client.post("/v1/national-documents/search", json=wanted).json()
        assert [each["files"][0]["path"] for each in found["results"]] == ["/2026/1.pdf", "/2026/2.pdf"]
        refused = [
            fetch(another, 1),
            fetch(client, 1, citizen_id="052085009999"),
            fetch(client, 1, result_code="KQ.G15.000034"),
            fetch(client, 3),
        ]
        assert [reply.status_code for reply in refused] == [400] * 4
        received = fetch(client, 1)
        assert (received.status_code, received.json()["state"]) == (201, "offered")
        assert fetch(client, 1).status_code == 200
        unsigned = fetch(client, 2)
        assert (unsigned.status_code, unsigned.json()["code"]) == (400, "document-not-accepted")
    assert bus.rows("SELECT COUNT(*) FROM store_documents") == [(1,)]
