"""The change feeds of VNeID and CCVC: pages and tokens."""

import httpx
import pytest

from tests.unit.sandbox.conftest import CLIENT, Caller, Open

FIVE = {"ccvc": [(f"0{n}T06:00", {"n": n}) for n in (2, 1, 3, 4, 5)]}


def item_numbers(reply: httpx.Response) -> list[int]:
    return [item["n"] for item in reply.json()["items"]]


def test_a_feed_is_read_in_order_of_time_page_by_page_up_to_now(sandbox: Open) -> None:
    caller = sandbox(FIVE)
    caller.set_clock("04T06:00")
    first = caller.ccvc_page(size=3)
    assert (item_numbers(first), first.json()["more"]) == ([1, 2, 3], True)
    second = caller.ccvc_page(size=3, after=first.json()["next"])
    assert (item_numbers(second), second.json()["more"]) == ([4], False)
    caller.set_clock("05T06:00")
    assert item_numbers(caller.ccvc_page(after=second.json()["next"])) == [5]


def test_the_token_stays_the_same_when_nothing_is_new(sandbox: Open) -> None:
    caller = sandbox(FIVE)
    caller.set_clock("05T06:00")
    token = caller.ccvc_page().json()["next"]
    assert caller.ccvc_page(after=token).json() == {"items": [], "next": token, "more": False}


def test_before_the_first_line_a_feed_is_empty_and_its_token_leads_to_the_start(sandbox: Open) -> None:
    caller = sandbox(FIVE)
    token = caller.ccvc_page().json()["next"]
    caller.set_clock("01T06:00")
    assert item_numbers(caller.ccvc_page(after=token)) == [1]


def test_a_token_stays_valid_when_the_clock_is_set_back(sandbox: Open) -> None:
    caller = sandbox(FIVE)
    caller.set_clock("04T06:00")
    token = caller.ccvc_page().json()["next"]
    caller.set_clock("02T06:00")
    assert caller.ccvc_page(after=token).json() == {"items": [], "next": token, "more": False}
    caller.set_clock("05T06:00")
    assert item_numbers(caller.ccvc_page(after=token)) == [5]


@pytest.mark.parametrize("moment", ["06T06:00", "05T06:00", "01T00:00"])
def test_a_line_added_later_reaches_readers_that_continue_from_a_token(sandbox: Open, moment: str) -> None:
    """Even a line with an earlier time: it is never put before lines that were served."""
    caller = sandbox(FIVE)
    caller.set_clock("04T06:00")
    token = caller.ccvc_page().json()["next"]
    caller.add_line("ccvc", moment, {"n": 6})
    caller.set_clock("06T06:00")
    assert sorted(item_numbers(caller.ccvc_page(after=token))) == [5, 6]


def test_a_token_of_another_feed_is_answered_with_410(sandbox: Open) -> None:
    token = sandbox(FIVE).ccvc_page().json()["next"]
    other = sandbox({"ccvc": [("01T06:00", {"n": 7})]})
    reply = other.ccvc_page(after=token)
    assert (reply.status_code, reply.json()) == (410, {"error": "feed changed, begin anew"})


def test_a_token_stays_valid_in_another_sandbox_with_the_same_recording(sandbox: Open) -> None:
    caller = sandbox(FIVE)
    caller.set_clock("04T06:00")
    token = caller.ccvc_page().json()["next"]
    restarted = sandbox(FIVE)
    restarted.set_clock("05T06:00")
    assert item_numbers(restarted.ccvc_page(after=token)) == [5]


@pytest.mark.parametrize("wrong", [{"after": "5"}, {"after": "abc:-1"}, {"size": "0"}, {"size": "x"}])
def test_an_invalid_token_or_size_is_a_bad_request(sandbox: Open, wrong: dict[str, str]) -> None:
    assert sandbox(FIVE).ccvc_page(**wrong).status_code == 400


def test_the_register_requires_its_key(sandbox: Open) -> None:
    caller = sandbox(FIVE)
    assert caller("GET", "/ccvc/api/records").status_code == 401
    assert caller("GET", "/ccvc/api/records", headers={"X-Api-Key": "x"}).status_code == 401


def vneid_headers(caller: Caller) -> dict[str, str]:
    token = caller("POST", "/vneid/oauth/token", data=CLIENT).json()["access_token"]
    return {"Authorization": f"Bearer {token}"}


def test_accounts_are_read_with_a_token_that_is_valid_for_300_seconds(sandbox: Open) -> None:
    caller = sandbox({"vneid": [("01T06:00", {"n": 1, "accountLevel": "2"})]})
    caller.set_clock("01T06:00")
    headers = vneid_headers(caller)
    reply = caller("GET", "/vneid/api/accounts", headers=headers)
    assert reply.json()["items"] == [{"n": 1, "accountLevel": "2"}]
    caller.stopwatch.seconds = 300
    assert caller("GET", "/vneid/api/accounts", headers=headers).status_code == 401


def test_accounts_are_not_served_without_a_valid_token(sandbox: Open) -> None:
    caller = sandbox({})
    assert caller("GET", "/vneid/api/accounts").status_code == 401
    wrong = caller("POST", "/vneid/oauth/token", data={**CLIENT, "client_secret": "x"})
    assert (wrong.status_code, wrong.json()) == (401, {"error": "invalid_client"})
    assert caller("POST", "/vneid/oauth/token", data={}).json() == {"error": "unsupported_grant_type"}


def test_each_feed_refuses_tokens_of_the_other(sandbox: Open) -> None:
    caller = sandbox({})
    token = caller.ccvc_page().json()["next"]
    assert (
        caller("GET", "/vneid/api/accounts", params={"after": token}, headers=vneid_headers(caller)).status_code == 410
    )
