"""A recording: what the outside systems showed in a month, one line for each version of an object.

It is a folder with `recording.json` (name, from, to, timezone, and perhaps `faults`, each an order of
`sandbox/faults.py` with the moment `from` which it is given) and files of lines (`FILES`), each line
`{"seen_at": when the system begins to show it, "body": the wire object}`.
Bodies are kept as the bytes of the file, and replies are made by joining bytes.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any, Self
from zoneinfo import ZoneInfo

import orjson

from sandbox.clock import parse_instant

FILES: Mapping[str, str] = {
    "igate": "igate/dossiers.jsonl",
    "ccvc": "ccvc/records.jsonl",
    "vneid": "vneid/accounts.jsonl",
    "dvcqg": "dvcqg/dossiers.jsonl",
    "procedures": "catalogue/procedures.jsonl",
    "questions": "portal/questions.jsonl",
    "petitions": "portal/petitions.jsonl",
    "organisations": "organisations/units.jsonl",
    "portal_accounts": "portal/accounts.jsonl",
    "national_store": "national-store/results.jsonl",
}

LISTINGS = ("igate", "dvcqg", "questions", "petitions")
"""The systems that show one version of each object at a time: a reader must poll at every `seen_at` of their lines."""

PUSHES = "portal/pushes.jsonl"
"""The file of what outside systems push, each line with the name of our inbox: `{"seen_at", "inbox", "body"}`."""

RESULTS = "results"
"""The folder of the files of results that dossiers name."""

BEFORE_BODY = re.compile(rb'\s*\{\s*"seen_at"\s*:\s*"[^"\\]*"\s*,\s*"body"\s*:\s*')


class BadRecording(Exception):  # noqa: N818 - a noun reads better where it is caught
    """The folder is not a recording. The text states where and why, for the person who chose it."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line: from `seen_at` (UTC) on, the system shows `raw`, the wire object as JSON in UTF-8.

    `number` is the line number in the file, from 1; lines added later continue it.
    """

    number: int
    seen_at: datetime
    raw: bytes

    @property
    def body(self) -> dict[str, Any]:
        """The wire object, parsed at each call: a large recording does not fit in memory as objects."""
        body: dict[str, Any] = orjson.loads(self.raw)
        return body


@dataclass(frozen=True, slots=True)
class Push:
    """A line of `PUSHES`: what an outside system pushes to our inbox `inbox` at `seen_at` (UTC), as JSON in UTF-8."""

    number: int
    seen_at: datetime
    inbox: str
    raw: bytes


@dataclass(frozen=True, slots=True)
class Recording:
    """A loaded recording. `months` are the months it covers, as `2023-11`.

    `pushes` is what the outside systems push, as in the file, `results` the folder of files of results, if any.
    `lines` and `digests` (SHA-256 of the file) have only the systems with a file.
    """

    name: str
    zone: tzinfo
    months: Sequence[str]
    lines: Mapping[str, Sequence[Line]]
    digests: Mapping[str, str]
    pushes: Sequence[Push] = ()
    results: Path | None = None
    faults: Sequence[Mapping[str, Any]] = ()

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """Load the folder. Raises `BadRecording`, which names the file and line."""
        folder = Path(path)
        if not folder.is_dir():
            raise BadRecording(f"{folder} is not a folder. A recording is a folder with recording.json in it.")
        name, zone, months = _read_head(folder / "recording.json")
        lines: dict[str, Sequence[Line]] = {}
        digests: dict[str, str] = {}
        for system, relative in FILES.items():
            if (file := folder / relative).exists():
                lines[system], digests[system] = _read_lines(file, zone)
        results = folder / RESULTS if (folder / RESULTS).is_dir() else None
        faults = orjson.loads((folder / "recording.json").read_bytes()).get("faults", ())
        return cls(name, zone, months, lines, digests, _read_pushes(folder / PUSHES, zone), results, faults)

    @property
    def systems(self) -> list[str]:
        return [*self.lines, *(["results"] if self.results else [])]

    @property
    def before_first(self) -> datetime:
        """A time (UTC) at which no line is visible yet."""
        seen = [line.seen_at for lines in self.lines.values() for line in lines]
        return min(seen, default=datetime(1970, 1, 2, tzinfo=UTC)) - timedelta(seconds=1)


def ticks(lines: Mapping[str, Sequence[Line]]) -> list[datetime]:
    """The times (UTC) at which a reader must poll to see every line.

    These are all `seen_at` of the listing systems and, if any other line is seen after them, the last `seen_at` of all.
    """
    moments = sorted({line.seen_at for system in LISTINGS for line in lines.get(system, ())})
    last = max((line.seen_at for each in lines.values() for line in each), default=None)
    if last is not None and (not moments or last > moments[-1]):
        moments.append(last)
    return moments


def parse_line(text: bytes, number: int, zone: tzinfo) -> Line:
    """Parse `{"seen_at", "body"}`. The body may hold anything. Raises `ValueError`, which states what is wrong."""
    try:
        record = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise ValueError(f"this is not JSON: {error.msg} (column {error.colno})") from error
    if not isinstance(record, dict) or not isinstance(record.get("body"), dict):
        raise ValueError('a line is {"seen_at": TIME, "body": {...}}')
    try:
        seen_at = parse_instant(str(record.get("seen_at")), zone)
    except ValueError as error:
        raise ValueError("seen_at is not an ISO 8601 time such as 2023-11-01T06:00:00+07:00") from error
    return Line(number, seen_at, _body_of(text, record))


def _body_of(text: bytes, record: Mapping[str, Any]) -> bytes:
    """The body's bytes from the file, so that numbers keep their form; re-encoded if the line has another form."""
    before = BEFORE_BODY.match(text)
    if before is None or len(record) != 2:
        return orjson.dumps(record["body"])
    return text[before.end() :].rstrip()[:-1].rstrip()


