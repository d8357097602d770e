"""Questions with files, over HTTP: what is kept, what is refused and how, and answers that are a file."""

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from lienthong.adapters.clock import SystemClock
from lienthong.adapters.files.folder import FolderFiles
from lienthong.adapters.sql.identity import claim_world
from lienthong.adapters.sql.ledger import SqlLedger
from lienthong.http.file_replies import disposition
from lienthong.http.service import Service
from lienthong.runtime.composition import Storage
from lienthong.runtime.endpoints import Endpoints
from tests.databases import open_embedded
from tests.scan_request import Catalogue, scan_settings
from tests.unit.http.conftest import Caller, add, open_app
from tests.unit.http.test_document import statuses_of
from tests.unit.http.test_requests import sound

PDF = b"%PDF-1.7 gi\xe1\xba\xa5y"
DIGEST = "sha256:" + hashlib.sha256(PDF).hexdigest()


def open_scans(folder: Path) -> Service:
    clock, database = SystemClock(), open_embedded(folder)
    claim_world(database, clock.now(), world="live")
    ledger, files = SqlLedger(database, clock), FolderFiles(folder / "files")
    return Service(Storage(scan_settings(), clock, database, ledger, files=files), Endpoints(folder))


@pytest.fixture
def scans(tmp_path: Path) -> Iterator[Service]:
    found = open_scans(tmp_path)
    yield found
    found.close_responders()
    found.storage.close()


class Clerk:
    """A client that deposits scans."""

    def __init__(self, service: Service, folder: Path, **limits: Any) -> None:
        self.service, self.folder = service, folder / "files"
        self.caller = Caller(open_app(service, **limits))
        self.headers = {"Authorization": f"Bearer {add(service, 'clerk', 'scans')}", "Accept-Language": "en"}

    def __call__(self, method: str, path: str, **given: Any) -> httpx.Response:
        given["headers"] = self.headers | given.pop("headers", {})
        return self.caller(method, path, **given)

    def deposit(
        self,
        content: bytes = PDF,
        *,
        name: str = "giay.pdf",
        kind: str = "application/pdf",
        headers: Any = None,
        **metadata: Any,
    ) -> httpx.Response:
        files = {
            "file": (name, content, kind),
            "metadata": ("", json.dumps({"shelf": 3, **metadata}).encode(), "application/json"),
        }
        return self("POST", "/v1/scans", files=files, headers=headers or {})

    def kept(self) -> list[bytes]:
        """The bodies and the drafts that are there."""
        return [path.read_bytes() for path in self.folder.rglob("*") if path.is_file()]

    def event(self, reply: httpx.Response) -> Any:
        event_id = reply.headers["lienthong-event"]
        event = self.service.storage.ledger.latest_version("request.scans", ("scan.v1", event_id))
        assert event is not None
        return event.data


@pytest.fixture
def clerk(scans: Service, tmp_path: Path) -> Clerk:
    return Clerk(scans, tmp_path)


def test_a_file_is_kept_and_the_event_names_it(clerk: Clerk, scans: Service) -> None:
    reply = clerk.deposit(title="Giấy phép")
    assert (reply.status_code, reply.headers["location"]) == (201, f"/v1/scans/{DIGEST.replace(':', '%3A')}")
    assert reply.json() == {"scan_id": reply.headers["lienthong-event"], "digest": DIGEST}
    data = clerk.event(reply)
    assert data["file"] == {
        "digest": DIGEST,
        "size": len(PDF),
        "file_name": "giay.pdf",
        "media_type": "application/pdf",
    }
    assert (data["shelf"], data["title"], data["client"], data["answer_status"]) == (3, "Giấy phép", "clerk", 201)
    assert clerk.kept() == [PDF]
    sound(scans)


@pytest.mark.parametrize(("title", "status"), [("doubtful", 202), ("", 201)])
def test_the_steps_choose_the_status(clerk: Clerk, title: str, status: int) -> None:
    reply = clerk.deposit(title=title)
    assert (reply.status_code, "location" in reply.headers) == (status, status == 201)


