"""JSON over HTTP, configured by YAML alone."""

import gzip
from collections.abc import Mapping
from typing import Any

import httpx
import orjson
import pytest

from lienthong.configuration.bind import bind
from lienthong.configuration.faults import Mismatch
from lienthong.connectors.sources.http_json import HttpJson
from lienthong.connectors.sources.http_json.paging import next_link
from lienthong.data.unreadable import UNREADABLE_KEY
from lienthong.errors import Transient
from tests.fake_systems import (
    SECRETS,
    FakeClock,
    FakeServer,
    json_reply,
    make_site,
    poll_completely,
    poll_until_failure,
    query_of,
    record_keys,
)
from tests.unit.lienthong_connectors.letters import URL, FakeLetters
from tests.unit.lienthong_connectors.loopback import Arrived, Response, serving

WAYS: dict[str, dict[str, Any]] = {
    "page": {"by": "page"},
    "offset": {"by": "offset", "size": 2},
    "cursor": {"by": "cursor", "next": "next"},
    "feed": {"by": "cursor", "next": "next", "resume": True},
    "link": {"by": "link"},
}
SINCE = {"parameter": "from", "watermark": "updated_at"}


class Stand:
    def __init__(self, way: str = "page", cap: int = 2, **given: Any) -> None:
        self.letters = FakeLetters(way, cap=cap)
        self.door = FakeServer(self.letters)
        self.clock = FakeClock()
        paging = {"paging": WAYS[way]} if way in WAYS else {}
        self.given = {"url": URL, "type": "letter.seen", "records": "items", "key": "code", **paging, **given}

    def source(self, **http: Any) -> HttpJson:
        return HttpJson(make_site(self.clock), self.door.http(**http), **bind(HttpJson, self.given, tables={}))

    def answer(self, *bodies: object) -> None:
        """Replies in this order, each raw bytes or a value."""
        replies = [
            httpx.Response(200, content=body if isinstance(body, bytes) else orjson.dumps(body)) for body in bodies
        ]
        self.door.fault = lambda number, request: replies[min(number, len(replies) - 1)]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("count", [0, 1, 2, 4, 5])
def test_every_way_of_paging_reads_everything_in_order(way: str, count: int) -> None:
    stand = Stand(way)
    letters = [stand.letters.add(number) for number in range(count)]
    records, _ = poll_completely(stand.source(), {})
    assert [record.body for record in records] == letters
    assert all(record.type == "letter.seen" and record.key == record.body["code"] for record in records)


def test_without_paging_one_reply_is_everything() -> None:
    stand = Stand("one")
    stand.letters.add(1)
    poll_completely(stand.source(), {})
    assert len(stand.door.requests) == 1


def test_a_short_page_is_not_taken_for_the_last_one() -> None:
    stand = Stand(paging={"by": "page", "size": 100})
    for number in range(5):
        stand.letters.add(number)
    assert len(poll_completely(stand.source(), {})[0]) == 5
    assert [query_of(request)["size"] for request in stand.door.requests] == ["100"] * 4


def test_more_saves_the_request_for_an_empty_page() -> None:
    stand = Stand(paging={"by": "page", "more": "more"})
    stand.answer({"items": [{"code": "a"}], "more": True}, {"items": [], "more": True}, {"items": [], "more": False})
    assert record_keys(poll_completely(stand.source(), {})[0]) == {"a"}
    assert len(stand.door.requests) == 3


def test_a_feed_continues_where_it_ended() -> None:
    stand = Stand("feed")
    stand.letters.add(1)
    _, cursor = poll_completely(stand.source(), {})
    assert cursor == {"after": "1:1"}
    stand.letters.add(2)
    records, cursor = poll_completely(stand.source(), cursor)
    assert record_keys(records) == {"L-2"}
    assert poll_completely(stand.source(), cursor) == ([], cursor)


def test_a_feed_that_was_made_anew_is_read_from_its_beginning_once() -> None:
    stand = Stand("feed")
    stand.letters.add(1)
    _, cursor = poll_completely(stand.source(), {})
    stand.letters.generation = 2
    records, cursor = poll_completely(stand.source(), cursor)
    assert (record_keys(records), cursor) == ({"L-1"}, {"after": "2:1"})
    stand.door.fault = lambda number, request: json_reply({}, 410)
    assert "410" in str(poll_until_failure(stand.source(), cursor)[2])


