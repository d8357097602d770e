"""Questions over HTTP: what is answered, what is refused and how, and what the ledger has of each."""

import asyncio
import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy.exc import OperationalError

from lienthong.adapters.clock import SystemClock
from lienthong.adapters.sql.identity import claim_world
from lienthong.adapters.sql.ledger import SqlLedger
from lienthong.http.service import Service
from lienthong.runtime.composition import Storage
from lienthong.runtime.endpoints import Endpoints
from tests.databases import open_embedded
from tests.novel_request import NOTE, NOVELS, SHELF, Library, settings_of
from tests.unit.http.conftest import Caller, add, open_app

QUICK = replace(NOVELS, name="quick", path="/v1/quick", within=timedelta(milliseconds=200))


def open_library(folder: Path, *, world: str = "live", when: str = "") -> Service:
    clock, database = SystemClock(), open_embedded(folder)
    claim_world(database, clock.now(), world=world)
    settings = settings_of(NOVELS, SHELF, NOTE, QUICK, when=when)
    return Service(Storage(settings, clock, database, SqlLedger(database, clock)), Endpoints(folder))


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Service]:
    Library.held, Library.asked = {}, ()
    Library.entered.clear()
    found = open_library(tmp_path)
    yield found
    for event in Library.held.values():
        event.set()
    found.close_responders()
    found.storage.close()


