"""The one-stop system iGate: windows, pages, tokens."""

from datetime import timedelta
from typing import Any

import pytest

from connectors.sources.igate import Igate
from tests.fake_systems import (
    NOON,
    FakeClock,
    FakeIgate,
    FakeServer,
    days,
    json_reply,
    make_site,
    poll_completely,
    poll_until_failure,
    query_of,
    record_keys,
)


class Setup:
    def __init__(self, **settings: Any) -> None:
        self.clock = FakeClock()
        self.igate = FakeIgate()
        self.server = FakeServer(self.igate)
        options = {"url": "http://igate/", "client_id": "lienthong", "client_secret": "s3cret", **settings}
        self.source = Igate(make_site(self.clock), self.server.http(), **options)

    def searches(self) -> list[dict[str, str]]:
        return [query_of(request) for request in self.server.requests if request.url.path == "/pa/dossier/search"]


def test_a_dossier_is_found_by_each_of_its_three_dates() -> None:
    setup = Setup()
    setup.igate.add(1, accepted=NOON - days(9))
    setup.igate.add(2, returned=NOON - days(9))
    setup.igate.add(3, appointment=NOON - days(9))
    setup.igate.add(4, appointment=NOON + days(9))
    records, _ = poll_completely(setup.source, {})
    assert [record.type for record in records] == ["igate.dossier"] * 4
    assert record_keys(records) == {dossier["code"] for dossier in setup.igate.dossiers}


def test_the_body_is_the_element_unchanged() -> None:
    setup = Setup()
    wire = setup.igate.add(1, accepted=NOON)
    wire |= {"lạ": [1, None, {"a": 2.5}]}
    (record,), _ = poll_completely(setup.source, {})
    assert record.body == wire


def test_windows_are_in_local_time_and_overlap_the_poll_before() -> None:
    setup = Setup()
    poll_completely(setup.source, {"through": (NOON - days(2)).isoformat()})
    accepted = [(q["accepted-from"], q["accepted-to"]) for q in setup.searches() if "accepted-from" in q]
    ahead = [(q["appointment-from"], q["appointment-to"]) for q in setup.searches() if "appointment-from" in q]
    assert accepted == [
        ("2023-11-03T12:00:00.000+0700", "2023-11-13T12:00:00.000+0700"),
        ("2023-11-13T12:00:00.000+0700", "2023-11-15T13:00:00.000+0700"),
    ]
    assert ahead[-1] == ("2023-11-23T12:00:00.000+0700", "2023-11-25T12:00:00.000+0700")


def test_a_dossier_found_in_three_windows_is_returned_once_a_poll() -> None:
    setup = Setup()
    setup.igate.add(1, accepted=NOON - days(1), returned=NOON - days(1), appointment=NOON + days(1))
    records, cursor = poll_completely(setup.source, {})
    assert len(records) == 1
    assert len(poll_completely(setup.source, cursor)[0]) == 1


def test_the_cursor_moves_only_after_a_complete_window() -> None:
    setup = Setup(page_size=1)
    for number in range(5):
        setup.igate.add(number, accepted=NOON - days(1))
    before = {"through": (NOON - days(1)).isoformat()}
    pages = list(setup.source.poll(before))
    assert [dict(page.cursor) for page in pages[:-1]] == [before] * 5
    assert pages[-1].cursor == {"through": NOON.isoformat()}


def test_a_long_time_is_read_in_windows_oldest_first_and_the_cursor_moves_after_each() -> None:
    setup = Setup(since=NOON - days(95))
    for number in range(90):
        setup.igate.add(number, accepted=NOON - days(number))
    setup.server.fault = lambda number, request: (
        json_reply({}, 503) if query_of(request).get("accepted-from", "").startswith("2023-10-11") else None
    )
    first, cursor, failure = poll_until_failure(setup.source, {})
    assert failure
    assert cursor == {"through": (NOON - days(35)).isoformat()}
    setup.server.fault = lambda number, request: None
    rest, cursor = poll_completely(setup.source, cursor)
    assert record_keys(first) | record_keys(rest) == {dossier["code"] for dossier in setup.igate.dossiers}
    assert min(len(first), len(rest)) < 60
    starts = [query["accepted-from"] for query in setup.searches() if "accepted-from" in query][:6]
    assert starts == sorted(set(starts))
    assert cursor == {"through": NOON.isoformat()}


def test_a_token_is_fetched_once_and_renewed_before_it_expires() -> None:
    setup = Setup()
    _, cursor = poll_completely(setup.source, {})
    poll_completely(setup.source, cursor)
    assert setup.igate.tokens == 1
    setup.clock.moment += timedelta(seconds=280)
    poll_completely(setup.source, cursor)
    assert setup.igate.tokens == 2


@pytest.mark.parametrize("status", [401, 403])
def test_a_token_that_the_system_refuses_is_renewed_once(status: int) -> None:
    setup = Setup()
    setup.igate.add(1, accepted=NOON)
    poll_completely(setup.source, {})
    setup.server.fault = lambda number, request: (
        json_reply({}, status) if request.headers.get("Authorization") == "Bearer t1" else None
    )
    records, _ = poll_completely(setup.source, {})
    assert (len(records), setup.igate.tokens) == (1, 2)


def test_a_refusal_of_the_new_token_is_transient() -> None:
    setup = Setup()
    setup.server.fault = lambda number, request: json_reply({}, 403) if request.url.path.endswith("search") else None
    _, _, failure = poll_until_failure(setup.source, {})
    assert failure
    assert "từ chối quyền truy cập (HTTP 403)" in failure.why
    assert setup.igate.tokens == 2


def test_wrong_credentials_are_named_as_the_reason_without_showing_them() -> None:
    setup = Setup()
    setup.server.fault = lambda number, request: json_reply({"error": "invalid_client"}, 401)
    _, _, failure = poll_until_failure(setup.source, {})
    assert failure
    assert "không cấp mã truy cập (HTTP 401)" in failure.why
    assert "s3cret" not in failure.why


@pytest.mark.parametrize("reply", [{}, [], {"access_token": None}, {"access_token": ""}])
def test_a_token_reply_without_a_token_is_transient(reply: object) -> None:
    setup = Setup()
    setup.server.fault = lambda number, request: json_reply(reply)
    _, _, failure = poll_until_failure(setup.source, {})
    assert failure
    assert "không cấp mã truy cập" in failure.why


def test_the_token_is_for_the_user_when_one_is_given_else_for_the_client() -> None:
    client, user = Setup(), Setup(username="canbo", password="p")
    poll_completely(client.source, {})
    poll_completely(user.source, {})
    assert client.igate.grants[0]["grant_type"] == ["client_credentials"]
    assert user.igate.grants[0]["grant_type"] == ["password"]
    assert user.igate.grants[0]["username"] == ["canbo"]
    assert client.server.requests[0].url.path == "/auth/realms/digo/protocol/openid-connect/token"


def test_the_token_may_be_on_another_host() -> None:
    setup = Setup(token_url="http://sso/token")
    poll_completely(setup.source, {})
    assert setup.server.requests[0].url == "http://sso/token"


@pytest.mark.parametrize("element", [None, 7, "x", [1], {}, {"code": None}, {"code": ["x"]}])
def test_a_malformed_element_is_received_without_a_key(element: Any) -> None:
    setup = Setup()
    setup.server.fault = lambda number, request: (
        json_reply({"content": [element], "totalElements": 1, "last": True}) if "search" in request.url.path else None
    )
    records, _ = poll_completely(setup.source, {})
    assert [record.key for record in records] == [""]
    assert records[0].body == (element if isinstance(element, dict) else {"value": element})
