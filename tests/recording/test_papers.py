"""Documents on paper over HTTP: the mark, the look-up behind its code, who converted and why, and what is refused."""

import json
import sqlite3
import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from tests.command_line import lienthong
from tests.papers import codes, texts
from tests.recording.conftest import run_recording
from tests.serving import Serving
from tests.signed_documents import signed_file, write_trust

pytestmark = pytest.mark.slow

RECORDING = Path(__file__).parent / "documents"
CITIZEN = "052085001234"
ASKED = {
    "purpose": "Công dân yêu cầu bản giấy",
    "officer": "Bùi Minh Phúc",
    "agency": "H08.31",
    "agency_name": "Ủy ban nhân dân phường Quy Nhơn",
}


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("papers")
    run_recording(RECORDING, folder / "data", folder / "out")
    return folder / "data"


@pytest.fixture(scope="module")
def client(data: Path) -> Iterator[httpx.Client]:
    """A one-stop system that asks."""
    scopes = [part for scope in ("documents", "paper-conversions") for part in ("--scope", scope)]
    added = lienthong("access", "client", "add", "motcua", *scopes, "--rate", "1000/s", "--json", "--data", data)
    serving = Serving(data, LIENTHONG_TRUST=str(write_trust(data.parent / "trust")))
    headers = {"Authorization": f"Bearer {json.loads(added.stdout)['key']}"}
    with httpx.Client(base_url=serving.address, headers=headers, timeout=60) as found:
        yield found
    serving.end()


@pytest.fixture(scope="module")
def document(client: httpx.Client) -> dict[str, Any]:
    """A result that was uploaded, and its digest."""
    metadata = {
        "citizen_id": CITIZEN,
        "kind": "result",
        "result_code": "KQ.G15.000031",
        "agency": "H08.17",
        "number": "12/TLKS-BS",
        "issued_on": "2026-11-02",
    }
    form = {
        "file": ("giay-to.pdf", signed_file(("person", "agency"), "trich-luc"), "application/pdf"),
        "metadata": (None, json.dumps(metadata), "application/json"),
    }
    reply = client.post("/v1/documents", files=form)
    assert reply.status_code == 201, reply.text
    return dict(reply.json())


def convert(client: httpx.Client, document_id: str, key: str = "", **asked: Any) -> httpx.Response:
    headers = {"Idempotency-Key": key} if key else {}
    return client.post(f"/v1/documents/{document_id}/paper-conversions", json={**ASKED, **asked}, headers=headers)


def test_the_paper_shows_its_mark_and_its_number_finds_it(
    client: httpx.Client, document: dict[str, Any], data: Path
) -> None:
    reply = convert(client, document["document_id"], key="quay-3-0001")
    assert (reply.status_code, reply.headers["content-type"]) == (200, "application/pdf"), reply.text
    shown = " ".join(texts(reply.content)[0].split())
    digest = document["digest"].removeprefix("sha256:")
    for words in ("số 12/TLKS-BS, ngày 02/11/2026, cơ quan cấp: Sở Tư pháp (H08.17)", digest, ASKED["officer"]):
        assert words in shown
    assert f"{ASKED['agency_name']} (H08.31)" in shown
    assert "So tien: 4400000" not in shown
    assert "trich-luc" in shown

    again = convert(client, document["document_id"], key="quay-3-0001")
    assert (again.content, again.headers["lienthong-event"]) == (reply.content, reply.headers["lienthong-event"])
    other = convert(client, document["document_id"])
    assert other.content != reply.content

    (address,) = codes(reply.content)
    query = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    assert query["digest"] == digest
    event = reply.headers["lienthong-event"]
    assert reply.headers["content-disposition"] == f'attachment; filename="ban-giay-{query["number"]}.pdf"'
    found = httpx.get(f"{client.base_url}/v1/paper-conversions", params=query)
    assert found.status_code == 200, found.text
    assert (found.json()["holds"], found.json()["agency_name"], found.json()["document_number"]) == (
        True,
        ASKED["agency_name"],
        "12/TLKS-BS",
    )
    assert not any(word in found.text for word in (CITIZEN, ASKED["officer"], ASKED["purpose"]))
    for wrong in ({"digest": "0" * 64}, {"number": "CD-20261128-0000-0000-0000"}, {"number": "12"}):
        reply = httpx.get(f"{client.base_url}/v1/paper-conversions", params={**query, **wrong})
        assert reply.status_code == 404
    assert httpx.get(f"{client.base_url}/v1/paper-conversions", params={"number": "1"}).status_code == 400

    trail = lienthong("trail", event, "--json", "--data", data)
    assert "paper-conversion" in trail.stdout
    database = sqlite3.connect(data / "lienthong.db")
    kept = database.execute("SELECT number, pages, agency, client, officer FROM store_document_conversions").fetchall()
    assert (query["number"], 1, "H08.31", "motcua", ASKED["officer"]) in kept
    assert len({number for number, *_ in kept}) == len(kept) == 2
    read = database.execute("SELECT purpose, officer FROM store_document_accesses WHERE what = 'paper'").fetchall()
    assert read == [(ASKED["purpose"], ASKED["officer"])] * 2
    database.close()


