"""The one-stop system."""

from datetime import timedelta
from typing import Any

import pytest

from connectors.sources.igate import Igate
from tests.unit.connectors.sources.fakes import (
    NOON,
    Door,
    FakeClock,
    FakeIgate,
    asked,
    days,
    json,
    keys,
    read,
    site,
    whole,
)


class Stand:
    def __init__(self, **settings: Any) -> None:
        self.clock = FakeClock()
        self.igate = FakeIgate()
        self.door = Door(self.igate)
        options = {"url": "http://igate/", "client_id": "lienthong", "client_secret": "s3cret", **settings}
        self.source = Igate(site(self.clock), self.door.http(), **options)

    def searches(self) -> list[dict[str, str]]:
        return [asked(request) for request in self.door.requests if request.url.path == "/pa/dossier/search"]


def test_a_dossier_is_found_by_each_of_its_three_dates() -> None:
    stand = Stand()
    stand.igate.add(1, accepted=NOON - days(9))
    stand.igate.add(2, returned=NOON - days(9))
    stand.igate.add(3, appointment=NOON - days(9))
    stand.igate.add(4, appointment=NOON + days(9))
    records, _ = whole(stand.source, {})
    assert [record.type for record in records] == ["igate.dossier"] * 4
    assert keys(records) == {dossier["code"] for dossier in stand.igate.dossiers}


def test_the_body_is_the_element_as_it_came() -> None:
    stand = Stand()
    wire = stand.igate.add(1, accepted=NOON)
    wire |= {"lạ": [1, None, {"a": 2.5}]}
    (record,), _ = whole(stand.source, {})
    assert record.body == wire


def test_windows_are_local_instants_that_overlap_the_poll_before() -> None:
    stand = Stand()
    whole(stand.source, {"through": (NOON - days(2)).isoformat()})
    accepted = [(q["accepted-from"], q["accepted-to"]) for q in stand.searches() if "accepted-from" in q]
    ahead = [(q["appointment-from"], q["appointment-to"]) for q in stand.searches() if "appointment-from" in q]
    assert accepted == [
        ("2023-11-03T12:00:00.000+0700", "2023-11-13T12:00:00.000+0700"),
        ("2023-11-13T12:00:00.000+0700", "2023-11-15T13:00:00.000+0700"),
    ]
    assert ahead[-1] == ("2023-11-23T12:00:00.000+0700", "2023-11-25T12:00:00.000+0700")


def test_a_dossier_seen_through_three_windows_is_shown_once_a_poll() -> None:
    stand = Stand()
    stand.igate.add(1, accepted=NOON - days(1), returned=NOON - days(1), appointment=NOON + days(1))
    records, cursor = whole(stand.source, {})
    assert len(records) == 1
    assert len(whole(stand.source, cursor)[0]) == 1


def test_the_cursor_moves_only_after_a_poll_read_to_its_end() -> None:
    stand = Stand(page_size=1)
    for number in range(5):
        stand.igate.add(number, accepted=NOON - days(1))
    before = {"through": (NOON - days(1)).isoformat()}
    pages = list(stand.source.poll(before))
    assert [dict(page.cursor) for page in pages[:-1]] == [before] * 5
    assert pages[-1].cursor == {"through": NOON.isoformat()}


def test_a_long_way_back_is_read_in_windows_oldest_first_and_kept_window_by_window() -> None:
    stand = Stand(since=NOON - days(95))
    for number in range(90):
        stand.igate.add(number, accepted=NOON - days(number))
    stand.door.fault = lambda number, request: (
        json({}, 500) if asked(request).get("accepted-from", "").startswith("2023-10-11") else None
    )
    first, cursor, failure = read(stand.source, {})
    assert failure
    assert cursor == {"through": (NOON - days(35)).isoformat()}
    stand.door.fault = lambda number, request: None
    rest, cursor = whole(stand.source, cursor)
    assert keys(first) | keys(rest) == {dossier["code"] for dossier in stand.igate.dossiers}
    assert min(len(first), len(rest)) < 60
    starts = [query["accepted-from"] for query in stand.searches() if "accepted-from" in query][:6]
    assert starts == sorted(set(starts))
    assert cursor == {"through": NOON.isoformat()}


def test_a_token_is_fetched_once_and_renewed_before_it_ends() -> None:
    stand = Stand()
    _, cursor = whole(stand.source, {})
    whole(stand.source, cursor)
    assert stand.igate.tokens == 1
    stand.clock.moment += timedelta(seconds=280)
    whole(stand.source, cursor)
    assert stand.igate.tokens == 2


@pytest.mark.parametrize("status", [401, 403])
def test_a_token_the_system_no_longer_takes_is_renewed_once(status: int) -> None:
    stand = Stand()
    stand.igate.add(1, accepted=NOON)
    whole(stand.source, {})
    stand.door.fault = lambda number, request: (
        json({}, status) if request.headers.get("Authorization") == "Bearer t1" else None
    )
    records, _ = whole(stand.source, {})
    assert (len(records), stand.igate.tokens) == (1, 2)


def test_a_lasting_refusal_is_transient_after_one_new_token() -> None:
    stand = Stand()
    stand.door.fault = lambda number, request: json({}, 403) if request.url.path.endswith("search") else None
    _, _, failure = read(stand.source, {})
    assert failure
    assert "từ chối quyền truy cập (HTTP 403)" in failure.why
    assert stand.igate.tokens == 2


def test_wrong_credentials_are_said_so_without_naming_them() -> None:
    stand = Stand()
    stand.door.fault = lambda number, request: json({"error": "invalid_client"}, 401)
    _, _, failure = read(stand.source, {})
    assert failure
    assert "không cấp mã truy cập (HTTP 401)" in failure.why
    assert "s3cret" not in failure.why


@pytest.mark.parametrize("reply", [{}, [], {"access_token": None}, {"access_token": ""}])
def test_a_token_reply_without_a_token_is_transient(reply: object) -> None:
    stand = Stand()
    stand.door.fault = lambda number, request: json(reply)
    _, _, failure = read(stand.source, {})
    assert failure
    assert "không cấp mã truy cập" in failure.why


def test_it_asks_as_a_user_when_one_is_given_and_else_as_the_client() -> None:
    client, user = Stand(), Stand(username="canbo", password="p")
    whole(client.source, {})
    whole(user.source, {})
    assert client.igate.grants[0]["grant_type"] == ["client_credentials"]
    assert user.igate.grants[0]["grant_type"] == ["password"]
    assert user.igate.grants[0]["username"] == ["canbo"]
    assert client.door.requests[0].url.path == "/auth/realms/digo/protocol/openid-connect/token"


def test_the_token_may_be_on_another_host() -> None:
    stand = Stand(token_url="http://sso/token")
    whole(stand.source, {})
    assert stand.door.requests[0].url == "http://sso/token"


@pytest.mark.parametrize("element", [None, 7, "x", [1], {}, {"code": None}, {"code": ["x"]}])
def test_a_broken_element_is_taken_in_without_a_key(element: Any) -> None:
    stand = Stand()
    stand.door.fault = lambda number, request: (
        json({"content": [element], "totalElements": 1, "last": True}) if "search" in request.url.path else None
    )
    records, _ = whole(stand.source, {})
    assert [record.key for record in records] == [""]
    assert records[0].body == (element if isinstance(element, dict) else {"value": element})