@pytest.mark.parametrize(
    "link",
    [
        "https://evil.example/letters",
        "http://thu.example.gov.vn/s3cret/letters",
        "//evil.example/x",
        "http://[",
        "ftp:x",
    ],
)
def test_a_link_to_another_origin_is_refused_after_its_page_was_kept(link: str) -> None:
    stand = Stand(paging={"by": "link", "next": "next"})
    stand.answer({"items": [{"code": "a"}], "next": link})
    records, cursor, failure = poll_until_failure(stand.source(), {})
    assert (record_keys(records), cursor) == ({"a"}, {})
    assert failure and "máy chủ khác" in failure.why
    assert "evil" not in failure.why
    assert len(stand.door.requests) == 1


@pytest.mark.parametrize("link", ["?start=1", "/s3cret/letters?start=1", URL + "?start=1"])
def test_a_link_of_the_same_origin_may_be_relative(link: str) -> None:
    stand = Stand(paging={"by": "link", "next": "next"}, query={"lang": "vi"})
    stand.answer({"items": [], "next": link}, {"items": [{"code": "a"}]})
    assert record_keys(poll_completely(stand.source(), {})[0]) == {"a"}
    first, second = stand.door.requests
    assert query_of(first) == {"lang": "vi"}
    assert (second.url.path, query_of(second)) == ("/s3cret/letters", {"start": "1"})


@pytest.mark.parametrize(
    ("header", "target"),
    [
        ('<a?page=2>; rel="next"', "a?page=2"),
        ("<a>;rel=next", "a"),
        ('<b>; rel="prev", <a,b;c>; title="x; rel=y, <z>" ; rel="last Next"; x', "a,b;c"),
        ('<a>; rel="nextish"', None),
        ('<a>; title="rel=next"', None),
        ("<a>", None),
        ("", None),
        ("<" * 100_000, None),
        ("<a>;a" + " " * 100_000, None),
        ('<a>;rel="' + " " * 100_000, None),
    ],
)
def test_the_next_link_of_a_header(header: str, target: str | None) -> None:
    assert next_link(header) == target


CIRCLES: dict[str, tuple[dict[str, Any], list[object]]] = {
    "token": (WAYS["cursor"], [{"items": [1], "next": "A"}, {"items": [2], "next": "B"}, {"items": [3], "next": "A"}]),
    "page": (WAYS["page"], [{"items": [1]}, {"items": [1]}]),
    "link": ({"by": "link", "next": "next"}, [{"items": [1], "next": "?x=1"}, {"items": [2], "next": "?x=1"}]),
    "offset": ({"by": "offset", "more": "more"}, [{"items": [], "more": True}]),
}


@pytest.mark.parametrize("circle", CIRCLES)
def test_pages_in_a_circle_end_the_poll_and_what_was_read_stays(circle: str) -> None:
    paging, bodies = CIRCLES[circle]
    stand = Stand(paging=paging)
    stand.answer(*bodies)
    records, _, failure = poll_until_failure(stand.source(), {})
    assert failure and "mãi cùng một trang" in failure.why
    assert len(records) >= len({orjson.dumps(body) for body in bodies}) - (circle == "offset")
    assert len(stand.door.requests) <= 4


def test_the_watermark_is_kept_and_sent_with_an_overlap() -> None:
    stand = Stand("one", since={**SINCE, "overlap": "10m"})
    stand.letters.add(1, updated_at="2023-11-14T10:00:30+07:00")
    stand.letters.add(2, updated_at="2023-11-14T02:00:00Z")
    records, cursor = poll_completely(stand.source(), {})
    assert (len(records), cursor) == (2, {"since": "2023-11-14T03:00:30+00:00"})
    records, again = poll_completely(stand.source(), cursor)
    assert query_of(stand.door.requests[-1]) == {"from": "2023-11-14T02:50:30Z"}
    assert (record_keys(records), again) == ({"L-1"}, cursor)


