"""Cases of a route: `routes/x.cases.yaml`, examples of what comes in and what must come out."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from pydantic import AwareDatetime, Field

from lienthong.configuration.document import Document, KeyPath
from lienthong.configuration.faults import Fault
from lienthong.configuration.load import shaped
from lienthong.configuration.nodes import read
from lienthong.configuration.shapes import FileShape, Text, words

Verdict = Literal["done", "dropped", "dead"]
VERDICTS: tuple[Verdict, ...] = ("done", "dropped", "dead")
Found = dict[str, dict[str, Any]]


class GivenFile(FileShape):
    type: Text
    subject: str
    received_at: AwareDatetime
    data: dict[str, Any]
    time: AwareDatetime | None = None


class ExpectFile(FileShape):
    verdict: Verdict
    type: str | None = None
    data: dict[str, Any] | None = None
    field: str | None = None
    reason: str | None = None


class CaseFile(FileShape):
    name: Text
    given: GivenFile
    expect: ExpectFile
    found: Found = Field(default_factory=dict)


class CasesFile(FileShape):
    cases: list[CaseFile]


@dataclass(frozen=True, slots=True)
class Case:
    """One example. `found` is what each lookup would answer; `line` is where the case stands in its file."""

    name: str
    line: int
    type: str
    subject: str
    received_at: datetime
    time: datetime
    data: Mapping[str, Any]
    found: Found
    expect: ExpectFile


def read_cases(path: Path, file: str) -> tuple[list[Case], Document]:
    """The cases of a file, and the document with its faults. Nothing is substituted in them: cases are literal."""
    document = read(path, file, None)
    said = shaped(document, CasesFile)
    if said is None:
        return [], document
    for place, case in enumerate(said.cases):
        if case.name in (earlier.name for earlier in said.cases[:place]):
            fault = Fault("LT703", f"`{case.name}` is the name of two cases", "give each its own", ("name",))
            document.findings.append(document.locate(fault, ("cases", place)))
        for part in (("given", "data"), ("expect", "data"), ("found",)):
            document.findings.extend(_not_json(document, ("cases", place, *part)))
    return [_case(case, document.spot(("cases", place)).line) for place, case in enumerate(said.cases)], document


def _case(said: CaseFile, line: int) -> Case:
    given = said.given
    time = given.time or given.received_at
    return Case(
        said.name, line, given.type, given.subject, given.received_at, time, given.data, said.found, said.expect
    )


def _not_json(document: Document, under: KeyPath) -> Iterator[Any]:
    value: Any = document.value
    for key in under:
        value = value.get(key) if isinstance(value, dict) else value[key]
        if value is None:
            return
    for path, leaf in _leaves(value, ()):
        if not isinstance(leaf, str | bool | int | float | None):
            what = f"JSON has no dates: YAML reads what stands here without quotes as {words(leaf)}"
            yield document.locate(Fault("LT112", what, "put it in quotes", path), under)
        elif isinstance(leaf, float) and not math.isfinite(leaf):
            what = "JSON has no infinite or undefined numbers"
            yield document.locate(Fault("LT205", what, "put it in quotes, or leave it out", path), under)


def _leaves(value: Any, path: KeyPath) -> Iterator[tuple[KeyPath, Any]]:
    if isinstance(value, dict | list):
        for key, inside in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _leaves(inside, (*path, key))
    else:
        yield path, value
