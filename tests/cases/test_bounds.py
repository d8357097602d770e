"""Replies that would cost too much, or that no header can carry: the source is named, and the others deliver."""

import gzip
import resource
import zlib
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

import pytest

from lienthong.runtime.endpoints import Endpoints
from tests.cases.province import poll_all, result_of, settings_of
from tests.cases.systems import EMPTY, ENTRANCES, Answer, Reply, Request, json_reply, serve
from tests.command_line import ROOT

MEMORY_LIMIT = 2**30


def million_elements() -> Reply:
    return Reply(b'{"content":[' + b",".join(b"%d" % number for number in range(1_000_000)) + b'],"last":true}')


@cache
def gigabyte() -> bytes:
    """A gigabyte of spaces, compressed to a megabyte."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    return b"".join(packer.compress(b" " * 2**20) for _ in range(1024)) + packer.flush()


def packed_once() -> Reply:
    return Reply(gigabyte(), headers={"Content-Type": "application/json", "Content-Encoding": "gzip"})


def packed_twice() -> Reply:
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip, gzip"}
    return Reply(gzip.compress(gigabyte(), 9), headers=headers)


def lists_without_end() -> Reply:
    return Reply(b"[" * 20_000_000)


TOO_MUCH: Mapping[str, Callable[[], Reply]] = {
    "a million elements": million_elements,
    "packed twice": packed_twice,
    "a gigabyte of spaces": packed_once,
    "lists without end": lists_without_end,
}


def answer_all_but(source: str, reply: Reply) -> Answer:
    """One source answers `reply`; the register of civil servants has one person, if it is another source."""
    person = {"soHieuCBCCVC": "H08.CC.000001", "loai": "CC", "maDonVi": "H08.12", "ngayBatDau": "20200101"}
    sound = dict(EMPTY) | {ENTRANCES["ccvc"]: {"items": [person], "next": "1", "more": False}}

    def answer(request: Request) -> Reply:
        return reply if request.path == ENTRANCES[source] else json_reply(sound[request.path])

    return answer


def peak_memory() -> int:
    """The most memory this process has used, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


@pytest.mark.parametrize("source", ["igate", "dvcqg", "vneid"])
@pytest.mark.parametrize("reply", TOO_MUCH.values(), ids=TOO_MUCH.keys())
def test_a_reply_that_would_cost_too_much_is_refused_and_the_others_deliver(
    reply: Callable[[], Reply], source: str, tmp_path: Path
) -> None:
    endpoints, body, before = Endpoints(tmp_path), reply(), peak_memory()
    with serve(answer_all_but(source, body)) as variables:
        silent = poll_all(settings_of(ROOT, variables), endpoints)
    assert silent.keys() == {source}
    assert [subject.split("/")[0] for subject in result_of(endpoints.database_url()).delivered] == ["H08.CC.000001"]
    assert peak_memory() - before < MEMORY_LIMIT


@pytest.mark.parametrize("token", ["mã-không-gửi-được", "a\r\nX: 1", "\x00", "t" * 100_000, 7, None, ["a"]])
@pytest.mark.parametrize("source", ["igate", "vneid"])
def test_a_token_that_no_header_can_carry_stops_its_source_alone_and_is_not_shown(
    source: str, token: object, tmp_path: Path
) -> None:
    (path,) = [path for path in EMPTY if path.startswith(f"/{source}/") and "token" in path]
    endpoints = Endpoints(tmp_path)
    sound = answer_all_but("dvcqg", json_reply(EMPTY[ENTRANCES["dvcqg"]]))

    def answer(request: Request) -> Reply | None:
        return json_reply({"access_token": token, "expires_in": 300}) if request.path == path else sound(request)

    with serve(answer) as variables:
        silent = poll_all(settings_of(ROOT, variables), endpoints)
    assert silent.keys() == {source}
    assert not isinstance(token, str) or token not in silent[source]
    assert len(result_of(endpoints.database_url()).delivered) == 1
