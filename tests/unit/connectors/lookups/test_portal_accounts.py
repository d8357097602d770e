"""Accounts on the national portal: who has one, what an answer in another form costs, and a portal that is away."""

from datetime import timedelta

import httpx
import orjson
import pytest

from connectors.lookups.portal_accounts import PortalAccounts
from lienthong.errors import Transient
from tests.fake_systems import FakeServer, json_reply, make_site

HAS, HAS_NONE, REFUSED = "052085001234", "052099000002", "211395325"
LOGIN = {"username": "lienthong", "password": "sandbox", "dstcode": "dvcqg", "agency": "H08"}


class Portal:
    """The adapter with one account; of one number it answers with an error."""

    def __init__(self) -> None:
        self.sessions = 0

    def __call__(self, request: httpx.Request) -> httpx.Response:
        body = orjson.loads(request.content)
        if request.url.path.endswith("/login"):
            self.sessions += 1
            return json_reply({"error_code": 0, "session": f"s{self.sessions}"})
        assert (body["service"], body["provider"], body["session"]) == ("TraCuuTechID", "wso2is", f"s{self.sessions}")
        match body["mstorcmnd"]:
            case number if number == HAS:
                return json_reply({"error_code": "0", "result": {"TECHNICALID": "TK1"}})
            case number if number == REFUSED:
                return json_reply({"error_code": "-1", "message": "Lỗi hệ thống"})
            case _:
                return json_reply({"error_code": 0, "result": []})


class Stopwatch:
    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def make_lookup() -> tuple[PortalAccounts, FakeServer, Stopwatch]:
    server, stopwatch = FakeServer(Portal()), Stopwatch()
    http = server.http(tries=1)
    rest = timedelta(seconds=5)
    return PortalAccounts(make_site(), http, stopwatch, url="http://portal/", rest=rest, **LOGIN), server, stopwatch


def test_numbers_with_and_without_an_account_and_one_without_an_answer() -> None:
    lookup, server, _ = make_lookup()
    assert lookup.find_many([HAS]) == {HAS: True}
    assert lookup.find_many([HAS_NONE, HAS, REFUSED, HAS]) == {HAS: True, HAS_NONE: False}
    assert len(server.requests) == 1 + 1 + 3
    with pytest.raises(Transient, match="báo lỗi -1"):
        lookup.find_many([REFUSED])
    assert lookup.find_many([]) == {}


def test_a_refused_number_does_not_keep_others_from_being_asked_for() -> None:
    lookup, _, _ = make_lookup()
    with pytest.raises(Transient):
        lookup.find_many([REFUSED])
    assert lookup.find_many([HAS]) == {HAS: True}


def test_a_portal_that_fails_is_tried_once_and_then_rests() -> None:
    lookup, server, stopwatch = make_lookup()
    server.fail_after(0)
    with pytest.raises(Transient, match="502") as failure:
        lookup.find_many([HAS])
    assert (len(server.requests), server.slept) == (1, [])
    stopwatch.seconds = 4.9
    with pytest.raises(Transient) as resting:
        lookup.find_many([HAS])
    assert (resting.value.why, len(server.requests)) == (failure.value.why, 1)
    stopwatch.seconds = 5
    with pytest.raises(Transient):
        lookup.find_many([HAS])
    assert len(server.requests) == 2
    server.fail_after(None)
    stopwatch.seconds = 10
    assert lookup.find_many([HAS]) == {HAS: True}
    assert lookup.find_many([HAS_NONE]) == {HAS_NONE: False}


def test_no_message_holds_a_number() -> None:
    lookup, server, _ = make_lookup()
    for reply in (json_reply([HAS]), json_reply({"error_code": 0, "message": HAS}), httpx.ConnectError(HAS)):
        lookup, server, _ = make_lookup()
        server.fault = lambda number, _, reply=reply: reply if number else None
        with pytest.raises(Transient) as failure:
            lookup.find_many([HAS])
        assert HAS not in failure.value.why
