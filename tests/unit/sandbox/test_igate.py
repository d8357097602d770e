"""iGate: login, windows, pages, versions with unreadable dates."""

from typing import Any

import pytest

from tests.unit.sandbox.conftest import CLIENT, LOGIN, Caller, Open, dossier

TOKEN = "/igate/auth/realms/digo/protocol/openid-connect/token"
FIVE = {
    "igate": [("01T06:00", dossier(f"id{n}", f"code{n}", accepted="2023-11-01T01:00:00.000+0000")) for n in range(5)]
}


def test_both_grants_give_a_token_that_is_valid_for_300_seconds(sandbox: Open) -> None:
    caller = sandbox(FIVE)
    password = {"grant_type": "password", "client_id": "lienthong", **LOGIN}
    for fields in (CLIENT, password):
        reply = caller("POST", TOKEN, data=fields).json()
        assert (reply["expires_in"], reply["token_type"]) == (300, "bearer")
        headers = {"Authorization": f"Bearer {reply['access_token']}"}
        assert caller("GET", "/igate/pa/dossier/search", headers=headers).status_code == 200
    caller.stopwatch.seconds = 299.9
    assert caller("GET", "/igate/pa/dossier/search", headers=headers).status_code == 200
    caller.stopwatch.seconds = 300
    assert caller("GET", "/igate/pa/dossier/search", headers=headers).status_code == 401


@pytest.mark.parametrize(
    ("wrong", "status", "error"),
    [
        ({**CLIENT, "client_secret": "x"}, 401, "invalid_client"),
        ({**CLIENT, "client_id": "x"}, 401, "invalid_client"),
        ({"grant_type": "password", "client_id": "lienthong", **LOGIN, "password": "x"}, 401, "invalid_grant"),
        ({"grant_type": "refresh_token"}, 400, "unsupported_grant_type"),
        ({}, 400, "unsupported_grant_type"),
    ],
)
def test_wrong_credentials_are_refused_as_keycloak_does(
    sandbox: Open, wrong: dict[str, str], status: int, error: str
) -> None:
    reply = sandbox(FIVE)("POST", TOKEN, data=wrong)
    assert (reply.status_code, reply.json()["error"]) == (status, error)


@pytest.mark.parametrize("header", [{}, {"Authorization": "Bearer unknown"}, {"Authorization": "Basic eA=="}])
def test_a_search_without_a_token_is_refused(sandbox: Open, header: dict[str, str]) -> None:
    reply = sandbox(FIVE)("GET", "/igate/pa/dossier/search", headers=header)
    assert (reply.status_code, reply.json()["error"]) == (401, "invalid_token")
    assert reply.headers["www-authenticate"].startswith("Bearer")


def test_pages_state_their_totals_and_hold_every_element_once(sandbox: Open) -> None:
    caller = sandbox(FIVE)
    caller.set_clock("01T06:00")
    pages = [caller.search(page=page, size=2).json() for page in range(4)]
    assert [[body["id"] for body in page["content"]] for page in pages] == [["id0", "id1"], ["id2", "id3"], ["id4"], []]
    assert [page["last"] for page in pages] == [False, False, True, True]
    assert [page["first"] for page in pages] == [True, False, False, False]
    assert {(page["totalElements"], page["totalPages"], page["size"]) for page in pages} == {(5, 3, 2)}
    assert [(page["number"], page["pageable"]["pageNumber"]) for page in pages] == [(n, n) for n in range(4)]
    assert pages[0]["pageable"]["pageSize"] == 2
    assert pages[2]["numberOfElements"] == 1


def test_a_slice_has_no_totals_but_marks_the_last_page(sandbox: Open) -> None:
    caller = sandbox(FIVE)
    caller.set_clock("01T06:00")
    pages = [caller.search(page=page, size=3, spec="slice").json() for page in (0, 1)]
    assert [page["last"] for page in pages] == [False, True]
    assert not {"totalElements", "totalPages"} & set(pages[0])


def test_nothing_found_is_one_empty_last_page(sandbox: Open) -> None:
    page = sandbox(FIVE).search().json()
    assert (page["content"], page["totalElements"], page["totalPages"]) == ([], 0, 0)
    assert page["last"] and page["first"] and page["empty"]


def test_a_page_never_holds_more_than_500(sandbox: Open) -> None:
    many = [("01T06:00", dossier(f"id{n:03}", f"code{n:03}")) for n in range(501)]
    caller = sandbox({"igate": many})
    caller.set_clock("01T06:00")
    page = caller.search(size=100000).json()
    assert (len(page["content"]), page["size"], page["totalPages"]) == (500, 500, 2)


def test_the_order_is_by_code_then_id_and_a_missing_code_comes_first(sandbox: Open) -> None:
    bodies = [dossier("d", "B"), dossier("c", "A"), dossier("b", "A"), dossier("z", None)]
    caller = sandbox({"igate": [("01T06:00", body) for body in bodies]})
    caller.set_clock("01T06:00")
    assert caller.search_ids(sort="id,desc") == ["z", "b", "c", "d"]


def test_a_code_finds_only_its_dossier(sandbox: Open) -> None:
    caller = sandbox(FIVE)
    caller.set_clock("01T06:00")
    assert caller.search_ids(code="code3") == ["id3"]
    assert caller.search_ids(code="code") == []


MIDNIGHT = {"igate": [("05T06:00", dossier("m", "m", accepted="2023-11-04T17:00:00.000+0000"))]}