def test_an_unsorted_list_keeps_its_watermark_only_after_the_last_page() -> None:
    stand = Stand(since=SINCE)
    for number in (9, 8, 7):
        stand.letters.add(number)
    pages = list(stand.source().poll({}))
    assert [page.cursor for page in pages] == [{}, {}, {"since": "2023-11-14T03:00:09+00:00"}]


def test_a_sorted_list_keeps_it_page_by_page() -> None:
    stand = Stand(since={**SINCE, "oldest_first": True})
    for number in (1, 2, 3):
        stand.letters.add(number)
    pages = list(stand.source().poll({}))
    assert [page.cursor.get("since", "")[17:19] for page in pages] == ["02", "03", "03"]


def test_a_watermark_from_the_future_counts_as_now() -> None:
    stand = Stand("one", since=SINCE)
    stand.letters.add(1, updated_at="2099-01-01T00:00:00+07:00")
    _, cursor = poll_completely(stand.source(), {})
    assert cursor == {"since": "2023-11-15T05:00:00+00:00"}


@pytest.mark.parametrize(
    ("format_", "kept", "sent"),
    [("iso", "2099-01-01T00:00:00+00:00", {"from": "2023-11-15T05:00:00Z"}), ("text", "2099-01-01 00:00:00", {})],
)
def test_a_cursor_from_the_future_hides_nothing(format_: str, kept: str, sent: dict[str, str]) -> None:
    """As an earlier version kept it, or a poll while a clock was wrong."""
    stand = Stand("one", since={**SINCE, "format": format_})
    stand.letters.add(1)
    poll_completely(stand.source(), {"since": kept})
    assert query_of(stand.door.requests[-1]) == sent


def test_a_text_from_the_future_is_no_watermark() -> None:
    stand = Stand("one", since={**SINCE, "format": "text"})
    stand.letters.add(1, updated_at="2099-01-01 00:00:00")
    stand.letters.add(2, updated_at="2023-11-15 11:59:59")
    _, cursor = poll_completely(stand.source(), {})
    assert cursor == {"since": "2023-11-15 11:59:59"}


@pytest.mark.parametrize(
    ("format_", "values", "sent"),
    [
        ("iso", ["2023-11-14T10:00:00", "rubbish", None], "2023-11-14T03:00:00Z"),
        ("date", ["2023-11-13", "2023-11-14"], "2023-11-14"),
        ("seconds", [1699930800, "1699930801.9"], "1699930801"),
        ("milliseconds", [1699930800123], "1699930800123"),
        ("number", [9, "10", True, 8.5], "10"),
        ("text", ["a", "c", "b", 5], "c"),
    ],
)
def test_watermarks_of_every_format(format_: str, values: list[object], sent: str) -> None:
    stand = Stand("one", since={**SINCE, "format": format_})
    stand.answer({"items": [{"code": str(place), "updated_at": value} for place, value in enumerate(values)]})
    records, cursor = poll_completely(stand.source(), {})
    assert len(records) == len(values)
    poll_completely(stand.source(), orjson.loads(orjson.dumps(cursor)))
    assert query_of(stand.door.requests[-1]) == {"from": sent}


def test_the_first_poll_sends_the_initial_watermark() -> None:
    stand = Stand("one", since={**SINCE, "initial": "2023-01-01"})
    poll_completely(stand.source(), {})
    assert query_of(stand.door.requests[0]) == {"from": "2023-01-01"}


def test_a_post_carries_its_parameters_in_its_body() -> None:
    given = {"method": "POST", "body": {"unit": "H08"}, "query": {"v": 2}, "since": {**SINCE, "initial": "2023-01-01"}}
    stand = Stand(paging={"by": "page", "more": "more"}, **given)
    stand.answer({"items": []})
    poll_completely(stand.source(), {})
    (request,) = stand.door.requests
    assert orjson.loads(request.content) == {"unit": "H08", "from": "2023-01-01", "page": 1}
    assert (request.method, query_of(request)) == ("POST", {"v": "2"})


