"""Runs the cases of routes: the real pipeline, with lookups that answer what the case states."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC
from pathlib import Path
from typing import Any

from lienthong.configuration.case_differences import difference, refusal
from lienthong.configuration.case_files import Case, read_cases
from lienthong.configuration.faults import Mismatch
from lienthong.configuration.layout import survey
from lienthong.configuration.names import schema_class
from lienthong.configuration.resolve import make_pipeline
from lienthong.configuration.shapes.cases import GivenFile
from lienthong.envelope import Envelope, canonical_json, derive_id, digest
from lienthong.errors import Transient
from lienthong.messages import message
from lienthong.outcome import Outcome
from lienthong.ports import Found, Lookup, NotKnown
from lienthong.requests.answering import CLIENT, Answering
from lienthong.requests.questions import InvalidQuestion, Questions
from lienthong.route import Enrich, Route
from lienthong.settings import RequestSettings, Settings


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
    """A lookup with fixed answers. `has_budget`: whether a step waits for it no longer than a budget."""

    answers: Mapping[str, Any]
    has_budget: bool

    def find_many(self, keys: Sequence[str]) -> Found:
        if isinstance(self.answers, NotKnown):
            if not self.has_budget:
                raise Transient(self.answers.why)
            return self.answers
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
    try:
        outcome = outcome_of(route, case, settings)
        is_asked, language = case.asked is not None, settings.bus.language
        why = difference(case.expect, outcome, route.to, language=language, answered=case.answered, is_asked=is_asked)
    except Mismatch as mismatch:
        why = str(mismatch)
    except (TypeError, ValueError) as error:
        why = message("the case is no JSON event ({error})", error=type(error).__name__)
    except Exception as error:  # noqa: BLE001 - the model of a question may raise anything; only this case fails
        why = message("the model of the question failed ({error})", error=type(error).__name__)
    return CaseResult(route.name, case.name, not why, why, file, case.line)


def outcome_of(route: Route, case: Case, settings: Settings) -> Outcome:
    """What becomes of the case's event. A question that its model refuses becomes no event.

    Raises `Mismatch` for a name that cannot be used, and TypeError or ValueError for a case that is no JSON event.
    """
    request = settings.requests.get(route.origin.name) if route.origin.door == "request" else None
    if case.given is not None:
        event = _event(route, case.given)
    else:
        try:
            event = _question(route, case, request)
        except InvalidQuestion as invalid:
            return refusal(invalid, case.expect.field)
    pipeline = make_pipeline(_untimed(route), settings, _stated_lookups(route, case))
    work = pipeline if request is None else Answering(pipeline, schema_class(request.answers), request)
    (outcome,) = work.run([event])
    return outcome


def _stated_lookups(route: Route, case: Case) -> Mapping[str, Lookup]:
    steps = [step for step in route.steps if isinstance(step, Enrich)]
    timed = {step.lookup for step in steps if step.budget is not None}
    return {step.lookup: _StatedAnswers(case.found.get(step.lookup, {}), step.lookup in timed) for step in steps}


def _untimed(route: Route) -> Route:
    """The route without budgets: a case states which answers come in time, and no slow machine changes that."""
    steps = tuple(replace(step, budget=None) if isinstance(step, Enrich) else step for step in route.steps)
    return replace(route, steps=steps)


def _event(route: Route, given: GivenFile) -> Envelope:
    return Envelope(
        id=derive_id(route.source, given.subject, digest(canonical_json(given.data))),
        type=given.type,
        source=route.source,
        subject=given.subject,
        time=(given.time or given.received_at).astimezone(UTC),
        received_at=given.received_at.astimezone(UTC),
        data=given.data,
    )


def _question(route: Route, case: Case, request: RequestSettings | None) -> Envelope:
    """The event of a question; of a request that is disabled, with its fields as they are. Raises `InvalidQuestion`."""
    fields = case.asked or {}
    json = canonical_json(fields)
    data = fields if request is None else Questions(schema_class(request.accepts)).read(json)
    at = case.at.astimezone(UTC)
    name = derive_id(route.source, "", digest(json))
    return Envelope(
        id=name,
        type="" if request is None else request.type,
        source=route.source,
        subject=name,
        time=at,
        received_at=at,
        data={**data, CLIENT: case.client},
    )
