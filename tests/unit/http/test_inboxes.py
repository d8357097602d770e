"""`POST /in/NAME`: who may push, what is refused, and that nothing of a push is lost or doubled."""

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest

from lienthong.access.rate import Rate
from lienthong.adapters.sql.pushes import SqlPushNotes
from lienthong.errors import Transient
from lienthong.http.service import Service
from lienthong.ports import ReplyKey
from lienthong.route import Route
from lienthong.settings import InboxSettings
from tests.unit.http.conftest import Caller, add, open_app, open_service

HERE = "tests.unit.http.pushed"


def inbox(name: str, kind: str, **more: Any) -> InboxSettings:
    given: dict[str, Any] = {"scope": f"inbox:{name}", "use": f"{HERE}.{kind}"} | more
    return InboxSettings(name=name, **given)


def serve_inboxes(service: Service, *inboxes: InboxSettings) -> Service:
    """The service with these inboxes, and a route for each."""
    routes = {one.name: Route(one.name, "", one.source, None, (), ()) for one in inboxes}
    settings = replace(service.storage.settings, inboxes={one.name: one for one in inboxes}, routes=routes)
    return replace(service, storage=replace(service.storage, settings=settings))


@pytest.fixture
def serving(service: Service) -> Service:
    return serve_inboxes(
        service,
        inbox("letters", "Plain", max_records=3),
        inbox("wire", "Wire", access="wire", rate=Rate(5, 3600)),
        inbox("broken", "Broken"),
    )


@pytest.fixture
def push(serving: Service) -> Iterator[Caller]:
    return Caller(open_app(serving))  # type: ignore[return-value]  # a fixture without an end


@pytest.fixture
def key(serving: Service) -> dict[str, str]:
    return {"Authorization": f"Bearer {add(serving, 'office', 'inbox:*')}"}


def letters(*codes: str) -> Mapping[str, Any]:
    return {"letters": [{"code": code} for code in codes]}


def received(service: Service, name: str = "letters") -> int:
    return service.storage.ledger.received_count(f"inbox.{name}")


def test_what_is_pushed_is_in_the_ledger_with_its_client(serving: Service, push: Caller, key: dict[str, str]) -> None:
    reply = push("POST", "/in/letters", json=letters("a", "b"), headers=key)
    assert (reply.status_code, reply.content) == (204, b"")
    (entry,) = serving.storage.ledger.trail("a")
    assert (entry.stage, entry.to, entry.who) == ("source.inbox.letters", ("route.letters",), "office")
    assert received(serving) == 2
    assert list(serving.storage.ledger.verify()) == []


def test_a_push_that_is_repeated_doubles_nothing(serving: Service, push: Caller, key: dict[str, str]) -> None:
    for _ in range(3):
        assert push("POST", "/in/letters", json=letters("a", "b"), headers=key).status_code == 204
    assert received(serving) == 2


def test_pushes_at_the_same_time_are_all_received(serving: Service, push: Caller, key: dict[str, str]) -> None:
    async def many(client: httpx.AsyncClient) -> list[httpx.Response]:
        pushes = (client.post("/in/letters", json=letters(f"{n % 30}"), headers=key) for n in range(60))
        return list(await asyncio.gather(*pushes))

    assert {reply.status_code for reply in push.all(many)} == {204}
    assert received(serving) == 30


def test_versions_of_one_record_pushed_at_once_are_versions(
    serving: Service, push: Caller, key: dict[str, str]
) -> None:
    def version(number: int) -> Mapping[str, Any]:
        return {"letters": [{"code": "a", "version": number}]}

    async def all_at_once(client: httpx.AsyncClient) -> None:
        await asyncio.gather(*(client.post("/in/letters", json=version(n), headers=key) for n in range(9)))

    push.all(all_at_once)
    assert received(serving) == 9