@pytest.mark.parametrize(
    ("auth", "header", "value"),
    [
        ({"kind": "bearer", "token": "t"}, "Authorization", "Bearer t"),
        ({"kind": "basic", "username": "an", "password": "mật"}, "Authorization", "Basic YW46beG6rXQ="),
        ({"kind": "api_key", "key": "k"}, "X-Api-Key", "k"),
        ({"kind": "api_key", "header": "Token", "key": "k"}, "Token", "k"),
    ],
)
def test_credentials_go_with_every_request(auth: dict[str, str], header: str, value: str) -> None:
    stand = Stand(auth=auth, headers={"Accept-Language": "vi"})
    stand.letters.add(1)
    poll_completely(stand.source(), {})
    assert [request.headers[header] for request in stand.door.requests] == [value] * 2
    assert stand.door.requests[0].headers["Accept-Language"] == "vi"


OAUTH = {"kind": "oauth2", "token_url": "https://sso.example.gov.vn/token", "client_id": "c", "client_secret": "s3cret"}


def test_an_oauth_token_is_fetched_and_renewed_once_when_it_is_refused() -> None:
    stand = Stand("one", auth={**OAUTH, "scope": "letters"})
    tokens = iter(["old", "new"])

    def serve(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/token":
            assert b"grant_type=client_credentials" in request.content and b"scope=letters" in request.content
            return json_reply({"access_token": next(tokens), "expires_in": 300})
        return json_reply({"items": [{"code": "a"}]}, 200 if request.headers["Authorization"] == "Bearer new" else 401)

    stand.door.serve = serve
    assert record_keys(poll_completely(stand.source(), {})[0]) == {"a"}


@pytest.mark.parametrize("token", ["a\nb", "mã", "", 5])
def test_a_token_that_no_header_can_carry_is_transient_and_not_shown(token: object) -> None:
    stand = Stand("one", auth=OAUTH)
    stand.door.serve = lambda request: json_reply({"access_token": token})
    _, _, failure = poll_until_failure(stand.source(), {})
    assert failure and str(token or "mã lạ") not in failure.why.replace("mã truy cập", "")


RECORD = b'{"code": "b", "note": %s}'
BAD_VALUES: Mapping[str, tuple[bytes, str]] = {
    "half of a surrogate pair": (rb'"\ud83d"', "note"),
    "NaN": (b"NaN", "note"),
    "an integer of 400 digits": (b"9" * 400, "note"),
    "an integer beyond 64 bits": (b"98765432109876543210987", "note"),
    "a byte of another encoding": (b'"Nguy\xe5n"', "note"),
    "lists 300 deep": (b"[" * 300 + b"]" * 300, "sâu"),
}


@pytest.mark.parametrize("name", BAD_VALUES)
def test_a_value_that_json_cannot_carry_costs_its_own_record_only(name: str) -> None:
    value, reason = BAD_VALUES[name]
    stand = Stand("one")
    stand.answer(b'{"items": [{"code": "a"}, ' + RECORD % value + b', {"code": "c"}]}')
    records, _ = poll_completely(stand.source(), {})
    assert [record.key for record in records] == ["a", "b", "c"]
    note = records[1].body[UNREADABLE_KEY]
    assert note["field"].startswith("note")
    assert reason in note["reason"]


@pytest.mark.parametrize(
    "body", [b'\xef\xbb\xbf{"items": [{"code": "a"}]}', b'{"items": [{"code": "a", "n": "x\ty"}]}']
)
def test_a_byte_order_mark_and_raw_control_characters_do_no_harm(body: bytes) -> None:
    stand = Stand("one")
    stand.answer(body)
    assert record_keys(poll_completely(stand.source(), {})[0]) == {"a"}


def test_what_is_no_object_or_has_no_key_is_received_without_one() -> None:
    stand = Stand("one")
    stand.answer({"items": [5, None, [1], "x", {}, {"code": ""}, {"code": [1]}, {"code": True}]})
    records, _ = poll_completely(stand.source(), {})
    assert [record.key for record in records] == ["", "", "", "", "", "", "1", ""]
    assert records[0].body == {"value": 5}


def test_a_key_of_several_parts_needs_all_of_them() -> None:
    stand = Stand("one", key="[unit, number]")
    stand.answer({"items": [{"unit": "H08", "number": 5}, {"unit": "H08"}]})
    assert [record.key for record in poll_completely(stand.source(), {})[0]] == ["H08/5", ""]


@pytest.mark.parametrize("body", [{}, {"items": None}, {"items": "none"}, [], None, 5])
def test_a_reply_without_a_list_of_records_is_transient(body: object) -> None:
    stand = Stand("one")
    stand.answer(body)
    _, _, failure = poll_until_failure(stand.source(), {})
    assert failure and "records" in failure.why


def test_limits_of_records_pages_and_time() -> None:
    stand = Stand("one", record_limit=2)
    stand.answer({"items": [1, 2, 3]})
    assert "3" in str(poll_until_failure(stand.source(), {})[2])
    pages = Stand(page_limit=2)
    for number in range(9):
        pages.letters.add(number)
    records, _, failure = poll_until_failure(pages.source(), {})
    assert len(records) == 4
    assert failure and "giới hạn" in failure.why


@pytest.mark.parametrize("limit", [{"page_limit": 3}, {"poll_record_limit": 6}])
def test_a_poll_that_ends_at_a_limit_fails_with_a_reason_and_the_next_one_continues(limit: dict[str, int]) -> None:
    stand = Stand("feed", **limit)
    for number in range(7):
        stand.letters.add(number)
    records, cursor, failure = poll_until_failure(stand.source(), {})
    assert len(records) == 6
    assert failure and "đọc tiếp" in failure.why
    rest, _ = poll_completely(stand.source(), cursor)
    assert len(rest) == 1


@pytest.mark.parametrize("status", [400, 500])
def test_a_refused_deep_page_is_reached_from_the_newest_watermark(status: int) -> None:
    stand = Stand(since={**SINCE, "oldest_first": True})
    letters = [stand.letters.add(number) for number in range(9)]

    def deep(number: int, request: httpx.Request) -> httpx.Response | None:
        return json_reply({}, status) if int(query_of(request)["page"]) > 2 else None

    stand.door.fault = deep
    records, cursor = poll_completely(stand.source(), {})
    assert record_keys(records) == {letter["code"] for letter in letters}
    assert cursor["since"] == poll_completely(stand.source(), cursor)[1]["since"]


def test_a_refused_deep_page_that_no_watermark_shortens_is_transient_after_what_could_be_read() -> None:
    stand = Stand(since=SINCE)
    for number in range(9):
        stand.letters.add(number)
    stand.door.fault = lambda number, request: json_reply({}, 400) if query_of(request)["page"] == "3" else None
    records, cursor, failure = poll_until_failure(stand.source(), {})
    assert (len(records), cursor, failure is not None) == (4, {}, True)


@pytest.mark.parametrize("found", [{"0": {"code": "a"}, "1": {"code": "b"}}, [[{"code": "a"}, {"code": "b"}]]], ids=str)
def test_a_list_that_is_written_otherwise_is_read_as_what_it_plainly_is(found: object) -> None:
    stand = Stand("one")
    stand.answer({"items": found})
    assert record_keys(poll_completely(stand.source(), {})[0]) == {"a", "b"}


def test_a_poll_that_takes_too_long_is_given_up() -> None:
    stand = Stand(poll_limit="10s")
    for number in range(9):
        stand.letters.add(number)
    ticks = iter(range(0, 1000, 6))
    parameters = bind(HttpJson, stand.given, tables={})
    source = HttpJson(make_site(), stand.door.http(), lambda: float(next(ticks)), **parameters)
    with pytest.raises(Transient):
        list(source.poll({}))
    assert len(stand.door.requests) == 2


def test_no_failure_shows_an_address_or_a_secret() -> None:
    stand = Stand(auth={"kind": "basic", "username": "u", "password": "s3cret"})
    for status in (500, 403, 302, 404):
        stand.door.fault = lambda number, request, status=status: json_reply({"secret": "s3cret"}, status)  # type: ignore[misc]  # the loop's value
        _, _, failure = poll_until_failure(stand.source(), {})
        assert failure and not any(secret in failure.why for secret in SECRETS)


@pytest.mark.slow
def test_the_name_of_the_system_is_shown_where_it_is_given() -> None:
    stand = Stand(system="Sổ thư")
    source = HttpJson(make_site(), None, **bind(HttpJson, stand.given | {"url": "http://127.0.0.1:1/"}, tables={}))
    with pytest.raises(Transient, match="Sổ thư"):
        list(source.poll({}))


WRONG: dict[str, tuple[dict[str, Any], tuple[str | int, ...]]] = {
    "address": ({"url": "example.org/x"}, ("url",)),
    "scheme": ({"url": "ftp://example.org/x"}, ("url",)),
    "path": ({"records": "data["}, ("records",)),
    "key": ({"key": "a b"}, ("key",)),
    "method": ({"method": "DELETE"}, ("method",)),
    "header": ({"headers": {"X Y": "a"}}, ("headers", "X Y")),
    "header value": ({"headers": {"X-Y": "a\nb"}}, ("headers", "X-Y")),
    "way of paging": ({"paging": {"by": "pages"}}, ("paging", "by")),
    "key of paging": ({"paging": {"by": "page", "sizes": 5}}, ("paging", "sizes")),
    "size of a page": ({"paging": {"by": "page", "size": 0}}, ("paging", "size")),
    "cursor without next": ({"paging": {"by": "cursor"}}, ("paging",)),
    "path of a token": ({"paging": {"by": "cursor", "next": "]"}}, ("paging", "next")),
    "watermark": ({"since": {"parameter": "from"}}, ("since",)),
    "format": ({"since": {**SINCE, "format": "unix"}}, ("since", "format")),
    "overlap": ({"since": {**SINCE, "overlap": 5}}, ("since", "overlap")),
    "overlap of numbers": ({"since": {**SINCE, "format": "number", "overlap": "5m"}}, ("since",)),
    "initial": ({"since": {**SINCE, "initial": "soon"}}, ("since",)),
    "kind of auth": ({"auth": {"kind": "magic"}}, ("auth", "kind")),
    "auth without a token": ({"auth": {"kind": "bearer"}}, ("auth",)),
    "empty token": ({"auth": {"kind": "bearer", "token": ""}}, ("auth", "token")),
    "limit": ({"page_limit": 0}, ("page_limit",)),
    "time": ({"timeout": 60}, ("timeout",)),
}


@pytest.mark.parametrize("name", WRONG)
def test_check_refuses_what_cannot_work_and_names_the_key(name: str) -> None:
    given, path = WRONG[name]
    stand = Stand("one", **given)
    with pytest.raises(Mismatch) as error:
        bind(HttpJson, stand.given, tables={})
    assert path in [fault.path for fault in error.value.faults]
    assert all(fault.advice_for() for fault in error.value.faults)


def test_an_overlap_may_reach_beyond_the_first_day_of_time() -> None:
    stand = Stand("one", since={**SINCE, "overlap": "36500d"})
    stand.letters.add(1, updated_at="0001-01-03T00:00:00+00:00")
    _, cursor = poll_completely(stand.source(), {})
    records, _ = poll_completely(stand.source(), cursor)
    assert query_of(stand.door.requests[-1]) == {"from": "0001-01-02T00:00:00Z"}
    assert len(records) == 1


def test_a_real_server_is_read_with_compressed_pages_and_links() -> None:
    def respond(arrived: Arrived) -> Response:
        number = int(arrived.path.partition("=")[2] or 0)
        link = (("Link", f'</letters?n={number + 1}>; rel="next"'),) if number < 2 else ()
        body = gzip.compress(orjson.dumps({"items": [{"code": f"L-{number}"}]}))
        return Response(200, body, (("Content-Encoding", "gzip"), *link))

    with serving(respond) as url:
        given = {"url": f"{url}/letters", "type": "letter.seen", "records": "items", "key": "code"}
        source = HttpJson(make_site(), **bind(HttpJson, given | {"paging": {"by": "link"}}, tables={}))
        records, _ = poll_completely(source, {})
    assert [record.key for record in records] == ["L-0", "L-1", "L-2"]
