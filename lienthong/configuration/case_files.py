"""Cases of a route: routes/NAME.cases.yaml, examples of events and of what must become of them."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from lienthong.configuration.case_faults import case_fault
from lienthong.configuration.document import Document
from lienthong.configuration.faults import Fault, KeyPath
from lienthong.configuration.shapes.cases import Answers, CaseFile, CasesFile, ExpectFile, GivenFile
from lienthong.configuration.shapes.kinds import kind_of
from lienthong.configuration.shapes.validation import validate
from lienthong.configuration.yaml_reader import read
from lienthong.envelope import LOCAL_ZONE
from lienthong.errors import Finding
from lienthong.messages import message

DEFAULT_AT = datetime(2026, 1, 1, 12, tzinfo=LOCAL_ZONE)
"""The moment at which the question of a case is asked: a fixed one, so that no case depends on the day it runs."""

DEFAULT_CLIENT = "a-client"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One example: an event that is `given`, or the fields of a question that is `asked`.

    `found` is what each lookup answers; `line` is the line of the case in its file.
    """

    name: str
    line: int
    given: GivenFile | None
    asked: Mapping[str, Any] | None
    at: datetime
    client: str
    found: Answers
    answered: Mapping[str, Any] | None
    expect: ExpectFile


def read_cases(path: Path, file: str) -> tuple[list[Case], Document]:
    """The cases of a file, and the document with its faults. Variables are not replaced in them: cases are literal."""
    document = read(path, file, None)
    content = validate(document, CasesFile)
    if content is None:
        return [], document
    for place, case in enumerate(content.cases):
        if case.name in (earlier.name for earlier in content.cases[:place]):
            what = message("`{name}` is the name of two cases", name=case.name)
            document.report(Fault("LT703", what, path=("name",)), ("cases", place))
        if fault := case_fault(case):
            document.report(fault, ("cases", place))
        for part in (("given", "data"), ("asked",), ("answered",), ("expect", "data"), ("found",)):
            document.findings.extend(_not_json(document, ("cases", place, *part)))
    sound = [(place, case) for place, case in enumerate(content.cases) if not case_fault(case)]
    return [_make_case(case, document.position(("cases", place)).line) for place, case in sound], document


def _make_case(case: CaseFile, line: int) -> Case:
    return Case(
        name=case.name,
        line=line,
        given=case.given,
        asked=case.asked,
        at=case.at or DEFAULT_AT,
        client=case.client or DEFAULT_CLIENT,
        found=case.found,
        answered=case.answered,
        expect=case.expect or ExpectFile(verdict="done"),
    )


def _not_json(document: Document, under: KeyPath) -> Iterator[Finding]:
    """Values that JSON does not have: dates, and numbers that are not finite."""
    value: Any = document.value
    for key in under:
        value = value.get(key) if isinstance(value, dict) else value[key]
        if value is None:
            return
    for path, leaf in _leaves(value, ()):
        if not isinstance(leaf, str | bool | int | float | None):
            what = message("JSON has no dates, but without quotes YAML reads this as {kind}", kind=kind_of(leaf))
            yield document.locate(Fault("LT112", what, path=path), under)
        elif isinstance(leaf, float) and not math.isfinite(leaf):
            what = message("JSON has no infinite or undefined numbers")
            yield document.locate(Fault("LT205", what, message("put it in quotes, or leave it out"), path), under)


def _leaves(value: Any, path: KeyPath) -> Iterator[tuple[KeyPath, Any]]:
    if isinstance(value, dict | list):
        for key, inside in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _leaves(inside, (*path, key))
    else:
        yield path, value