@pytest.mark.parametrize("title", ["odd", "unknown code"])
def test_a_reply_that_the_file_of_the_request_does_not_list_is_a_programming_error(clerk: Clerk, title: str) -> None:
    reply = clerk.deposit(title=title)
    assert (reply.status_code, reply.json()["code"]) == (500, "unexpected")
    trail = clerk.service.storage.ledger.trail(reply.headers["lienthong-event"])
    assert [entry.verdict for entry in trail] == ["received", "dead"]


def test_a_refusal_has_its_code_all_its_reasons_and_what_the_step_adds(clerk: Clerk, scans: Service) -> None:
    reply = clerk.deposit(title="torn")
    assert reply.status_code == 400
    assert reply.headers["content-type"] == "application/problem+json"
    assert reply.json() == {
        "type": "urn:lienthong:problem:torn",
        "title": "The question is not accepted",
        "status": 400,
        "code": "torn",
        "detail": "bản quét hỏng",
        "errors": [{"pointer": "/file", "detail": "bị rách"}, {"pointer": "/title", "detail": "không khớp"}],
        "verdict": {"indication": "TOTAL-FAILED"},
    }
    trail = scans.storage.ledger.trail(reply.headers["lienthong-event"])
    assert [entry.verdict for entry in trail] == ["received", "dropped"]
    sound(scans)


def test_every_fault_is_listed_at_once_and_nothing_is_kept(clerk: Clerk) -> None:
    parts = {"metadata": ("", b'{"shelf": -1, "colour": 1}', "application/json"), "extra": ("", b"x", "text/plain")}
    reply = clerk("POST", "/v1/scans", files=parts)
    assert (reply.status_code, reply.json()["code"]) == (400, "input-invalid")
    pointers = [one["pointer"] for one in reply.json()["errors"]]
    assert sorted(pointers) == ["/colour", "/extra", "/file", "/shelf"]
    assert clerk.deposit(shelf=-1).status_code == 400
    assert clerk.deposit(file={"digest": "x"}).json()["errors"][0]["pointer"] == "/file"
    assert clerk.kept() == []


def test_a_form_of_many_parts_is_refused_at_the_seventeenth(clerk: Clerk) -> None:
    parts = [("extra", ("", b"", "text/plain"))] * 1_000
    reply = clerk("POST", "/v1/scans", files=parts)
    assert (reply.status_code, reply.json()["code"], len(reply.json()["errors"])) == (400, "input-invalid", 16)


@pytest.mark.parametrize("metadata", [b"{", b"[]", b"null", b"\xff", b'{"shelf": 1e999}'])
def test_metadata_that_is_no_object(clerk: Clerk, metadata: bytes) -> None:
    parts = {"file": ("a.pdf", PDF, "application/pdf"), "metadata": ("", metadata, "application/json")}
    assert clerk("POST", "/v1/scans", files=parts).status_code == 400
    assert clerk.kept() == []


@pytest.mark.parametrize("size", [100_000, 100_001])
def test_a_file_has_a_largest_size(clerk: Clerk, size: int) -> None:
    reply = clerk.deposit(b"x" * size)
    assert reply.status_code == (201 if size == 100_000 else 413)
    assert len(clerk.kept()) == (1 if size == 100_000 else 0)


def test_a_body_that_is_larger_than_it_announces_is_refused_as_it_comes(clerk: Clerk) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        yield b'--x\r\nContent-Disposition: form-data; name="none"\r\n\r\n'
        while sent < 50_000_000:
            sent += 65_536
            yield b"y" * 65_536

    reply = clerk("POST", "/v1/scans", content=endless(), headers={"Content-Type": "multipart/form-data; boundary=x"})
    assert (reply.status_code, reply.json()["code"], reply.headers["connection"]) == (413, "body-too-large", "close")
    assert clerk.kept() == []


def test_a_body_that_does_not_come_in_time_is_refused(scans: Service, tmp_path: Path) -> None:
    clerk, held = Clerk(scans, tmp_path, body_seconds=0.05), asyncio.Event()

    async def slow() -> AsyncIterator[bytes]:
        yield b'--x\r\nContent-Disposition: form-data; name="file"\r\nContent-Type: image/png\r\n\r\n'
        await held.wait()

    status = asyncio.run(_send(clerk, slow()))
    assert status == 408
    assert clerk.kept() == []


