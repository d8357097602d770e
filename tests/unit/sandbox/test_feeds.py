"""The change feeds of VNeID and CCVC: read on from a token."""

import httpx
import pytest

from tests.unit.sandbox.conftest import CLIENT, Caller, Open

FIVE = {"ccvc": [(f"0{n}T06:00", {"n": n}) for n in (2, 1, 3, 4, 5)]}


def numbers(reply: httpx.Response) -> list[int]:
    return [item["n"] for item in reply.json()["items"]]


def test_a_feed_is_read_in_order_of_time_page_by_page_up_to_now(sandbox: Open) -> None:
    caller = sandbox(FIVE)
    caller.clock("04T06:00")
    first = caller.records(size=3)
    assert (numbers(first), first.json()["more"]) == ([1, 2, 3], True)
    second = caller.records(size=3, after=first.json()["next"])
    assert (numbers(second), second.json()["more"]) == ([4], False)
    caller.clock("05T06:00")
    assert numbers(caller.records(after=second.json()["next"])) == [5]


def test_when_nothing_is_new_the_token_stays(sandbox: Open) -> None:
    caller = sandbox(FIVE)
    caller.clock("05T06:00")
    token = caller.records().json()["next"]
    assert caller.records(after=token).json() == {"items": [], "next": token, "more": False}


def test_before_the_first_line_a_feed_is_empty_and_its_token_leads_to_the_start(sandbox: Open) -> None:
    caller = sandbox(FIVE)
    token = caller.records().json()["next"]
    caller.clock("01T06:00")
    assert numbers(caller.records(after=token)) == [1]


def test_a_clock_set_back_does_not_break_a_token(sandbox: Open) -> None:
    caller = sandbox(FIVE)
    caller.clock("04T06:00")
    token = caller.records().json()["next"]
    caller.clock("02T06:00")
    assert caller.records(after=token).json() == {"items": [], "next": token, "more": False}
    caller.clock("05T06:00")
    assert numbers(caller.records(after=token)) == [5]


@pytest.mark.parametrize("moment", ["06T06:00", "05T06:00", "01T00:00"])
def test_a_line_added_later_reaches_whoever_reads_on(sandbox: Open, moment: str) -> None:
    """Even one that says it was seen long ago: it is never put before what was handed out."""
    caller = sandbox(FIVE)
    caller.clock("04T06:00")
    token = caller.records().json()["next"]
    caller.show("ccvc", moment, {"n": 6})
    caller.clock("06T06:00")
    assert sorted(numbers(caller.records(after=token))) == [5, 6]


def test_a_token_of_another_feed_is_gone(sandbox: Open) -> None:
    token = sandbox(FIVE).records().json()["next"]
    other = sandbox({"ccvc": [("01T06:00", {"n": 7})]})
    reply = other.records(after=token)
    assert (reply.status_code, reply.json()) == (410, {"error": "feed changed, begin anew"})


def test_a_token_outlives_the_sandbox_when_the_recording_is_the_same(sandbox: Open) -> None:
    caller = sandbox(FIVE)
    caller.clock("04T06:00")
    token = caller.records().json()["next"]
    again = sandbox(FIVE)
    again.clock("05T06:00")
    assert numbers(again.records(after=token)) == [5]


@pytest.mark.parametrize("wrong", [{"after": "5"}, {"after": "abc:-1"}, {"size": "0"}, {"size": "x"}])
def test_what_is_no_token_or_no_size_is_a_bad_request(sandbox: Open, wrong: dict[str, str]) -> None:
    assert sandbox(FIVE).records(**wrong).status_code == 400


def test_the_register_asks_for_its_key(sandbox: Open) -> None:
    caller = sandbox(FIVE)
    assert caller("GET", "/ccvc/api/records").status_code == 401
    assert caller("GET", "/ccvc/api/records", headers={"X-Api-Key": "x"}).status_code == 401


def vneid_token(caller: Caller) -> dict[str, str]:
    token = caller("POST", "/vneid/oauth/token", data=CLIENT).json()["access_token"]
    return {"Authorization": f"Bearer {token}"}


def test_accounts_are_read_with_a_token_that_lives_300_seconds(sandbox: Open) -> None:
    caller = sandbox({"vneid": [("01T06:00", {"n": 1, "accountLevel": "2"})]})
    caller.clock("01T06:00")
    headers = vneid_token(caller)
    reply = caller("GET", "/vneid/api/accounts", headers=headers)
    assert reply.json()["items"] == [{"n": 1, "accountLevel": "2"}]
    caller.watch.seconds = 300
    assert caller("GET", "/vneid/api/accounts", headers=headers).status_code == 401


def test_accounts_are_not_given_to_strangers(sandbox: Open) -> None:
    caller = sandbox({})
    assert caller("GET", "/vneid/api/accounts").status_code == 401
    wrong = caller("POST", "/vneid/oauth/token", data={**CLIENT, "client_secret": "x"})
    assert (wrong.status_code, wrong.json()) == (401, {"error": "invalid_client"})
    assert caller("POST", "/vneid/oauth/token", data={}).json() == {"error": "unsupported_grant_type"}


def test_the_two_feeds_do_not_take_each_others_tokens(sandbox: Open) -> None:
    caller = sandbox({})
    token = caller.records().json()["next"]
    assert caller("GET", "/vneid/api/accounts", params={"after": token}, headers=vneid_token(caller)).status_code == 410
