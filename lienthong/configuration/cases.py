"""Runs the cases of routes: the real pipeline, with lookups that answer what the case says."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson

from lienthong.configuration.case_files import Case, ExpectFile, read_cases
from lienthong.configuration.faults import Mismatch
from lienthong.configuration.layout import survey
from lienthong.configuration.resolve import make_pipeline
from lienthong.envelope import Envelope, canonical_json, derive_id, digest, parse_utc
from lienthong.outcome import Dead, Done, Dropped, Later, Outcome
from lienthong.ports import Found
from lienthong.route import Enrich, Route
from lienthong.settings import Settings


@dataclass(frozen=True, slots=True)
class CaseResult:
    """What became of one case; `why` says what differs, empty when it passed."""

    route: str
    name: str
    passed: bool
    why: str = ""
    file: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class _Told:
    """A lookup that answers what it was told."""

    answers: Mapping[str, Any]

    def find_many(self, keys: Sequence[str]) -> Found:
        return {key: self.answers[key] for key in keys if key in self.answers}


def run_cases(root: Path, settings: Settings) -> list[CaseResult]:
    """Run every case under `root` of the routes in `settings`. Faults of the case files themselves are `check`'s."""
    layout = survey(root)
    results: list[CaseResult] = []
    for name, path in layout.cases.items():
        if name in settings.routes:
            file = layout.shown(path)
            results.extend(run_case(settings.routes[name], case, settings, file) for case in read_cases(path, file)[0])
    return results


def run_case(route: Route, case: Case, settings: Settings, file: str = "") -> CaseResult:
    """Put the case's event through the route alone."""
    lookups = {step.lookup: _Told(case.found.get(step.lookup, {})) for step in route.steps if isinstance(step, Enrich)}
    try:
        outcome = make_pipeline(route, settings, lookups).run([_event(route, case)])[0]
        why = _difference(case.expect, outcome)
    except Mismatch as mismatch:
        why = str(mismatch)
    except (TypeError, ValueError) as error:
        why = f"the case is no JSON event: {error}"
    return CaseResult(route.name, case.name, not why, why, file, case.line)


def _event(route: Route, case: Case) -> Envelope:
    event_id = derive_id(route.source, case.subject, digest(canonical_json(case.data)))
    time, received_at = case.time.astimezone(UTC), case.received_at.astimezone(UTC)
    return Envelope(event_id, case.type, route.source, case.subject, time, received_at, case.data)


_VERDICTS = {Done: "done", Dropped: "dropped", Later: "later", Dead: "dead"}


def _difference(expect: ExpectFile, outcome: Outcome) -> str:
    """The first thing that is not as expected."""
    verdict = _VERDICTS[type(outcome)]
    reason = "" if isinstance(outcome, Done) else outcome.why
    if verdict != expect.verdict:
        return f"expected {expect.verdict}, but it is {verdict}" + (f": {reason}" if reason else "")
    if expect.reason is not None and expect.reason not in reason:
        return f"the reason does not hold “{expect.reason}”: {reason or 'there is none'}"
    field = outcome.field if isinstance(outcome, Dead) else None
    if expect.field is not None and field != expect.field:
        return f"expected the field `{expect.field}` to be at fault, but it is {f'`{field}`' if field else 'none'}"
    return _shape_difference(expect, outcome.envelope) if isinstance(outcome, Done) else ""


def _shape_difference(expect: ExpectFile, envelope: Envelope) -> str:
    if expect.type is not None and envelope.type != expect.type:
        return f"expected the type {expect.type}, but it is {envelope.type}"
    got = orjson.loads(orjson.dumps(envelope.data))
    return "" if expect.data is None else _lacking(expect.data, got, "data")


def _lacking(wanted: Any, got: Any, where: str) -> str:
    """The first place where `got` does not hold what is `wanted`; keys that are not asked for do not matter."""
    if isinstance(wanted, dict) and isinstance(got, dict):
        if absent := [key for key in wanted if key not in got]:
            return f"{where}.{absent[0]} is missing"
        inside = (_lacking(value, got[key], f"{where}.{key}") for key, value in wanted.items())
        return next(filter(None, inside), "")
    if isinstance(wanted, list) and isinstance(got, list):
        if len(wanted) != len(got):
            return f"{where} should have {len(wanted)} items, but has {len(got)}"
        inside = (_lacking(one, got[place], f"{where}[{place}]") for place, one in enumerate(wanted))
        return next(filter(None, inside), "")
    return "" if _same(wanted, got) else f"{where} should be {_json(wanted)}, but is {_json(got)}"


def _same(wanted: object, got: object) -> bool:
    if isinstance(wanted, bool) is not isinstance(got, bool):
        return False
    return wanted == got or (_instant(wanted) is not None and _instant(wanted) == _instant(got))


def _instant(value: object) -> datetime | None:
    """An instant written as text: `...Z` and `...+00:00` are one moment."""
    try:
        return parse_utc(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _json(value: object) -> str:
    return orjson.dumps(value).decode()
