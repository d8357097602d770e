"""The route that a file of routes/ describes."""

from collections.abc import Iterator

from lienthong.configuration.document import Document
from lienthong.configuration.faults import Fault
from lienthong.configuration.retry_rules import retry_policy
from lienthong.configuration.shapes.route import RouteFile, StepFile
from lienthong.messages import Message, message
from lienthong.route import DOORS, Apply, Enrich, Origin, Route, SinkCondition, Step
from lienthong.settings import BusSettings


def make_route(name: str, file: RouteFile, bus: BusSettings, document: Document) -> Route | None:
    """The route, or None when its origin or a step has no meaning. Faults are added to the document's findings."""
    origin = _origin(file, document)
    steps = [_make_step(step, place, document) for place, step in enumerate(file.steps)]
    for fault in _target_faults(file, origin):
        document.report(fault, ("to",))
    retry = retry_policy(file.retry, bus.ladder, document)
    understood = tuple(step for step in steps if step is not None)
    if origin is None or len(understood) < len(steps):
        return None
    return Route(
        name=name,
        description=file.description,
        source=str(origin),
        after=tuple(dict.fromkeys(file.after)),
        when=file.when,
        steps=understood,
        to=tuple(dict.fromkeys(target.sink for target in file.to)),
        announce=file.announce,
        returns=file.returns,
        retry=retry,
        owner=file.owner or "",
        conditions=tuple(SinkCondition(target.sink, target.when) for target in file.to if target.when is not None),
    )


def _origin(file: RouteFile, document: Document) -> Origin | None:
    named = [Origin(door, name) for door in DOORS if (name := getattr(file.origin, door)) is not None]
    if len(named) == 1:
        return named[0]
    what = message("`from` names {count} origins, not one", count=len(named))
    document.report(
        Fault("LT212", what, message("write from: NAME, or from: {example}", example="{schedule: NAME}")), ("from",)
    )
    return None


def _target_faults(file: RouteFile, origin: Origin | None) -> Iterator[Fault]:
    if not file.to and not _answers_or_announces(file, origin):
        yield Fault("LT206", message("the route leads nowhere"))
    names = [target.sink for target in file.to]
    for place, sink in enumerate(names):
        if sink in names[:place]:
            yield Fault("LT207", message("`{sink}` is named twice", sink=sink), path=(place, "sink"))


def _answers_or_announces(file: RouteFile, origin: Origin | None) -> bool:
    """Whether a route leads somewhere without a sink: to the caller of a request, or with what a sink handed back to
    subscribers."""
    return origin is not None and (origin.door == "request" or (origin.door == "sink" and file.announce))


def _make_step(step: StepFile, place: int, document: Document) -> Step | None:
    fault = _step_fault(step)
    if fault is not None:
        document.report(fault, ("steps", place))
        return None
    if step.apply is not None:
        return Apply(step.apply, step.parameters)
    return Enrich(str(step.enrich), str(step.keys), str(step.lookup), step.parameters, step.budget)


def _step_fault(step: StepFile) -> Fault | None:
    if step.apply is not None and step.enrich is not None:
        return Fault("LT208", message("this step both applies and enriches"), message("make two steps of it"))
    if step.apply is None and step.enrich is None:
        advice = message("write apply: FUNCTION, or enrich: FUNCTION with keys and from")
        return Fault("LT208", message("this step does nothing"), advice)
    enriching = {"keys": step.keys, "from": step.lookup, "budget": step.budget}
    if step.apply is not None and any(enriching.values()):
        key = next(key for key, value in enriching.items() if value)
        what = message("`{key}` belongs to an enriching step, not to apply", key=key)
        return Fault("LT208", what, _enrich_example(), (key,), of_key=True)
    for key, value in (("keys", step.keys), ("from", step.lookup)):
        if step.enrich is not None and value is None:
            return Fault(
                "LT202", message("the key {name} is missing", name=message("`{key}`", key=key)), _enrich_example()
            )
    return None


def _enrich_example() -> Message:
    return message("write enrich: FUNCTION, keys: FUNCTION, from: LOOKUP")
