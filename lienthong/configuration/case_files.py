"""Cases of a route: routes/NAME.cases.yaml, examples of events and of what must become of them."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, get_args

from lienthong.configuration.document import Document
from lienthong.configuration.faults import Fault, KeyPath
from lienthong.configuration.shapes.cases import Answers, CaseFile, CasesFile, ExpectedVerdict, ExpectFile
from lienthong.configuration.shapes.kinds import kind_of
from lienthong.configuration.shapes.validation import validate
from lienthong.configuration.yaml_reader import read
from lienthong.errors import Finding
from lienthong.messages import message

VERDICTS: tuple[ExpectedVerdict, ...] = get_args(ExpectedVerdict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One example. `found` is what each lookup answers; `line` is the line of the case in its file."""

    name: str
    line: int
    type: str
    subject: str
    received_at: datetime
    time: datetime
    data: Mapping[str, Any]
    found: Answers
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
        for part in (("given", "data"), ("expect", "data"), ("found",)):
            document.findings.extend(_not_json(document, ("cases", place, *part)))
    cases = [_make_case(case, document.position(("cases", place)).line) for place, case in enumerate(content.cases)]
    return cases, document


def _make_case(case: CaseFile, line: int) -> Case:
    given = case.given
    return Case(
        name=case.name,
        line=line,
        type=given.type,
        subject=given.subject,
        received_at=given.received_at,
        time=given.time or given.received_at,
        data=given.data,
        found=case.found,
        expect=case.expect,
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