def _read_head(file: Path) -> tuple[str, tzinfo, Sequence[str]]:
    try:
        head = orjson.loads(file.read_bytes())
        months = _months(date.fromisoformat(head["from"]), date.fromisoformat(head["to"]))
        if not months:
            raise ValueError("`to` is not after `from`")
        return str(head["name"]), _zone(str(head.get("timezone", "+07:00"))), months
    except OSError as error:
        raise BadRecording(f"{file}: cannot be read ({error.strerror}). Every recording has this file.") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadRecording(
            f"{file}: this is not the head of a recording. "
            'Write {"name": "2023-11", "from": "2023-11-01", "to": "2023-12-01", "timezone": "+07:00"}.'
        ) from error


def _months(first: date, end: date) -> Sequence[str]:
    """The months with a day in [first, end)."""
    count = (end.year - first.year) * 12 + end.month - first.month + (end.day > 1)
    return [f"{first.year + (first.month - 1 + n) // 12}-{(first.month - 1 + n) % 12 + 1:02}" for n in range(count)]


def _zone(text: str) -> tzinfo:
    if text[:1] in "+-":
        return datetime.strptime(text, "%z").tzinfo or UTC
    return ZoneInfo(text)


def _read_pushes(file: Path, zone: tzinfo) -> Sequence[Push]:
    if not file.exists():
        return ()
    pushes = []
    for line, text in zip(_read_lines(file, zone)[0], filter(bytes.strip, file.read_bytes().splitlines()), strict=True):
        inbox = orjson.loads(text).get("inbox")
        if not isinstance(inbox, str) or not re.fullmatch(r"[a-z0-9-]+", inbox):
            raise BadRecording(f'{file}, line {line.number}: a push names its inbox: {{"seen_at", "inbox", "body"}}.')
        pushes.append(Push(line.number, line.seen_at, inbox, line.raw))
    return tuple(pushes)


def _read_lines(file: Path, zone: tzinfo) -> tuple[Sequence[Line], str]:
    digest = hashlib.sha256()

    def read() -> Iterator[Line]:
        with file.open("rb") as stream:
            for number, text in enumerate(stream, 1):
                digest.update(text)
                if text.isspace():
                    continue
                try:
                    yield parse_line(text, number, zone)
                except ValueError as error:
                    raise BadRecording(f"{file}, line {number}: {error}.") from error

    try:
        return tuple(read()), digest.hexdigest()
    except OSError as error:
        raise BadRecording(f"{file}: cannot be read ({error.strerror}).") from error