@pytest.mark.parametrize(("scope", "status", "code"), [("", 401, "key-missing"), ("inbox:other", 403, "scope-lacking")])
def test_who_may_not_push_is_refused(serving: Service, push: Caller, scope: str, status: int, code: str) -> None:
    headers = {"Authorization": f"Bearer {add(serving, 'other', scope)}"} if scope else {}
    reply = push("POST", "/in/letters", json=letters("a"), headers=headers)
    assert (reply.status_code, reply.json()["code"]) == (status, code)
    assert received(serving) == 0


def test_an_inbox_without_a_route_is_not_there(serving: Service, key: dict[str, str]) -> None:
    settings = replace(serving.storage.settings, routes={})
    caller = Caller(open_app(replace(serving, storage=replace(serving.storage, settings=settings))))
    assert caller("POST", "/in/letters", json=letters("a"), headers=key).status_code == 404


@pytest.mark.parametrize(
    "body", [b"", b"{", b"\xff\xfe", b"[" * 100_000, b'{"letters": 3}', b'{"letters": [1]}', b"\0"]
)
def test_what_cannot_be_read_is_400_or_a_fault_of_the_class_and_nothing_is_recorded(
    serving: Service, push: Caller, key: dict[str, str], body: bytes
) -> None:
    reply = push("POST", "/in/letters", content=body, headers=key)
    assert reply.status_code in (400, 500)
    assert received(serving) == 0


def test_a_rejected_push_names_its_field(push: Caller, key: dict[str, str]) -> None:
    reply = push("POST", "/in/letters", content=b"[]", headers=key)
    assert (reply.status_code, reply.json()["code"]) == (400, "input-invalid")
    assert reply.json()["errors"] == [{"pointer": "/letters", "detail": "không phải danh sách thư"}]


def test_a_push_holds_so_many_records(serving: Service, push: Caller, key: dict[str, str]) -> None:
    assert push("POST", "/in/letters", json=letters("a", "b", "c"), headers=key).status_code == 204
    assert push("POST", "/in/letters", json=letters("d", "e", "f", "g"), headers=key).status_code == 400
    assert received(serving) == 3


def test_an_encoded_body_is_415(push: Caller, key: dict[str, str]) -> None:
    reply = push("POST", "/in/letters", content=b"\x1f\x8b", headers=key | {"Content-Encoding": "gzip"})
    assert (reply.status_code, reply.json()["code"]) == (415, "media-type")


@pytest.mark.parametrize(
    ("body", "status"),
    [("transient", 503), ("error", 500), ("exit", 500), ("none", 500), ("deep", 400), ("reply", 500), ("header", 500)],
)
def test_a_mistake_in_its_class_costs_the_push_alone(
    serving: Service, push: Caller, key: dict[str, str], body: str, status: int
) -> None:
    reply = push("POST", "/in/broken", content=body.encode(), headers=key)
    assert reply.status_code == status
    assert "012345678901" not in reply.text
    assert received(serving, "broken") == 0
    assert push("POST", "/in/broken", content=b"1", headers=key).status_code == 204
    assert received(serving, "broken") == 1


def test_what_is_no_record_is_received_and_dies_at_its_route(
    serving: Service, push: Caller, key: dict[str, str]
) -> None:
    assert push("POST", "/in/broken", content=b"odd", headers=key).status_code == 204
    assert received(serving, "broken") == 3


def test_a_reply_that_fails_after_the_commit_is_500_and_the_record_is_kept(
    serving: Service, push: Caller, key: dict[str, str]
) -> None:
    assert push("POST", "/in/broken", content=b"late", headers=key).status_code == 500
    assert received(serving, "broken") == 1


def test_a_wire_states_what_was_new_and_knows_its_pusher(serving: Service, push: Caller) -> None:
    headers = {"session": "s3"}
    first = push("POST", "/in/wire", json=letters("a"), headers=headers)
    second = push("POST", "/in/wire", json=letters("a", "b"), headers=headers)
    third = push("POST", "/in/wire", json=letters("a", "b"), headers=headers)
    assert first.json() == {"error_code": 0, "new": [True]}
    assert second.json() == {"error_code": 0, "new": [False, True]}
    assert third.json() == {"error_code": 1, "new": [False, False]}
    assert serving.storage.ledger.trail("a")[0].who == ""


