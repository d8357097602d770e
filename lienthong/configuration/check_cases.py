"""Whether every route has cases that show each verdict, and every file of cases has its route."""

from collections.abc import Iterator, Sequence, Set

from lienthong.configuration.case_files import Case, read_cases
from lienthong.configuration.document import Document
from lienthong.configuration.faults import Fault, suggest
from lienthong.configuration.load import Loaded
from lienthong.errors import Finding
from lienthong.messages import Message, message
from lienthong.ports import NotKnown
from lienthong.route import Enrich, Route

VERDICTS = ("done", "dropped", "dead")
"""What the cases of a route that decides show."""


def check_cases(loaded: Loaded) -> Iterator[Finding]:
    """The faults of the files of cases, and of routes without one."""
    routes = loaded.understood("routes")
    for name in sorted(loaded.layout.routes.keys() - loaded.layout.cases.keys()):
        advice = message("write routes/{name}.cases.yaml", name=name)
        yield loaded.documents["routes"][name].locate(Fault("LT701", message("the route has no cases"), advice))
    for name, path in loaded.layout.cases.items():
        cases, document = read_cases(path, loaded.layout.relative(path))
        if name not in loaded.layout.routes:
            what = message("there is no routes/{name}.yaml for these cases", name=name)
            yield document.locate(Fault("LT610", what, suggest(name, loaded.layout.routes)))
        if name in routes and not document.findings:
            yield from _missing_verdicts(cases, routes[name], document)
            yield from _unknown_names(cases, routes[name], document, set(loaded.layout.parts["lookups"]))
        yield from document.findings


def _missing_verdicts(cases: Sequence[Case], route: Route, document: Document) -> Iterator[Finding]:
    shown = {case.expect.verdict for case in cases}
    if route.origin.door == "request":
        yield from _missing_answers(shown, document)
        return
    decides = route.when or route.steps or route.conditions  # without any of them every event is done
    missing = [verdict for verdict in (VERDICTS if decides else VERDICTS[:1]) if verdict not in shown]
    if missing:
        advice = message("add a case with expect: {{verdict: {verdict}}}", verdict=missing[0])
        yield document.locate(Fault("LT702", _none_shown(missing), advice), ("cases",))


def _missing_answers(shown: Set[str], document: Document) -> Iterator[Finding]:
    """An answer, and a question without one: every request refuses at least what its model does not accept."""
    if "done" not in shown:
        what, advice = (
            message("no case shows a question that is answered"),
            message("add a case with answered: {{...}}"),
        )
        yield document.locate(Fault("LT702", what, advice), ("cases",))
    if not shown - {"done"}:
        what = message("no case shows a question that is refused or not known")
        advice = message("add a case with expect: {{verdict: {verdict}}}", verdict="refused")
        yield document.locate(Fault("LT702", what, advice), ("cases",))


def _none_shown(verdicts: Sequence[str]) -> Message:
    match verdicts:
        case [one]:
            return message("no case shows an event that is {verdict}", verdict=one)
        case [one, two]:
            return message("no case shows an event that is {verdict} or {other}", verdict=one, other=two)
    return message("no case shows an event that is done, dropped or dead")


def _unknown_names(cases: Sequence[Case], route: Route, document: Document, lookups: set[str]) -> Iterator[Finding]:
    """Lookups and sinks of the cases that the route does not have, and questions where none is asked."""
    timed = {step.lookup for step in route.steps if isinstance(step, Enrich) and step.budget is not None}
    queried = {step.lookup for step in route.steps if isinstance(step, Enrich)}
    for place, case in enumerate(cases):
        for lookup in sorted(case.found.keys() - queried) if queried <= lookups else ():
            advice = suggest(lookup, queried) if queried else message("the route queries no lookup: leave `found` out")
            what = message("the route does not query `{lookup}`", lookup=lookup)
            yield document.locate(Fault("LT704", what, advice, (lookup,), of_key=True), ("cases", place, "found"))
        for lookup in sorted(queried - timed):
            if isinstance(case.found.get(lookup), NotKnown):
                what = message("no step waits for `{lookup}` with a budget", lookup=lookup)
                yield document.locate(Fault("LT707", what), ("cases", place, "found", lookup))
        if case.asked is not None and route.origin.door != "request":
            what = message("the route answers no request")
            yield document.locate(Fault("LT706", what, path=("asked",), of_key=True), ("cases", place))
        for position, sink in enumerate(case.expect.to or ()):
            if sink not in route.to:
                what = message("the route does not lead to `{sink}`", sink=sink)
                fault = Fault("LT705", what, suggest(sink, route.to), (position,))
                yield document.locate(fault, ("cases", place, "expect", "to"))