class Reader:
    """A client that asks."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.caller = Caller(open_app(service))
        self.headers = {"Authorization": f"Bearer {add(service, 'reader', 'novels')}", "Accept-Language": "en"}

    def __call__(self, method: str, path: str, **given: Any) -> httpx.Response:
        given["headers"] = self.headers | given.pop("headers", {})
        return self.caller(method, path, **given)

    def ask(self, novel: str, **more: Any) -> httpx.Response:
        return self("POST", "/v1/novels", json={"novel": novel, **more})

    def verdicts(self, reply: httpx.Response) -> list[str]:
        return [entry.verdict for entry in self.service.storage.ledger.trail(reply.headers["lienthong-event"])]


@pytest.fixture
def reader(library: Service) -> Reader:
    return Reader(library)


def sound(service: Service) -> None:
    ledger = service.storage.ledger
    balance = ledger.balance()
    assert not balance.faults
    assert {account.difference for account in balance.sources.values()} <= {0}
    assert not list(ledger.verify())
    assert ledger.in_flight() == 0


def test_a_question_is_answered_and_the_ledger_has_both(reader: Reader, library: Service) -> None:
    reply = reader.ask("Kieu")
    assert reply.status_code == 200
    event_id = reply.headers["lienthong-event"]
    assert reply.json() == {"check_id": event_id, "pages": 254}
    received, done = library.storage.ledger.trail(event_id)
    assert (received.verdict, received.stage, received.who) == ("received", "source.request.novels", "reader")
    assert (done.verdict, done.stage, done.turn, done.to) == ("done", "route.novels", 1, ())
    event = library.storage.ledger.latest_version("request.novels", ("novel-asked.v1", event_id))
    assert event is not None
    assert event.data["answer"] == reply.json()
    assert event.data["novel"] == "Kieu"
    assert event.data["client"] == "reader"
    sound(library)


def test_the_same_question_twice_is_two_events(reader: Reader, library: Service) -> None:
    first, second = reader.ask("Kieu"), reader.ask("Kieu")
    assert first.headers["lienthong-event"] != second.headers["lienthong-event"]
    assert library.storage.ledger.balance().sources["request.novels"].received == 2
    sound(library)


@pytest.mark.parametrize(
    ("novel", "status", "code", "verdict"),
    [
        ("none", 404, "not-known", "dropped"),
        ("secret", 400, "input-invalid", "dropped"),
        ("guessed", 429, "too-often", "dropped"),
        ("burnt", 503, "unavailable", "dropped"),
        ("broken", 500, "unexpected", "dead"),
        ("mute", 500, "unexpected", "dead"),
        ("odd", 500, "unexpected", "dead"),
    ],
)
def test_what_is_not_answered_is_a_problem_and_ends_at_the_route(
    reader: Reader, library: Service, novel: str, *, status: int, code: str, verdict: str
) -> None:
    reply = reader.ask(novel)
    assert (reply.status_code, reply.json()["code"]) == (status, code)
    assert reader.verdicts(reply) == ["received", verdict]
    assert len(library.storage.ledger.letters()) == (verdict == "dead")
    sound(library)


def test_a_step_that_refuses_names_the_field_to_the_caller_and_to_the_ledger(reader: Reader, library: Service) -> None:
    reply = reader.ask("secret")
    assert reply.json()["errors"] == [{"pointer": "/place/room", "detail": "bị cấm"}]
    assert "bị cấm" in library.storage.ledger.trail(reply.headers["lienthong-event"])[-1].reason


def test_a_step_that_refuses_a_client_states_why_and_when_to_come_again(reader: Reader) -> None:
    reply = reader.ask("guessed")
    assert (reply.headers["retry-after"], reply.json()["detail"]) == ("42", "hỏi quá nhiều")


def test_a_lookup_that_is_down_states_when_to_come_again(reader: Reader) -> None:
    assert reader.ask("burnt").headers["retry-after"] == "7"


def test_every_fault_is_listed_at_once(reader: Reader) -> None:
    reply = reader("POST", "/v1/novels", json={"tags": [1], "place": {"room": "x", "y": 1}, "nvel": 2})
    assert reply.status_code == 400
    pointers = {one["pointer"] for one in reply.json()["errors"]}
    assert pointers == {"/novel", "/tags/0", "/place/room", "/place/y", "/nvel"}


@pytest.mark.parametrize(
    "body",
    [
        b"", b"nothing", b"[]", b"null", b"\xff", b'{"novel": "a\\u0000b"}', b'{"novel": "\\ud800"}', b"[" * 9999,
        b'{"novel": "x", "weight": NaN}', b'{"novel": "x", "weight": 1e999}',
        b'{"novel": "x", "number": 1' + b"0" * 40 + b"}",
    ],
)  # fmt: skip
def test_what_is_no_question_is_400(reader: Reader, body: bytes) -> None:
    reply = reader("POST", "/v1/novels", content=body)
    assert (reply.status_code, reply.json()["code"]) == (400, "input-invalid")
    assert reply.json()["errors"]
    assert "lienthong-event" not in reply.headers


def test_a_body_of_another_kind_is_415(reader: Reader) -> None:
    reply = reader("POST", "/v1/novels", content=b"<a/>", headers={"Content-Type": "text/xml"})
    assert reply.status_code == 415


def test_fields_come_from_path_and_query(reader: Reader) -> None:
    reply = reader("GET", "/v1/shelves/7/novels/Kieu", params=[("tags", "a"), ("tags", "b"), ("weight", "2.5")])
    assert reply.json()["pages"] == 254
    event = reader.service.storage.ledger.latest_version(
        "request.shelf", ("novel-asked.v1", reply.headers["lienthong-event"])
    )
    assert event is not None
    fields = {key: event.data[key] for key in ("number", "novel", "tags", "weight")}
    assert fields == {"number": 7, "novel": "Kieu", "tags": ["a", "b"], "weight": 2.5}


def test_faults_of_path_and_query_name_their_place(reader: Reader) -> None:
    reply = reader("GET", "/v1/shelves/x/novels/Kieu", params={"weight": "y", "colour": "z"})
    assert {one["pointer"] for one in reply.json()["errors"]} == {"path/number", "query/weight", "query/colour"}
    twice = reader("GET", "/v1/shelves/1/novels/Kieu", params=[("weight", "1"), ("weight", "2"), ("novel", "x")])
    assert {one["pointer"] for one in twice.json()["errors"]} == {"query/weight", "query/novel"}


def test_a_path_completes_the_body(reader: Reader) -> None:
    assert reader("POST", "/v1/novels/Kieu/notes", json={"tags": ["a"]}).json()["pages"] == 254
    twice = reader("POST", "/v1/novels/Kieu/notes", json={"novel": "Kieu"})
    assert [one["pointer"] for one in twice.json()["errors"]] == ["/novel"]
    unknown = reader("POST", "/v1/novels/Kieu/notes", json={}, params={"x": "1"})
    assert [one["pointer"] for one in unknown.json()["errors"]] == ["query/x"]


def test_without_a_key_or_its_scope_nothing_is_asked(reader: Reader, library: Service) -> None:
    lacking = {"Authorization": f"Bearer {add(library, 'other-app', 'other')}"}
    assert reader("POST", "/v1/novels", json={"novel": "Kieu"}, headers=lacking).status_code == 403
    assert reader("POST", "/v1/novels", json={"novel": "Kieu"}, headers={"Authorization": ""}).status_code == 401
    assert "request.novels" not in library.storage.ledger.balance().sources


def test_a_question_beyond_its_time_is_503_and_recorded_as_such(reader: Reader, library: Service) -> None:
    Library.held = {"slow": threading.Event()}
    reply = reader("POST", "/v1/quick", json={"novel": "slow"})
    assert (reply.status_code, reply.json()["code"]) == (503, "unavailable")
    assert reply.headers["retry-after"]
    Library.held["slow"].set()
    library.close_responders()
    assert reader.verdicts(reply) == ["received", "dropped"]
    sound(library)


def test_a_slow_lookup_holds_no_other_question(reader: Reader) -> None:
    Library.held = {"slow": threading.Event()}

    async def both(client: httpx.AsyncClient) -> None:
        slow = asyncio.create_task(client.post("/v1/novels", json={"novel": "slow"}, headers=reader.headers))
        await asyncio.to_thread(Library.entered.wait, 10)
        assert (await client.post("/v1/novels", json={"novel": "Kieu"}, headers=reader.headers)).status_code == 200
        Library.held["slow"].set()
        assert (await slow).status_code == 200

    reader.caller.all(both)


def test_questions_that_wait_together_are_one_bundle_and_one_block(reader: Reader, library: Service) -> None:
    Library.held = {"slow": threading.Event(), "slower": threading.Event()}

    async def many(client: httpx.AsyncClient) -> None:
        held = []
        for novel in Library.held:
            Library.entered.clear()
            held.append(asyncio.create_task(client.post("/v1/novels", json={"novel": novel}, headers=reader.headers)))
            await asyncio.to_thread(Library.entered.wait, 10)
        waiting = [
            asyncio.create_task(client.post("/v1/novels", json={"novel": f"b{number}"}, headers=reader.headers))
            for number in range(20)
        ]
        responder = library.responders["novels"]
        while responder.waiting < len(waiting):
            await asyncio.sleep(0)
        for event in Library.held.values():
            event.set()
        assert {reply.status_code for reply in await asyncio.gather(*held, *waiting)} == {200}

    reader.caller.all(many)
    assert max(map(len, Library.asked)) == 20
    sound(library)


def test_one_question_of_a_bundle_that_fails_costs_itself(reader: Reader, library: Service) -> None:
    async def many(client: httpx.AsyncClient) -> list[int]:
        novels = ["Kieu", "broken", "none", "secret", "odd", "Kieu"]
        asked = [client.post("/v1/novels", json={"novel": novel}, headers=reader.headers) for novel in novels]
        return [reply.status_code for reply in await asyncio.gather(*asked)]

    assert reader.caller.all(many) == [200, 500, 404, 400, 500, 200]
    sound(library)


def test_too_many_that_wait_are_refused_at_once(reader: Reader, library: Service) -> None:
    responder = library.responders["novels"]
    responder.max_waiting = 0
    reply = reader.ask("Kieu")
    assert (reply.status_code, reply.headers["retry-after"]) == (503, "1")


def test_a_ledger_that_is_down_is_503_and_known_at_once(
    reader: Reader, library: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader.ask("Kieu")
    tries = []

    def fail(*_: Any) -> None:
        tries.append(1)
        raise OperationalError("", {}, Exception())

    with monkeypatch.context() as patched:
        patched.setattr(library.storage.database, "connect", fail)
        first, second = reader.ask("Kieu"), reader.ask("Kieu")
    assert (first.status_code, second.status_code) == (503, 503)
    assert len(tries) == 2  # the second question did not try
    assert first.headers["retry-after"]


def test_a_condition_that_does_not_hold_is_not_known(tmp_path: Path) -> None:
    service = open_library(tmp_path, when="data.novel != 'Kieu'")
    reader = Reader(service)
    assert reader.ask("Kieu").status_code == 404
    assert reader.ask("Other").status_code == 200
    service.close_responders()
    service.storage.close()


def test_a_recording_answers_and_is_marked(tmp_path: Path) -> None:
    service = open_library(tmp_path, world="recording")
    reply = Reader(service).ask("Kieu")
    assert (reply.status_code, reply.headers["lienthong-recording"]) == (200, "true")
    service.close_responders()
    service.storage.close()


def test_the_trace_of_the_caller_is_in_the_dead_letter(reader: Reader, library: Service) -> None:
    trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    reader("POST", "/v1/novels", json={"novel": "broken"}, headers={"traceparent": trace})
    (letter,) = library.storage.ledger.letters()
    assert letter.envelope.trace is not None
    assert letter.envelope.trace.split("-")[1] == trace.split("-")[1]
    assert json.loads(letter.envelope.data_json())["novel"] == "broken"