def test_a_wire_is_refused_in_words_of_the_wire(serving: Service, push: Caller) -> None:
    unknown = push("POST", "/in/wire", json=letters("a"))
    assert (unknown.status_code, unknown.json()) == (401, {"error_code": -1, "message": "sai session"})
    wrong = push("POST", "/in/wire", content=b"{", headers={"session": "s3"})
    assert wrong.status_code == 400
    assert "không phải danh sách thư" in wrong.json()["message"]
    statuses = [push("POST", "/in/wire", json=letters("a"), headers={"session": "s3"}) for _ in range(4)]
    assert [one.status_code for one in statuses] == [200, 200, 200, 429]
    assert statuses[-1].json()["error_code"] == -1
    assert int(statuses[-1].headers["retry-after"]) > 1


def test_a_larger_body_than_elsewhere_may_be_pushed(service: Service) -> None:
    serving = serve_inboxes(service, inbox("letters", "Plain", max_bytes=3000), inbox("small", "Plain", max_bytes=30))
    headers = {"Authorization": f"Bearer {add(serving, 'office', 'inbox:*')}"}
    push = Caller(open_app(serving, body_limit=100))
    assert push("POST", "/in/letters", json=letters("a" * 400), headers=headers).status_code == 204
    assert push("POST", "/in/letters", json=letters("a" * 4000), headers=headers).status_code == 413
    assert push("POST", "/in/small", json=letters("a" * 40), headers=headers).status_code == 413
    assert push("POST", "/v1/client", content=b"a" * 101, headers=headers).status_code == 413


def test_pushes_are_refused_while_too_much_waits(serving: Service) -> None:
    full = serve_inboxes(serving, inbox("letters", "Plain", room=2))
    headers = {"Authorization": f"Bearer {add(full, 'office', 'inbox:*')}"}
    Caller(open_app(full))("POST", "/in/letters", json=letters("a", "b", "c"), headers=headers)
    with full.storage.ledger.transaction() as transaction:
        transaction.mark_published("inbox.letters", range(1, 3))
    push = Caller(open_app(full))
    replies = [push("POST", "/in/letters", json=letters(code), headers=headers) for code in "def"]
    assert [one.status_code for one in replies] == [204, 503, 503]
    assert int(replies[-1].headers["retry-after"]) == 30


def test_a_ledger_that_is_down_is_503_at_once(serving: Service, key: dict[str, str]) -> None:
    calls: list[str] = []

    class Down:
        def transaction(self) -> None:
            calls.append("transaction")
            raise Transient("máy chủ không trả lời")

        def unpublished_count(self, _: str) -> int:
            return 0

    ledger: Any = Down()
    push = Caller(open_app(replace(serving, storage=replace(serving.storage, ledger=ledger))))
    replies = [push("POST", "/in/letters", json=letters("a"), headers=key) for _ in range(5)]
    assert {one.status_code for one in replies} == {503}
    assert all(int(one.headers["retry-after"]) >= 1 for one in replies)
    assert len(calls) == 1


def test_a_recording_receives_nothing(tmp_path: Path) -> None:
    service = serve_inboxes(open_service(tmp_path, "recording"), inbox("letters", "Plain"))
    reply = Caller(open_app(service))("POST", "/in/letters", json=letters("a"))
    assert (reply.status_code, reply.json()["code"], reply.json()["recording"]) == (403, "recording", True)
    assert received(service) == 0
    service.storage.close()


def test_the_document_has_each_inbox(push: Caller) -> None:
    paths = push("GET", "/v1/openapi.json").json()["paths"]
    assert {"/in/letters", "/in/wire", "/in/broken"} <= paths.keys()
    posted = paths["/in/letters"]["post"]
    assert {"2XX", "400", "401", "403", "408", "413", "415", "429", "500", "503"} <= posted["responses"].keys()
    assert posted["security"] == [{"key": ["inbox:letters"]}]
    assert paths["/in/wire"]["post"]["security"] == []


