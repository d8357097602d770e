"""The one HTTP door."""

import gzip
import time
import tracemalloc
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from itertools import repeat

import httpx
import pytest

from lienthong.connectors.protocols.http import Refused
from lienthong.errors import Transient
from tests.fake_systems import SECRETS, URL, Answer, FakeServer, json_reply


def answered(*answers: Answer) -> FakeServer:
    """A door that gives these answers first, then {"ok": true}."""
    door = FakeServer(lambda request: json_reply({"ok": True}))
    door.fault = lambda number, request: answers[number] if number < len(answers) else None
    return door


def html() -> httpx.Response:
    return httpx.Response(200, html="<html><body>502 Bad Gateway</body></html>")


FAILURES: dict[str, Callable[[], Answer]] = {
    "500": lambda: json_reply({}, 500),
    "502": lambda: json_reply({}, 502),
    "503": lambda: json_reply({}, 503),
    "504": lambda: json_reply({}, 504),
    "429": lambda: json_reply({}, 429),
    "time-out": lambda: httpx.ReadTimeout("https://user:s3cret@x"),
    "no connection": lambda: httpx.ConnectError("https://user:s3cret@x"),
    "cut": lambda: httpx.RemoteProtocolError("peer closed connection"),
    "truncated JSON": lambda: httpx.Response(200, content=b'{"items": [1, 2'),
    "HTML": html,
    "empty body": lambda: httpx.Response(200),
    "broken gzip": lambda: httpx.Response(200, stream=Pieces([b"no gzip"]), headers={"Content-Encoding": "gzip"}),
}


class Pieces(httpx.SyncByteStream):
    def __init__(self, pieces: Iterable[bytes]) -> None:
        self.pieces = pieces

    def __iter__(self) -> Iterator[bytes]:
        yield from self.pieces


@pytest.mark.parametrize("failure", FAILURES.values(), ids=FAILURES.keys())
def test_a_passing_failure_is_healed_by_trying_again(failure: Callable[[], Answer]) -> None:
    door = answered(failure(), failure())
    assert door.http().call("GET", URL) == {"ok": True}
    assert len(door.requests) == 3
    assert len(door.slept) == 2


@pytest.mark.parametrize("failure", FAILURES.values(), ids=FAILURES.keys())
def test_a_lasting_failure_is_transient_and_shows_no_secret(failure: Callable[[], Answer]) -> None:
    door = answered(*(failure() for _ in range(99)))
    with pytest.raises(Transient) as raised:
        door.http().call("GET", URL, params={"password": "s3cret"})
    assert len(door.requests) == 5
    assert "hệ thống iGate" in raised.value.why
    assert raised.value.why.endswith("(đã thử 5 lần)")
    assert not any(secret in raised.value.why for secret in SECRETS)
    assert raised.value.__suppress_context__


def test_waits_grow_and_stay_seconds_long() -> None:
    door = answered(*(json_reply({}, 500) for _ in range(99)))
    with pytest.raises(Transient):
        door.http().call("GET", URL)
    assert door.slept == sorted(door.slept)
    assert sum(door.slept) < 10


def test_no_further_try_begins_after_ten_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    door = answered(*(json_reply({}, 500) for _ in range(99)))
    now = iter(range(0, 10_000, 6))
    http = door.http()
    monkeypatch.setattr(time, "monotonic", lambda: float(next(now)))
    with pytest.raises(Transient):
        http.call("GET", URL)
    assert 1 <= len(door.requests) <= 2


def test_a_short_retry_after_is_waited_for() -> None:
    door = answered(httpx.Response(429, headers={"Retry-After": "2"}))
    assert door.http().call("GET", URL) == {"ok": True}
    assert door.slept == [2.0]


@pytest.mark.parametrize("status", [429, 503])
def test_a_long_retry_after_is_handed_to_the_engine(status: int) -> None:
    door = answered(httpx.Response(status, headers={"Retry-After": "120"}))
    with pytest.raises(Transient) as raised:
        door.http().call("GET", URL)
    assert raised.value.after == timedelta(seconds=120)
    assert len(door.requests) == 1


def test_a_retry_after_date_counts_from_the_date_of_the_reply() -> None:
    headers = {"Date": "Wed, 15 Nov 2023 05:00:00 GMT", "Retry-After": "Wed, 15 Nov 2023 05:10:00 GMT"}
    with pytest.raises(Transient) as raised:
        answered(httpx.Response(503, headers=headers)).http().call("GET", URL)
    assert raised.value.after == timedelta(minutes=10)


@pytest.mark.parametrize("text", ["soon", "-5", "", "Wed, 15 Nov 2023 05:10:00 GMT", "²"])
def test_a_retry_after_without_meaning_is_a_failure_as_any_other(text: str) -> None:
    door = answered(httpx.Response(429, headers=[(b"Retry-After", text.encode())]))
    assert door.http().call("GET", URL) == {"ok": True}


