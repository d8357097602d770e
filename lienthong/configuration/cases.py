"""Runs the cases of routes: the real pipeline, with lookups that answer what the case states."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path
from typing import Any

from lienthong.configuration.case_differences import difference
from lienthong.configuration.case_files import Case, read_cases
from lienthong.configuration.faults import Mismatch
from lienthong.configuration.layout import survey
from lienthong.configuration.resolve import make_pipeline
from lienthong.envelope import Envelope, canonical_json, derive_id, digest
from lienthong.messages import message
from lienthong.ports import Found
from lienthong.route import Enrich, Route
from lienthong.settings import Settings


@dataclass(frozen=True, slots=True)
class CaseResult:
    """What became of one case; `why` is the first difference, empty when it passed."""

    route: str
    name: str
    passed: bool
    why: str = ""
    file: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class _StatedAnswers:
    """A lookup with fixed answers."""

    answers: Mapping[str, Any]

    def find_many(self, keys: Sequence[str]) -> Found:
        return {key: self.answers[key] for key in keys if key in self.answers}


def run_cases(root: Path, settings: Settings) -> list[CaseResult]:
    """Run every case under `root` of the routes in `settings`. Faults of the files themselves are found by `check`."""
    layout = survey(root)
    results: list[CaseResult] = []
    for name, path in layout.cases.items():
        if name in settings.routes:
            file = layout.relative(path)
            results.extend(run_case(settings.routes[name], case, settings, file) for case in read_cases(path, file)[0])
    return results


def run_case(route: Route, case: Case, settings: Settings, file: str = "") -> CaseResult:
    """Put the case's event through the route alone."""
    queried = {step.lookup for step in route.steps if isinstance(step, Enrich)}
    lookups = {name: _StatedAnswers(case.found.get(name, {})) for name in queried}
    try:
        (outcome,) = make_pipeline(route, settings, lookups).run([_event(route, case)])
        why = difference(case.expect, outcome, route.to, settings.bus.language)
    except Mismatch as mismatch:
        why = str(mismatch)
    except (TypeError, ValueError) as error:
        why = message("the case is no JSON event ({error})", error=type(error).__name__)
    return CaseResult(route.name, case.name, not why, why, file, case.line)


def _event(route: Route, case: Case) -> Envelope:
    return Envelope(
        id=derive_id(route.source, case.subject, digest(canonical_json(case.data))),
        type=case.type,
        source=route.source,
        subject=case.subject,
        time=case.time.astimezone(UTC),
        received_at=case.received_at.astimezone(UTC),
        data=case.data,
    )