def with_key(key: dict[str, str], value: str) -> dict[str, str]:
    return key | {"Idempotency-Key": value}


def test_a_push_with_a_key_gets_the_same_reply_again(serving: Service, push: Caller) -> None:
    headers = {"session": "s3", "Idempotency-Key": '"k1"'}
    first = push("POST", "/in/wire", json=letters("a"), headers=headers)
    again = push("POST", "/in/wire", json=letters("a"), headers=headers)
    assert first.json() == again.json() == {"error_code": 0, "new": [True]}
    assert again.headers["content-type"] == "application/json"
    assert ("idempotency-replayed" in first.headers, again.headers["idempotency-replayed"]) == (False, "true")
    assert push("POST", "/in/wire", json=letters("a"), headers={"session": "s3"}).json()["error_code"] == 1


def test_a_key_is_for_one_body(serving: Service, push: Caller, key: dict[str, str]) -> None:
    assert push("POST", "/in/letters", json=letters("a"), headers=with_key(key, "k")).status_code == 204
    reused = push("POST", "/in/letters", json=letters("b"), headers=with_key(key, "k"))
    assert (reused.status_code, reused.json()["code"]) == (400, "idempotency-key-reused")
    assert reused.json()["errors"][0]["pointer"] == "header/Idempotency-Key"
    assert received(serving) == 1
    other = {"Authorization": f"Bearer {add(serving, 'other', 'inbox:*')}"}
    assert push("POST", "/in/letters", json=letters("b"), headers=with_key(other, "k")).status_code == 204


def test_a_key_of_a_refused_push_may_be_used_again(serving: Service, push: Caller, key: dict[str, str]) -> None:
    assert push("POST", "/in/letters", content=b"{", headers=with_key(key, "k")).status_code == 400
    assert push("POST", "/in/letters", json=letters("b"), headers=with_key(key, "k")).status_code == 204


def test_a_key_used_at_the_same_time_is_one_push(serving: Service, push: Caller, key: dict[str, str]) -> None:
    async def many(client: httpx.AsyncClient) -> list[httpx.Response]:
        pushes = (client.post("/in/letters", json=letters("a"), headers=with_key(key, "k")) for _ in range(20))
        return list(await asyncio.gather(*pushes))

    replies = push.all(many)
    assert {reply.status_code for reply in replies} == {204}
    assert sum("idempotency-replayed" in reply.headers for reply in replies) == 19
    assert received(serving) == 1


@pytest.mark.parametrize("value", ["", '""', "a b", '"a', "x" * 256, "é".encode()])
def test_what_is_no_key_is_400(push: Caller, key: dict[str, str], value: Any) -> None:
    reply = push("POST", "/in/letters", json=letters("a"), headers=with_key(key, value))
    assert (reply.status_code, reply.json()["code"]) == (400, "input-invalid")


def test_what_was_pushed_and_refused_is_noted(serving: Service, push: Caller, key: dict[str, str]) -> None:
    for _ in range(2):
        push("POST", "/in/letters", json=letters("a"), headers=key)
        push("POST", "/in/letters", content=b"{", headers=key)
        serving.write_notes()
    push("POST", "/in/letters", json=letters("a"))
    serving.write_notes()
    noted = SqlPushNotes(serving.storage.database).read()["letters"]
    assert (noted.pushes, noted.refused, noted.refusal) == (2, 3, "key-missing")
    assert noted.pushed_at and noted.new_at and noted.refused_at
    assert noted.new_at < noted.pushed_at < noted.refused_at


def test_a_reply_is_kept_for_a_day(serving: Service, push: Caller, key: dict[str, str]) -> None:
    push("POST", "/in/letters", json=letters("a"), headers=with_key(key, "k"))
    serving.write_notes()
    replies, now = serving.replies, serving.storage.clock.now()
    found = [ReplyKey("letters", "office", "k")]
    with serving.storage.ledger.transaction() as transaction:
        assert found[0] in replies.find(found, transaction)
    replies.forget(now)
    with serving.storage.ledger.transaction() as transaction:
        assert replies.find(found, transaction) == {}


