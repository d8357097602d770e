"""The systems that the generic sources are tried with; see `Stand` in sources_contract.py."""

from collections.abc import Mapping
from itertools import count
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import Engine, text

from lienthong.configuration.bind import bind
from lienthong.connectors.sources.files import Files
from lienthong.connectors.sources.http_json import HttpJson
from lienthong.connectors.sources.sql import Sql
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


FORMATS: Mapping[str, Mapping[str, Any]] = {
    "csv": {"header": ["code"]},
    "jsonl": {},
    "json": {},
    "xml": {"element": "l"},
}


class LetterFiles:
    """A folder: every letter is a file. When it is down, it begins with a broken file, or is not there."""

    def __init__(self, folder: Path, format_: str) -> None:
        self.folder = folder / "thu.example.gov.vn"
        self.folder.mkdir()
        self.format = format_
        self.given = {"folder": str(self.folder), "type": "letter.seen", "key": "code", **FORMATS[format_]}

    def source(self) -> Source:
        return Files(make_site(), **bind(Files, self.given, tables={}))

    def show(self, number: int) -> set[str]:
        marks = {f"m{next(_numbers)}" for _ in range(number)}
        for mark in sorted(marks):
            self._write({"code": f"L-{next(_numbers)}", "mark": mark})
        return marks

    def show_broken(self) -> set[str]:
        mark = f"m{next(_numbers)}"
        self._write({"code": "", "mark": mark})
        return {mark}

    def down(self, after: int) -> None:
        if after:
            (self.folder / f"000000.{self.format}").write_bytes(b"\xff<")
        else:
            self.folder.rename(self.folder.with_suffix(".away"))

    def up(self) -> None:
        if not self.folder.exists():
            self.folder.with_suffix(".away").rename(self.folder)
        (self.folder / f"000000.{self.format}").unlink(missing_ok=True)

    def _write(self, letter: Mapping[str, str]) -> None:
        path = self.folder / f"{next(_numbers):06d}.{self.format}"
        match self.format:
            case "csv":
                path.write_text(f"{';'.join(letter)}\n{';'.join(letter.values())}\n")
            case "xml":
                path.write_text(f"<letters><l>{''.join(f'<{k}>{v}</{k}>' for k, v in letter.items())}</l></letters>")
            case _:
                path.write_bytes(orjson.dumps(letter))


KINDS: Mapping[str, str] = {"timestamp": "TIMESTAMPTZ", "integer": "INTEGER", "text": "TEXT"}


class LetterTable:
    """A table of letters in a database. When it is down, the table is not there."""

    def __init__(self, engine: Engine, kind: str) -> None:
        self.engine = engine
        self.kind = kind
        self._run(f"CREATE TABLE letters (code TEXT, mark TEXT, changed {KINDS[kind]})")
        self.given = {
            "url": engine.url.render_as_string(hide_password=False),
            "type": "letter.seen",
            "query": "SELECT code, mark, changed FROM letters WHERE changed >= :since;",
            "since": {"column": "changed", "kind": kind},
            "key": ["code"],
            "page_size": 2,
        }

    def source(self) -> Source:
        return Sql(make_site(), **bind(Sql, self.given, tables={}))

    def show(self, number: int) -> set[str]:
        """All of one call have the same watermark."""
        marks = {f"m{next(_numbers)}" for _ in range(number)}
        for mark in sorted(marks):
            self._insert(f"L-{next(_numbers)}", mark)
        return marks

    def show_broken(self) -> set[str]:
        mark = f"m{next(_numbers)}"
        self._insert(None, mark)
        return {mark}

    def down(self, after: int) -> None:
        self._run("ALTER TABLE letters RENAME TO away")

    def up(self) -> None:
        self._run("ALTER TABLE away RENAME TO letters")

    def _insert(self, code: str | None, mark: str) -> None:
        watermark = 7 if self.kind == "integer" else "2023-11-14T10:00:00+07:00"
        self._run("INSERT INTO letters VALUES (:code, :mark, :changed)", code=code, mark=mark, changed=watermark)

    def _run(self, statement: str, **parameters: Any) -> None:
        with self.engine.begin() as connection:
            connection.execute(text(statement), parameters)
