"""The systems that the generic sources are tried with; see `Stand` in sources_contract.py."""

from itertools import count
from typing import Any

from lienthong.configuration.bind import bind
from lienthong.connectors.sources.http_json import HttpJson
from lienthong.ports import Source
from tests.fake_systems import FakeServer, make_site
from tests.unit.lienthong_connectors.letters import URL, FakeLetters

_numbers = count(1)

WAYS: dict[str, dict[str, Any]] = {
    "page": {"paging": {"by": "page"}},
    "offset": {"paging": {"by": "offset", "size": 2}},
    "cursor": {"paging": {"by": "cursor", "next": "next"}},
    "feed": {"paging": {"by": "cursor", "next": "next", "resume": True}},
    "link": {"paging": {"by": "link"}},
    "since": {
        "paging": {"by": "page"},
        "since": {"parameter": "from", "watermark": "updated_at", "oldest_first": True},
    },
}


class Letters:
    """A register of letters behind HTTP, paged in one way."""

    def __init__(self, way: str) -> None:
        self.letters = FakeLetters("page" if way == "since" else way)
        self.door = FakeServer(self.letters)
        self.given = {"url": URL, "type": "letter.seen", "records": "items", "key": "code", **WAYS[way]}

    def source(self) -> Source:
        return HttpJson(make_site(), self.door.http(), **bind(HttpJson, self.given, tables={}))

    def show(self, number: int) -> set[str]:
        marks = {f"m{next(_numbers)}" for _ in range(number)}
        for mark in sorted(marks):
            self.letters.add(next(_numbers), mark=mark, updated_at="2023-11-14T10:00:00+07:00")
        return marks

    def show_broken(self) -> set[str]:
        (mark,) = self.show(1)
        del self.letters.letters[-1]["code"]
        return {mark}

    def down(self, after: int) -> None:
        self.door.fail_after(after)

    def up(self) -> None:
        self.door.fail_after(None)
