"""Files of results are fetched from the machines that are named, and from no other."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from connectors.sinks.result_files import ResultFiles
from lienthong.adapters.files.folder import FolderFiles
from lienthong.envelope import Envelope
from lienthong.outcome import Dead, Done, Later, Outcome
from tests.contract.sinks_contract import UntouchableTransaction
from tests.fake_systems import FakeServer, make_site
from tests.unit.store.events import NOON

URL = "https://kho.example.gov.vn/1.pdf"


def deliver(server: FakeServer, folder: Path, *urls: str) -> Outcome:
    results = [{"kind": "result", "result_code": "KQ.1", "document_type": None, "url": url} for url in urls]
    data: dict[str, Any] = {"dossier": "H1", "citizen_id": "052085001234", "agency": "H08", "results": results}
    envelope = Envelope("E1", "dossier-results.v1", "dvcqg", "H1", NOON, NOON, data)
    site = replace(make_site(), files=FolderFiles(folder))
    (outcome,) = ResultFiles(site, server.http(tries=1), hosts=["kho.example.gov.vn"]).deliver(
        [envelope], UntouchableTransaction()
    )
    return outcome


def test_each_file_is_handed_back_by_its_digest(tmp_path: Path) -> None:
    server = FakeServer(lambda request: httpx.Response(200, content=b"%PDF" + request.url.path.encode()))
    outcome = deliver(server, tmp_path, URL, URL.replace("1", "2"))
    assert isinstance(outcome, Done)
    files = [record.body["file"] for record in outcome.follow_ups]
    assert [file["size"] for file in files] == [10, 10]
    assert len({record.key for record in outcome.follow_ups}) == 2
    with FolderFiles(tmp_path).open(files[0]["digest"]) as body:
        assert body.read() == b"%PDF/1.pdf"
    assert "url" not in outcome.follow_ups[0].body


@pytest.mark.parametrize(
    "url", ["https://127.0.0.1/1.pdf", "file:///etc/passwd", "https://kho.example.gov.vn.evil/1", "http://[", ""]
)
def test_no_other_machine_is_asked(url: str, tmp_path: Path) -> None:
    server = FakeServer(lambda _: httpx.Response(200))
    assert isinstance(deliver(server, tmp_path, URL, url), Dead)
    assert server.requests == []


@pytest.mark.parametrize(("status", "kind"), [(404, Dead), (503, Later)])
def test_a_file_that_is_refused_is_dead_and_one_that_does_not_come_waits(
    status: int, kind: type[Outcome], tmp_path: Path
) -> None:
    assert isinstance(deliver(FakeServer(lambda _: httpx.Response(status)), tmp_path, URL), kind)
