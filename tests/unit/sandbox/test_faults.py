"""Each fault, without a socket. The faults that need a socket are tested in test_command.py."""

import asyncio
import json
from typing import Any

import pytest

from sandbox.faults import DROP
from tests.unit.sandbox.conftest import LOGIN, Caller, Open, dossier

FIVE = {
    "igate": [("01T06:00", dossier(f"id{n}", f"code{n}")) for n in range(5)],
    "ccvc": [("01T06:00", {"n": 1})],
}


@pytest.fixture
def caller(sandbox: Open) -> Caller:
    caller = sandbox(FIVE)
    caller.set_clock("01T06:00")
    caller.search()
    return caller


def open_orders(caller: Caller) -> list[dict[str, Any]]:
    faults: list[dict[str, Any]] = caller("GET", "/-/faults").json()["faults"]
    return faults


def test_an_error_occurs_as_often_as_ordered_and_after_as_many_requests(caller: Caller) -> None:
    caller.order_fault("igate", "http_500", times=2, after=1)
    assert [caller.search().status_code for _ in range(4)] == [200, 500, 500, 200]
    assert open_orders(caller) == []


def test_faults_ordered_together_follow_each_other(caller: Caller) -> None:
    caller.order_fault("igate", "http_500", times=2)
    caller.order_fault("igate", "http_429", after=2)
    assert [caller.search().status_code for _ in range(4)] == [500, 500, 429, 200]


def test_of_two_faults_for_one_request_the_older_occurs_first(caller: Caller) -> None:
    caller.order_fault("igate", "http_500")
    caller.order_fault("igate", "http_429")
    assert [caller.search().status_code for _ in range(3)] == [500, 429, 200]


def test_open_orders_are_listed_and_can_be_removed(caller: Caller) -> None:
    caller.order_fault("igate", "http_500", times=3, after=1)
    caller.search()
    caller.search()
    assert [(fault["kind"], fault["times"], fault["after"]) for fault in open_orders(caller)] == [("http_500", 2, 0)]
    assert caller("DELETE", "/-/faults").json() == {"faults": []}
    assert caller.search().status_code == 200


def test_a_fault_hits_only_its_system_and_also_the_login(caller: Caller) -> None:
    caller.order_fault("dvcqg", "http_500")
    assert caller.search().status_code == 200
    assert caller("POST", "/dvcqg/mapi/login", json=LOGIN).status_code == 500
    assert caller("POST", "/dvcqg/mapi/login", json=LOGIN).status_code == 200


def test_a_fault_with_a_path_hits_only_that_path(caller: Caller) -> None:
    caller.order_fault("dvcqg", "html", path="/mapi/g")
    session = caller("POST", "/dvcqg/mapi/login", json=LOGIN)
    assert session.json()["error_code"] == 0
    assert caller("POST", "/dvcqg/mapi/g", json={}).text.startswith("<!DOCTYPE html>")


def test_a_429_states_when_to_retry(caller: Caller) -> None:
    caller.order_fault("ccvc", "http_429", retry_after=7)
    reply = caller.ccvc_page()
    assert (reply.status_code, reply.headers["retry-after"]) == (429, "7")


def test_an_html_page_comes_with_status_200(caller: Caller) -> None:
    caller.order_fault("ccvc", "html")
    reply = caller.ccvc_page()
    assert (reply.status_code, reply.headers["content-type"]) == (200, "text/html; charset=utf-8")


def test_truncated_json_comes_in_a_complete_reply(caller: Caller) -> None:
    whole = caller.ccvc_page().content
    caller.order_fault("ccvc", "truncated")
    reply = caller.ccvc_page()
    assert (reply.status_code, reply.headers["content-length"]) == (200, str(len(whole) // 2))
    assert reply.content == whole[: len(whole) // 2]
    with pytest.raises(json.JSONDecodeError):
        reply.json()


def test_an_expired_session_fault_expires_the_tokens_of_that_system(caller: Caller) -> None:
    caller.order_fault("igate", "expired_session")
    assert [caller.search().status_code for _ in range(2)] == [401, 401]
    headers = {"Authorization": f"Bearer {caller.igate_token()}"}
    assert caller("GET", "/igate/pa/dossier/search", headers=headers).status_code == 200


def test_an_expired_portal_session_is_an_error_message_of_the_portal(caller: Caller) -> None:
    assert caller.call_portal("TraCuuHoSo", mahoso="x")["error_code"] == 0
    caller.order_fault("dvcqg", "expired_session")
    assert "Phiên" in caller.call_portal("TraCuuHoSo", mahoso="x")["message"]


def test_a_shifting_page_makes_a_simple_reader_miss_one_element(caller: Caller) -> None:
    caller.order_fault("igate", "shifting_page", times=2)
    pages = [caller.search(page=page, size=2).json() for page in range(3)]
    seen = [body["id"] for page in pages for body in page["content"]]
    assert seen == ["id0", "id1", "id3", "id4"]
    assert [page["totalElements"] for page in pages] == [5, 4, 4]
    assert [page["last"] for page in pages] == [False, True, True]
    assert caller.search_ids(page=1, size=2) == ["id2", "id3"]


def test_first_pages_and_logins_do_not_use_up_a_shifting_page(caller: Caller) -> None:
    caller.order_fault("igate", "shifting_page")
    caller.igate_token()
    assert len(caller.search_ids()) == 5
    assert len(open_orders(caller)) == 1


def test_a_cut_without_a_socket_is_a_reset(caller: Caller) -> None:
    caller.order_fault("igate", "cut")
    with pytest.raises(ConnectionResetError):
        caller.search()


def test_a_timeout_drops_the_connection_when_its_time_is_over(caller: Caller) -> None:
    caller.order_fault("igate", "timeout", seconds=0)
    with pytest.raises(ConnectionResetError):
        caller.search()


def test_a_timeout_ends_when_the_caller_disconnects(caller: Caller) -> None:
    caller.order_fault("ccvc", "timeout", seconds=3600)
    messages = iter([{"type": "http.request", "body": b"", "more_body": False}])
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        return next(messages, {"type": "http.disconnect"})

    async def send(message: Any) -> None:
        sent.append(message)

    dropped: list[str] = []
    scope = {
        "type": "http",
        "method": "GET",
        "path": "/ccvc/api/records",
        "root_path": "",
        "query_string": b"",
        "headers": [],
        "extensions": {DROP: lambda: dropped.append("connection")},
    }
    asyncio.run(caller.app(scope, receive, send))
    assert (sent, dropped) == ([], ["connection"])