@pytest.mark.parametrize(
    ("window", "found"),
    [
        ({"accepted-from": "2023-11-05"}, True),  # a date means its local midnight
        ({"accepted-to": "2023-11-05"}, False),  # and the end is not part of the window
        ({"accepted-to": "2023-11-06"}, True),
        ({"accepted-from": "2023-11-05T00:00:00+07:00"}, True),
        ({"accepted-from": "2023-11-05T00:00:00+0700", "accepted-to": "2023-11-05T00:00:00.001+0700"}, True),
        ({"accepted-from": "2023-11-04T17:00:00Z"}, True),
        ({"accepted-from": "2023-11-04T17:00:00.001Z"}, False),
        ({"accepted-to": "2023-11-04T17:00:00.000+0000"}, False),
        ({"accepted-from": "2023-11-01", "appointment-from": "2023-11-01"}, False),  # it has no appointment
        ({"result-returned-to": "2023-12-01"}, False),
    ],
)
def test_a_window_includes_its_start_and_not_its_end(sandbox: Open, window: dict[str, str], found: bool) -> None:
    caller = sandbox(MIDNIGHT)
    caller.set_clock("05T06:00")
    assert caller.search_ids(**window) == (["m"] if found else [])


def test_a_dossier_must_match_all_windows(sandbox: Open) -> None:
    body = dossier(
        "a",
        "a",
        accepted="2023-11-01T01:00:00.000+0000",
        appointment="2023-11-05T01:00:00.000+0000",
        returned="2023-11-09T01:00:00.000+0000",
    )
    caller = sandbox({"igate": [("10T06:00", body)]})
    caller.set_clock("10T06:00")
    both = {"accepted-to": "2023-11-02", "result-returned-from": "2023-11-09"}
    assert caller.search_ids(**both, **{"appointment-from": "2023-11-05"}) == ["a"]
    assert caller.search_ids(**both, **{"appointment-from": "2023-11-06"}) == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"page": "-1"},
        {"page": "x"},
        {"size": "0"},
        {"accepted-from": "hôm qua"},
        {"accepted-to": "2023-11-05T00:00:00 07:00"},  # a plus sign that was not quoted
    ],
)
def test_a_wrong_parameter_is_a_bad_request(sandbox: Open, wrong: dict[str, str]) -> None:
    reply = sandbox(FIVE).search(**wrong)
    assert (reply.status_code, reply.json()["error"]) == (400, "Bad Request")


def test_of_two_lines_with_one_time_the_last_is_shown(sandbox: Open) -> None:
    caller = sandbox({"igate": [("01T06:00", dossier("a", "first")), ("01T06:00", dossier("a", "second"))]})
    caller.set_clock("01T06:00")
    assert [body["code"] for body in caller.search().json()["content"]] == ["second"]


def test_each_version_is_shown_at_its_time_forwards_and_back(sandbox: Open) -> None:
    caller = sandbox({"igate": [("01T06:00", dossier("a", "early")), ("02T06:00", dossier("a", "late"))]})

    def codes(moment: str) -> list[str]:
        caller.set_clock(moment)
        return [body["code"] for body in caller.search().json()["content"]]

    moments = ("01T05:59", "01T06:00", "02T05:59", "02T06:00", "01T06:00", "01T00:00")
    assert [codes(moment) for moment in moments] == [[], ["early"], ["early"], ["late"], ["early"], []]


BROKEN = "31/13/2023 25:61"


def ids_accepted_on(caller: Caller, day: int) -> list[str]:
    return caller.search_ids(**{"accepted-from": f"2023-11-{day:02}", "accepted-to": f"2023-11-{day + 1:02}"})


def test_a_version_with_an_unreadable_date_is_found_by_the_date_of_an_earlier_version(sandbox: Open) -> None:
    whole = dossier("a", "a", accepted="2023-11-03T01:00:00.000+0000")
    lines = [("04T06:00", whole), ("05T06:00", dossier("a", "a", accepted=BROKEN))]
    caller = sandbox({"igate": [*lines, ("06T06:00", dossier("a", "a", accepted=""))]})
    for moment in ("05T06:00", "06T06:00"):
        caller.set_clock(moment)
        assert ids_accepted_on(caller, 3) == ["a"]
        assert ids_accepted_on(caller, 5) == ids_accepted_on(caller, 6) == []


@pytest.mark.parametrize("body", [dossier("a", "a", accepted=BROKEN), dossier("a", None), {"code": "a", "id": "a"}])
def test_a_version_without_any_date_is_found_by_when_it_was_seen(sandbox: Open, body: dict[str, Any]) -> None:
    caller = sandbox({"igate": [("05T06:00", body)]})
    caller.set_clock("05T06:00")
    assert ids_accepted_on(caller, 5) == ["a"]
    assert ids_accepted_on(caller, 4) == []


def test_the_key_of_a_dossier_is_its_id_else_its_code_else_its_line(sandbox: Open) -> None:
    without_key: dict[str, Any] = {"code": None}
    lines = [{"code": "x", "n": 1}, {"code": "x", "n": 2}, {**without_key, "n": 3}, {**without_key, "n": 4}]
    caller = sandbox({"igate": [("01T06:00", body) for body in lines]})
    caller.set_clock("01T06:00")
    assert sorted(body["n"] for body in caller.search().json()["content"]) == [2, 3, 4]
