"""Documents over HTTP, on the ledger of a recording: uploads, matches and disputes, each with its planted answer."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.command_line import lienthong
from tests.recording.conftest import assert_balanced, run_recording
from tests.serving import Serving
from tests.signed_documents import signed_file, write_trust

pytestmark = pytest.mark.slow

RECORDING = Path(__file__).parent / "documents"
ANSWERS = json.loads((RECORDING / "answers.json").read_text(encoding="utf-8"))
UPLOADS = [json.loads(line) for line in (RECORDING / "documents" / "index.jsonl").read_text("utf-8").splitlines()]
PURPOSE = "Thụ lý hồ sơ"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("documents")
    run_recording(RECORDING, folder / "data", folder / "out")
    return folder / "data"


@pytest.fixture(scope="module")
def client(data: Path) -> Iterator[httpx.Client]:
    """A one-stop system that asks."""
    serving = Serving(data, LIENTHONG_TRUST=str(write_trust(data.parent / "trust")))
    with as_client(data, serving.address, "motcua", "documents") as found:
        yield found
    serving.end()


@pytest.fixture(scope="module")
def agencies(client: httpx.Client, data: Path) -> Iterator[dict[str, httpx.Client]]:
    """By the code of an agency, a client that speaks for it; by none, one of another agency."""
    names = {"H08.17": "mot-cua-xa-thu-nghiem", "H08": "van-phong-ubnd-tinh-thu-nghiem", "": "so-noi-vu-thu-nghiem"}
    with ExitStack() as opened:
        yield {
            agency: opened.enter_context(as_client(data, str(client.base_url), name, "document-resolutions"))
            for agency, name in names.items()
        }


def as_client(data: Path, address: str, name: str, scope: str) -> httpx.Client:
    """A client of this name, with this scope alone."""
    options = ("--scope", scope, "--rate", "1000/s", "--json", "--data", data)
    added = lienthong("access", "client", "add", name, *options)
    return httpx.Client(
        base_url=address, headers={"Authorization": f"Bearer {json.loads(added.stdout)['key']}"}, timeout=60
    )


def upload(client: httpx.Client, path: str, content: bytes, metadata: dict[str, Any]) -> httpx.Response:
    form = {
        "file": ("giay-to.pdf", content, "application/pdf"),
        "metadata": (None, json.dumps(metadata), "application/json"),
    }
    return client.post(path, files=form)


@pytest.fixture(scope="module")
def uploaded(client: httpx.Client) -> dict[str, str]:
    """By file name, the id of its document, of every upload that has its right answer."""
    ids: dict[str, str] = {}
    for each in UPLOADS:
        metadata = {name: value for name, value in each["metadata"].items() if value is not None}
        reply = upload(client, "/v1/documents", signed_file(each["signers"], each["file"]), metadata)
        assert reply.status_code == each["status"], (each["file"], reply.text)
        if reply.is_success:
            ids[each["file"]] = reply.json()["document_id"]
            assert reply.json()["state"] == ("offered" if each["status"] == 201 else "kept")
        else:
            assert (reply.json()["code"], reply.json()["verdict"]["signatures"] == []) == (
                "document-not-accepted",
                not each["signers"],
            )
    return ids


def test_every_component_gets_what_is_planted(client: httpx.Client, uploaded: dict[str, str]) -> None:
    files = {document: file for file, document in uploaded.items()}
    for case in ANSWERS["matches"]:
        reply = client.post("/v1/documents/match", json=case["request"])
        assert reply.status_code == 200, reply.text
        components = reply.json()["components"]
        for got, expected in zip(components, case["expect"], strict=True):
            found = {
                **{name: got[name] for name in ("code", "outcome", "reason")},
                "files": [files[each["document_id"]] for each in got["candidates"]],
                "passed_over": [[files[each["document_id"]], each["why"]] for each in got["passed_over"]],
            }
            assert found == {name: value for name, value in expected.items() if name != "ahead"}
            assert [each["ahead"] for each in got["candidates"]] == expected.get(
                "ahead", [None] * len(expected["files"])
            )


def test_the_same_file_again_is_the_same_document(client: httpx.Client, uploaded: dict[str, str]) -> None:
    first = UPLOADS[0]
    reply = upload(client, "/v1/documents", signed_file(first["signers"], first["file"]), first["metadata"])
    assert (reply.status_code, reply.json()["document_id"]) == (200, uploaded[first["file"]])


def test_the_body_comes_back_and_a_list_needs_its_purpose(client: httpx.Client, uploaded: dict[str, str]) -> None:
    first = UPLOADS[0]
    address = f"/v1/documents/{uploaded[first['file']]}"
    body = client.get(f"{address}/content", params={"purpose": PURPOSE})
    assert body.content == signed_file(first["signers"], first["file"])
    assert client.get(f"{address}/content").status_code == 400
    citizen = {"citizen_id": first["metadata"]["citizen_id"]}
    assert client.post("/v1/documents/search", json=citizen).status_code == 400
    listed = client.post("/v1/documents/search", json={**citizen, "purpose": PURPOSE, "page_size": 3}).json()
    assert (listed["total"], len(listed["documents"])) == (7, 3)
    rest = {**citizen, "purpose": PURPOSE, "after": listed["next"]}
    assert len(client.post("/v1/documents/search", json=rest).json()["documents"]) == 4


def test_disputes_go_to_the_agency_and_every_reuser_hears_of_a_correction(
    client: httpx.Client, uploaded: dict[str, str], data: Path, agencies: dict[str, httpx.Client]
) -> None:
    for case in ANSWERS["disputes"]:
        of_agency, other = agencies[case["agency"]], agencies[""]
        _dispute(client, uploaded[case["file"]], case, by=of_agency, other_agency=other)
    run_recording(RECORDING, data, data.parent / "again")
    assert_balanced(data)
    database = sqlite3.connect(data / "lienthong.db")
    kept = database.execute("SELECT type, document_id, dossier FROM store_document_notices ORDER BY type, dossier")
    expected = sorted(
        [("document-dispute-opened.v1", uploaded[case["file"]], None) for case in ANSWERS["disputes"]]
        + [("document-dispute-resolved.v1", uploaded[case["file"]], None) for case in ANSWERS["disputes"]]
        + [
            ("document-corrected.v1", uploaded[case["file"]], dossier)
            for case in ANSWERS["disputes"]
            for dossier in (case["reused_by"] if case["outcome"] == "corrected" else ())
        ],
        key=str,
    )
    assert sorted(kept.fetchall(), key=str) == expected
    read = database.execute("SELECT what, client, purpose FROM store_document_accesses WHERE what = 'body'").fetchall()
    assert read[0] == ("body", "motcua", PURPOSE)
    database.close()


def test_the_issuing_agency_corrects_the_code_that_a_citizen_chose(
    client: httpx.Client, agencies: dict[str, httpx.Client]
) -> None:
    other = {"citizen_id": "052085007777", "result_code": "KQ.G15.000099", "agency": "H08.17"}
    added = upload(client, "/v1/documents", signed_file(("person", "agency"), "nham-ma"), other).json()
    plain = upload(client, "/v1/documents", signed_file((), "tu-nop"), {**other, "kind": "citizen_supplied"}).json()
    change = {"result_code": "KQ.G15.000031", "explanation": "Chọn nhầm mã.", "officer": "Bùi Minh Phúc"}
    address = f"/v1/documents/{added['document_id']}"
    assert client.post(f"{address}/reclassifications", json=change).status_code == 403  # without the scope
    agency, of_plain = agencies["H08.17"], f"/v1/documents/{plain['document_id']}/reclassifications"
    changed = [reply_of(agency.post(f"{address}/reclassifications", json=change)) for _ in range(2)]
    assert [each["changed"] for each in changed] == [True, False]
    assert (changed[0]["result_code"], changed[0]["state"]) == ("KQ.G15.000031", "offered")
    unsigned = agency.post(of_plain, json={**change, "kind": "result"})
    assert (unsigned.status_code, unsigned.json()["code"]) == (400, "document-not-accepted")
    found = reply_of(client.get(address))
    (kept,) = found["reclassifications"]
    assert (kept["client"], kept["officer"]) == ("mot-cua-xa-thu-nghiem", "Bùi Minh Phúc")
    assert (kept["before"]["result_code"], kept["after"]["result_code"]) == ("KQ.G15.000099", "KQ.G15.000031")
    assert (len(found["versions"]), len(found["verdicts"])) == (1, 2)


def _dispute(
    client: httpx.Client, document: str, case: dict[str, Any], *, by: httpx.Client, other_agency: httpx.Client
) -> None:
    address = f"/v1/documents/{document}"
    for dossier in case["reused_by"]:
        reuse = client.post(f"{address}/reuses", json={"dossier": dossier, "component": "GT.01"})
        assert (reply_of(reuse)["version"], reply_of(reuse)["dossier"]) == (1, dossier)
    opened = reply_of(client.post(f"{address}/disputes", json={"statement": "Ngày cấp sai."}))
    assert (opened["opened"], opened["agency"]) == (True, case["agency"])
    again = reply_of(client.post(f"{address}/disputes", json={"statement": "Vẫn sai."}))
    assert (again["opened"], again["dispute_id"]) == (False, opened["dispute_id"])
    assert reply_of(client.get(address))["why_not"] == "disputed"
    refused = client.post(f"{address}/reuses", json={"dossier": "H9", "component": "GT.01"})
    assert refused.status_code == 400
    resolution = {"outcome": case["outcome"], "explanation": "Đã đối chiếu sổ gốc."}
    of_dispute = f"/v1/disputes/{opened['dispute_id']}"
    foreign = other_agency.post(f"{of_dispute}/resolution", json={"outcome": "upheld", "explanation": "x"})
    assert (foreign.status_code, foreign.json()["code"]) == (403, "not-the-issuing-agency")
    assert client.post(f"{of_dispute}/resolution", json=resolution).status_code == 403  # without the scope
    if case["outcome"] == "corrected":
        assert by.post(f"{of_dispute}/resolution", json=resolution).status_code == 400
        unbound = upload(other_agency, f"{of_dispute}/versions", signed_file(("person", "agency"), "ban-dung"), {})
        assert unbound.status_code == 403
        added = upload(by, f"{of_dispute}/versions", signed_file(("person", "agency"), "ban-dung"), {"number": "12/ĐC"})
        assert added.status_code == 201, added.text
        resolution["version"] = added.json()["version"]
    for _ in range(2):
        resolved = reply_of(by.post(f"{of_dispute}/resolution", json=resolution))
        assert (resolved["state"], resolved["late"]) == (case["outcome"], False)
    other = {"outcome": "upheld" if case["outcome"] == "corrected" else "corrected", "explanation": "x", "version": 2}
    assert by.post(f"{of_dispute}/resolution", json=other).status_code == 400
    found = reply_of(client.get(address))
    assert (found["offered"], found["dispute"]) == (True, None)
    assert found["superseded"] == ([1] if case["outcome"] == "corrected" else [])


def reply_of(reply: httpx.Response) -> dict[str, Any]:
    assert reply.status_code == 200, reply.text
    return dict(reply.json())