def test_what_has_no_true_image_or_does_not_count_is_refused_with_what_to_do(
    client: httpx.Client, document: dict[str, Any]
) -> None:
    assert convert(client, "no-such-document").status_code == 404
    assert convert(client, document["document_id"], officer="").status_code == 400
    assert convert(client, document["document_id"], version=7).status_code == 404
    opened = client.post(f"/v1/documents/{document['document_id']}/disputes", json={"statement": "Ngày cấp sai."})
    assert opened.status_code == 200
    refused = convert(client, document["document_id"])
    assert (refused.status_code, refused.json()["code"]) == (409, "document-not-convertible")
    assert "hãy chờ cơ quan cấp trả lời" in refused.json()["detail"]


def test_a_conversion_needs_the_scope(client: httpx.Client, document: dict[str, Any], data: Path) -> None:
    added = lienthong("access", "client", "add", "xem", "--scope", "documents", "--json", "--data", data)
    headers = {"Authorization": f"Bearer {json.loads(added.stdout)['key']}"}
    with httpx.Client(base_url=client.base_url, headers=headers) as other:
        assert convert(other, document["document_id"]).status_code == 403


def test_anybody_may_ask_seldom(client: httpx.Client) -> None:
    with httpx.Client(base_url=client.base_url) as anybody:
        asked = [anybody.get("/v1/paper-conversions", params={"number": "1", "digest": "2"}) for _ in range(31)]
    assert {reply.status_code for reply in asked} == {404, 429}
    assert asked[-1].headers["retry-after"]


def test_the_package_of_a_dossier_has_its_papers_and_what_became_of_its_documents(
    client: httpx.Client, data: Path, tmp_path: Path
) -> None:
    dossier = "000.00.31.H08-261102-0007"
    metadata = {
        "citizen_id": CITIZEN,
        "kind": "result",
        "result_code": "KQ.G15.000031",
        "agency": "H08.17",
        "number": "13/TLKS-BS",
        "issued_on": "2026-11-02",
        "dossier": dossier,
    }
    form = {
        "file": ("giay-to.pdf", signed_file(("person", "agency"), "ho-so"), "application/pdf"),
        "metadata": (None, json.dumps(metadata), "application/json"),
    }
    uploaded = client.post("/v1/documents", files=form).json()
    address = f"/v1/documents/{uploaded['document_id']}"
    assert client.post(f"{address}/reuses", json={"dossier": dossier, "component": "GT.01"}).status_code == 200
    paper = convert(client, uploaded["document_id"])
    opened = client.post(f"{address}/disputes", json={"statement": "Ngày cấp sai."})
    assert (paper.status_code, opened.status_code) == (200, 200)
    target, unpacked = tmp_path / "dossier.zip", tmp_path / "unpacked"
    asked = ("--as", "Lan", "--reason", "Thanh tra", "--data", data)
    done = lienthong("archive", dossier, "--out", target, *asked)
    assert done.returncode == 0, done.stderr
    with zipfile.ZipFile(target) as package:
        package.extractall(unpacked)
    subprocess.run(["sha256sum", "--check", "--quiet", "SHA256SUMS"], cwd=unpacked, check=True)
    (found,) = json.loads((unpacked / "documents.json").read_text("utf-8"))
    assert [len(found[name]) for name in ("versions", "verdicts", "reuses", "disputes", "conversions")] == [1] * 5
    (sheets,) = found["bodies"]
    assert (unpacked / "bodies" / sheets.removeprefix("sha256:")).read_bytes() == paper.content
    trail = {entry["event"] for entry in json.loads((unpacked / "trail.json").read_text("utf-8"))}
    assert {reply.headers["lienthong-event"] for reply in (paper, opened)} <= trail
    assert "Thanh tra" in lienthong("trail", dossier, "--data", data).stdout