def test_an_endless_retry_after_is_bounded() -> None:
    with pytest.raises(Transient) as raised:
        answered(httpx.Response(429, headers={"Retry-After": "9" * 400})).http().call("GET", URL)
    assert raised.value.after == timedelta(days=1)


@pytest.mark.parametrize("status", [301, 400, 401, 403, 404, 410, 501])
def test_a_final_status_is_refused_at_once(status: int) -> None:
    door = answered(json_reply({}, status))
    with pytest.raises(Refused) as raised:
        door.http().call("GET", URL)
    assert raised.value.status == status
    assert str(status) in raised.value.why
    assert len(door.requests) == 1


def test_a_reply_beyond_the_limit_is_not_read_to_its_end() -> None:
    door = answered(httpx.Response(200, stream=Pieces(repeat(b"[" * 1000))))
    with pytest.raises(Transient, match="lớn hơn giới hạn 5000 byte"):
        door.http(reply_limit=5000).call("GET", URL)
    assert len(door.requests) == 1


def test_a_reply_that_drips_in_is_given_up_after_the_time_out() -> None:
    ticks = iter(range(10_000))
    door = answered(httpx.Response(200, stream=Pieces([b" "] * 100 + [b"{}"])))
    http = door.http(timeout=timedelta(seconds=10), elapsed=lambda: float(next(ticks)))
    assert http.call("GET", URL) == {"ok": True}
    assert len(door.requests) == 2


def test_an_impossible_address_is_transient_and_not_shown() -> None:
    with pytest.raises(Transient) as raised:
        answered().http().call("GET", "https://user:s3cret@motcua.example.gov.vn:port/")
    assert not any(secret in raised.value.why for secret in SECRETS)


def test_forms_json_and_headers_go_out_as_given() -> None:
    door = answered()
    http = door.http()
    http.call("POST", URL, form={"grant_type": "client_credentials"})
    http.call("POST", URL, json={"tên": "Mẫu"}, headers={"dstcode": "VPCP"})
    form, body = door.requests
    assert form.content == b"grant_type=client_credentials"
    assert (body.content.decode(), body.headers["dstcode"]) == ('{"tên":"Mẫu"}', "VPCP")
    assert form.headers["User-Agent"] == "lienthong"


@pytest.mark.parametrize("coding", ["gzip, gzip", "br", "zstd"])
def test_a_coding_that_was_not_asked_for_is_refused_unread(coding: str) -> None:
    body = gzip.compress(gzip.compress(b"0" * 10_000_000))
    door = answered(httpx.Response(200, stream=Pieces([body]), headers={"Content-Encoding": coding}))
    with pytest.raises(Transient, match="nén"):
        door.http().call("GET", URL)
    assert len(door.requests) == 1


def test_a_small_reply_that_becomes_a_large_one_is_given_up_at_the_limit() -> None:
    body = gzip.compress(b"0" * 50_000_000)
    door = answered(httpx.Response(200, stream=Pieces([body]), headers={"Content-Encoding": "gzip"}))
    tracemalloc.start()
    with pytest.raises(Transient, match="lớn hơn giới hạn 100000 byte"):
        door.http(reply_limit=100_000).call("GET", URL)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 5_000_000


@pytest.mark.parametrize("cut", [1, 5, -9, -1])
def test_a_compressed_reply_may_come_in_any_pieces_and_is_not_taken_for_whole_when_it_is_cut(cut: int) -> None:
    body = gzip.compress(b'{"ok": ') + gzip.compress(b"true}")
    gzipped = {"Content-Encoding": "gzip"}
    whole = answered(httpx.Response(200, stream=Pieces([body[:cut], body[cut:]]), headers=gzipped))
    assert whole.http().call("GET", URL) == {"ok": True}
    assert len(whole.requests) == 1
    part = answered(httpx.Response(200, stream=Pieces([body[:cut]]), headers=gzipped))
    assert part.http().call("GET", URL) == {"ok": True}
    assert len(part.requests) == 2


def test_a_byte_order_mark_before_the_json_is_passed_over() -> None:
    door = answered(httpx.Response(200, content=b'\xef\xbb\xbf{"ok": 1}'))
    assert door.http().call("GET", URL) == {"ok": 1}


def test_parameters_join_a_query_that_the_address_has() -> None:
    door = answered()
    door.http().call("GET", "https://example.org/a?x=1", params={"y": "2"})
    door.http().call("GET", "https://example.org/a?x=1")
    assert [str(request.url.query, "ascii") for request in door.requests] == ["x=1&y=2", "x=1"]


def test_a_header_that_cannot_be_sent_is_transient() -> None:
    with pytest.raises(Transient):
        answered().http().call("GET", URL, headers={"X-Name": "Mẫu"})
