"""An invented register of letters behind an HTTP interface that pages in every way there is."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import httpx

from tests.fake_systems import json_reply, query_of

URL = "https://thu.example.gov.vn/s3cret/letters"


class FakeLetters:
    """Letters in the order they were added; `way` is how they are paged."""

    def __init__(self, way: str = "page", *, cap: int = 2) -> None:
        self.way = way
        self.cap = cap
        self.letters: list[Any] = []
        self.generation = 1

    def add(self, number: int, **more: Any) -> dict[str, Any]:
        letter = {"code": f"L-{number}", "updated_at": f"2023-11-14T10:00:{number % 60:02d}+07:00", **more}
        self.letters.append(letter)
        return letter

    def __call__(self, request: httpx.Request) -> httpx.Response:
        query = query_of(request)
        found = [letter for letter in self.letters if self._is_wanted(letter, query.get("from", ""))]
        return getattr(self, f"_by_{self.way}")(found, query)

    @staticmethod
    def _is_wanted(letter: Any, start: str) -> bool:
        if not start or not isinstance(letter, dict):
            return True
        moment = datetime.fromisoformat(letter["updated_at"])
        return moment >= datetime.fromisoformat(start)

    def _by_one(self, found: list[Any], query: Mapping[str, str]) -> httpx.Response:
        return json_reply({"items": found})

    def _by_page(self, found: list[Any], query: Mapping[str, str]) -> httpx.Response:
        start = (int(query["page"]) - 1) * self.cap
        return json_reply({"items": found[start : start + self.cap]})

    def _by_offset(self, found: list[Any], query: Mapping[str, str]) -> httpx.Response:
        start = int(query["offset"])
        return json_reply({"items": found[start : start + min(self.cap, int(query["limit"]))]})

    def _by_cursor(self, found: list[Any], query: Mapping[str, str]) -> httpx.Response:
        start = int(query.get("cursor", "0"))
        end = start + self.cap
        return json_reply({"items": found[start:end], "next": str(end) if end < len(found) else None})

    def _by_feed(self, found: list[Any], query: Mapping[str, str]) -> httpx.Response:
        generation, _, position = query.get("cursor", f"{self.generation}:0").partition(":")
        if generation != str(self.generation):
            return json_reply({"error": "the feed was made anew"}, 410)
        end = min(int(position) + self.cap, len(found))
        return json_reply({"items": found[int(position) : end], "next": f"{generation}:{end}"})

    def _by_link(self, found: list[Any], query: Mapping[str, str]) -> httpx.Response:
        start = int(query.get("start", "0"))
        end = start + self.cap
        response = json_reply({"items": found[start:end]})
        if end < len(found):
            rest = urlencode({**query, "start": end})
            response.headers["Link"] = f'<https://other.example/>; rel="prev", <letters?{rest}>; rel="next"'
        return response