async def _send(clerk: Clerk, body: AsyncIterator[bytes]) -> int:
    """The status of a request whose body is given to the application as it comes, which httpx does not do."""
    headers = {**clerk.headers, "Content-Type": "multipart/form-data; boundary=x"}
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/v1/scans",
        "raw_path": b"/v1/scans",
        "query_string": b"",
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
    }
    sent: list[Any] = []

    async def receive() -> Any:
        piece = await anext(body, None)
        return {"type": "http.request", "body": piece, "more_body": True} if piece else {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    await clerk.caller.app(scope, receive, send)
    return int(sent[0]["status"])


def test_a_caller_that_goes_away_leaves_nothing(clerk: Clerk) -> None:
    async def broken() -> AsyncIterator[bytes]:
        yield b'--x\r\nContent-Disposition: form-data; name="file"\r\nContent-Type: image/png\r\n\r\n' + b"z" * 1000

    assert asyncio.run(_send(clerk, broken())) == 400
    assert clerk.kept() == []


@pytest.mark.parametrize(
    ("headers", "content", "status"),
    [
        ({"Content-Type": "application/json"}, b'{"shelf": 3}', 415),
        ({}, PDF, 415),
        ({"Content-Type": "multipart/form-data"}, b"--x--", 400),
        ({"Content-Type": "multipart/form-data; boundary=x"}, b"no form", 400),
        ({"Content-Type": "multipart/form-data; boundary=x"}, b"", 400),
        (
            {"Content-Type": "multipart/form-data; boundary=x"},
            b'--x\r\nContent-Disposition: form-data; name="file"',
            400,
        ),
        ({"Content-Type": "multipart/form-data; boundary=x"}, b"--x\r\n" + b"A" * 20_000, 400),
        ({"Content-Type": f"multipart/form-data; boundary={'x' * 500}"}, b"--x--", 400),
    ],
)
def test_what_is_no_form(clerk: Clerk, headers: dict[str, str], content: bytes, status: int) -> None:
    reply = clerk("POST", "/v1/scans", content=content, headers=headers)
    assert reply.status_code == status, reply.text
    assert clerk.kept() == []


def test_a_file_of_another_kind_is_refused_before_it_is_read(clerk: Clerk) -> None:
    reply = clerk.deposit(kind="text/html")
    assert (reply.status_code, reply.json()["errors"][0]["pointer"]) == (415, "/file")
    assert clerk.kept() == []


def test_a_caller_without_key_or_scope_sends_nothing(clerk: Clerk) -> None:
    assert clerk.deposit(headers={"Authorization": ""}).status_code == 401
    other = {"Authorization": f"Bearer {add(clerk.service, 'other', 'novels')}"}
    assert clerk.deposit(headers=other).status_code == 403
    assert clerk.kept() == []


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("Giấy tờ.pdf", "Giấy tờ.pdf"),
        ("C:\\Users\\An\\don.pdf", "don.pdf"),
        ("../../etc/passwd", "passwd"),
        ("a\u202efdp.exe", "afdp.exe"),
        ("..", "file"),
        ("x" * 300 + ".pdf", "x" * 251 + ".pdf"),
    ],
)
def test_the_name_of_a_file_has_no_folders_and_hides_nothing(clerk: Clerk, written: str, kept: str) -> None:
    assert clerk.event(clerk.deposit(name=written))["file"]["file_name"] == kept


def test_the_same_key_is_answered_once(clerk: Clerk, scans: Service) -> None:
    key = {"Idempotency-Key": "8f1"}
    first, second = clerk.deposit(headers=key), clerk.deposit(headers=key)
    assert first.json() == second.json() and first.status_code == second.status_code == 201
    assert second.headers["idempotency-replayed"] == "true"
    assert second.headers["location"] == first.headers["location"]
    assert scans.storage.ledger.balance().sources["request.scans"].received == 1
    other = clerk.deposit(b"%PDF other", headers=key)
    assert (other.status_code, other.json()["code"]) == (400, "idempotency-key-reused")
    assert clerk.deposit(title="torn", headers={"Idempotency-Key": "2"}).status_code == 400
    assert clerk.deposit(title="torn", headers={"Idempotency-Key": "2"}).status_code == 400
    sound(scans)


