"""Inboxes for tests: a plain one, one with a wire of its own, and one that fails in every way."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl

import orjson

from lienthong.errors import Rejected, Transient, Unauthenticated
from lienthong.ports import Receipt, Record, Reply, Site


class Plain:
    """`{"letters": [{"code", …}, …]}`."""

    def __init__(self, site: Site) -> None:
        self.site = site

    def receive(self, body: bytes, headers: Mapping[str, str]) -> Receipt:
        try:
            letters = orjson.loads(body)["letters"]
        except (ValueError, TypeError, KeyError):
            raise Rejected("không phải danh sách thư", field="letters") from None
        return Receipt([Record("letter.seen", one.get("code", ""), one) for one in letters])


class Wire(Plain):
    """A system that sends its own key, and is answered in the words of its wire, repetitions named."""

    def receive(self, body: bytes, headers: Mapping[str, str]) -> Receipt:
        if headers.get("session") != "s3":
            raise Unauthenticated("sai session")
        return Receipt(super().receive(body, headers).records, self.reply)

    def reply(self, new: Sequence[bool]) -> Reply:
        return Reply(200, orjson.dumps({"error_code": 0 if any(new) else 1, "new": list(new)}), "application/json")

    def refusal(self, status: int, why: str) -> Reply:
        return Reply(status, orjson.dumps({"error_code": -1, "message": why}), "application/json")


class Broken:
    """Fails as the body states."""

    def __init__(self, site: Site) -> None:
        self.site = site

    def receive(self, body: bytes, headers: Mapping[str, str]) -> Any:
        if body in _RAISED:
            raise _RAISED[body]
        if body == b"deep":
            return self.receive(body, headers)
        if body == b"late":
            return Receipt([Record("letter.seen", "late", {"code": "late"})], self.late)
        if body in _GIVEN:
            return _GIVEN[body]
        return Receipt([Record("letter.seen", "a", {"code": "a"})] * int(body))

    def late(self, new: Sequence[bool]) -> Reply:
        raise KeyError("012345678901")


_RAISED: Mapping[bytes, BaseException] = {
    b"transient": Transient("không tra cứu được"),
    b"error": ValueError("012345678901"),
    b"exit": SystemExit(3),
}
_NO_RECORDS: list[Any] = [Record("letter.seen", "odd", {"a": {1, 2}}), None, Record("", "x", {})]
_GIVEN: Mapping[bytes, Any] = {
    b"none": None,
    b"reply": Receipt((), Reply(999)),
    b"header": Receipt((), Reply(200, headers={"X": "a\r\nSet-Cookie: b"})),
    b"odd": Receipt(_NO_RECORDS),
}


class Queries:
    """Letters whose code stands in a query."""

    takes_query = True

    def __init__(self, site: Site) -> None:
        """The site is not used."""

    def receive(self, body: bytes, headers: Mapping[str, str]) -> Receipt:
        fields = dict(parse_qsl(body.decode()))
        return Receipt([Record("letter.seen", fields["code"], fields)])