CLOUD = "lienthong.connectors.inboxes.cloudevents.CloudEvents"


def cloud(service: Service) -> Caller:
    parameters = {"origins": ["office.example"]}
    return Caller(open_app(serve_inboxes(service, inbox("cloud", "", use=CLOUD, parameters=parameters))))


def test_cloud_events_are_received_once_in_any_mode(service: Service) -> None:
    push, headers = cloud(service), {"Authorization": f"Bearer {add(service, 'office', 'inbox:cloud')}"}
    events = [
        {"specversion": "1.0", "id": f"{n}", "source": "/o", "type": "t", "subject": "s", "data": {"n": n}}
        for n in range(3)
    ]
    structured = headers | {"Content-Type": "application/cloudevents+json"}
    for event in (events[0], events[1], events[0]):
        assert push("POST", "/in/cloud", content=orjson.dumps(event), headers=structured).status_code == 204
    batch = headers | {"Content-Type": "application/cloudevents-batch+json"}
    assert push("POST", "/in/cloud", content=orjson.dumps(events), headers=batch).status_code == 204
    assert received(service, "cloud") == 3
    binary = headers | {"ce-specversion": "1.0", "ce-id": "9", "ce-source": "/o", "ce-type": "t"}
    assert push("POST", "/in/cloud", json={"n": 9}, headers=binary).status_code == 204
    assert received(service, "cloud") == 4


def test_every_fault_of_cloud_events_is_listed(service: Service) -> None:
    push, headers = cloud(service), {"Authorization": f"Bearer {add(service, 'office', 'inbox:cloud')}"}
    reply = push("POST", "/in/cloud", json={}, headers=headers | {"ce-id": "", "ce-source": "/o"})
    assert (reply.status_code, reply.json()["code"]) == (400, "input-invalid")
    pointers = {error["pointer"] for error in reply.json()["errors"]}
    assert pointers == {"header/ce-id", "header/ce-type", "header/ce-specversion"}
    other = push("POST", "/in/cloud", content=b"<a/>", headers=headers | {"Content-Type": "application/xml"})
    assert (other.status_code, other.json()["code"]) == (415, "media-type")
    assert received(service, "cloud") == 0


def test_webhooks_ask_consent_without_a_key(service: Service) -> None:
    push = cloud(service)
    known = push("OPTIONS", "/in/cloud", headers={"WebHook-Request-Origin": "office.example"})
    assert (known.status_code, known.headers["webhook-allowed-origin"]) == (200, "office.example")
    unknown = push("OPTIONS", "/in/cloud", headers={"WebHook-Request-Origin": "evil.example"})
    assert (unknown.status_code, "webhook-allowed-origin" in unknown.headers) == (403, False)
    document = push("GET", "/v1/openapi.json").json()
    assert {"post", "options"} <= document["paths"]["/in/cloud"].keys()


def test_a_wire_that_pushes_by_get_has_its_query_read_as_the_body(service: Service) -> None:
    serving = serve_inboxes(service, inbox("queries", "Queries"), inbox("letters", "Plain"))
    push, allowed = Caller(open_app(serving)), {"Authorization": f"Bearer {add(serving, 'office', 'inbox:*')}"}
    assert push("GET", "/in/queries?code=a&mark=%C4%91", headers=allowed).status_code == 204
    assert push("GET", "/in/queries?code=a&mark=%C4%91", headers=allowed).status_code == 204
    assert push("POST", "/in/queries", content=b"code=b", headers=allowed).status_code == 204
    assert received(serving, "queries") == 2
    assert push("GET", "/in/queries?code=c").status_code == 401
    assert push("GET", "/in/letters?code=c", headers=allowed).status_code == 405