def test_two_at_a_time_with_one_key_make_one_event(clerk: Clerk, scans: Service) -> None:
    headers = {**clerk.headers, "Idempotency-Key": "same"}
    parts = {"file": ("a.pdf", PDF, "application/pdf"), "metadata": ("", b'{"shelf": 3}', "application/json")}

    async def several(client: httpx.AsyncClient) -> list[httpx.Response]:
        asked = [client.post("/v1/scans", files=parts, headers=headers) for _ in range(6)]
        return list(await asyncio.gather(*asked))

    replies = clerk.caller.all(several)
    assert {reply.status_code for reply in replies} <= {201, 503}
    assert len({reply.text for reply in replies if reply.status_code == 201}) == 1
    assert scans.storage.ledger.balance().sources["request.scans"].received == 1
    sound(scans)


def test_a_file_is_answered_to_be_saved(clerk: Clerk, scans: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    clerk.deposit()
    reply = clerk("GET", f"/v1/scans/{DIGEST}")
    assert (reply.status_code, reply.content) == (200, PDF)
    assert reply.headers["content-type"] == "application/pdf"
    assert reply.headers["content-length"] == str(len(PDF))
    assert reply.headers["x-content-type-options"] == "nosniff"
    assert reply.headers["etag"] == f'"{DIGEST}"'
    assert reply.headers["repr-digest"].startswith("sha-256=:")
    quoted = "Gi%E1%BA%A5y%20ph%C3%A9p%20s%E1%BB%91%205.pdf"
    assert reply.headers["content-disposition"] == (
        f"attachment; filename=\"Gi_y ph_p s_ 5.pdf\"; filename*=UTF-8''{quoted}"
    )
    asked = scans.storage.ledger.latest_version(
        "request.scan-content", ("scan-read.v1", reply.headers["lienthong-event"])
    )
    assert asked is not None and (asked.data["client"], asked.data["digest"]) == ("clerk", DIGEST)
    monkeypatch.setattr(Catalogue, "media_type", "text/html")
    assert clerk("GET", f"/v1/scans/{DIGEST}").headers["content-type"] == "application/octet-stream"


def test_a_large_file_comes_back_whole(clerk: Clerk) -> None:
    content = bytes(range(256)) * 390
    digest = clerk.deposit(content).json()["digest"]
    assert clerk("GET", f"/v1/scans/{digest}").content == content


def test_a_body_that_is_missing_is_a_fault_of_the_bus(clerk: Clerk, monkeypatch: pytest.MonkeyPatch) -> None:
    assert clerk("GET", "/v1/scans/none").status_code == 404
    monkeypatch.setattr(Catalogue, "knows_all", True)
    reply = clerk("GET", "/v1/scans/sha256:" + "0" * 64)
    assert (reply.status_code, reply.json()["code"]) == (500, "unexpected")


def test_names_in_content_disposition() -> None:
    assert disposition("a b.pdf") == 'attachment; filename="a b.pdf"'
    assert disposition('a"\r\nb') == "attachment; filename=\"a___b\"; filename*=UTF-8''a%22%0D%0Ab"


def test_the_document_shows_the_form_the_statuses_and_the_file(clerk: Clerk) -> None:
    paths = clerk("GET", "/v1/openapi.json").json()["paths"]
    deposit, content = paths["/v1/scans"]["post"], paths["/v1/scans/{digest}"]["get"]
    form = deposit["requestBody"]["content"]["multipart/form-data"]
    assert form["schema"]["required"] == ["file", "metadata"]
    assert form["encoding"]["file"]["contentType"] == "application/pdf, image/png"
    assert "file" not in form["schema"]["properties"]["metadata"]["properties"]
    assert {"200", "201", "202", "400", "413", "415"} <= set(deposit["responses"])
    assert (
        "Location" in deposit["responses"]["201"]["headers"] and "`torn`" in deposit["responses"]["400"]["description"]
    )
    assert content["responses"]["200"]["content"]["*/*"]["schema"]["format"] == "binary"
    page = clerk("GET", "/docs").text
    assert "multipart/form-data" in page and "metadata" in page


@pytest.mark.slow
def test_what_the_document_allows_of_uploads_has_documented_statuses(tmp_path: Path) -> None:
    service = open_scans(tmp_path)
    assert {201, 400} <= statuses_of(service).keys()
    service.close_responders()
    service.storage.close()
