"""The route that a file of routes/ says."""

from lienthong.configuration.document import Document
from lienthong.configuration.faults import Fault
from lienthong.configuration.retry_rules import retry_policy
from lienthong.configuration.shapes import RouteFile, StepFile
from lienthong.route import Apply, Enrich, Route, Step
from lienthong.settings import BusSettings

_STEP_EXAMPLE = "write apply: FUNCTION, or enrich: FUNCTION with keys and from"
_ENRICH_EXAMPLE = "write enrich: FUNCTION, keys: FUNCTION, from: LOOKUP"


def route_of(name: str, said: RouteFile, bus: BusSettings, document: Document) -> Route | None:
    """The route, or None when a step of it makes no sense. Faults are added to the document's findings."""
    steps = [_step(step, place, document) for place, step in enumerate(said.steps)]
    for fault in _destinations(said):
        document.findings.append(document.locate(fault, ("to",)))
    retry = retry_policy(said.retry, bus.ladder, document)
    sound = tuple(step for step in steps if step is not None)
    if len(sound) < len(steps):
        return None
    return Route(
        name, said.description, said.source, said.when, sound, tuple(said.to), said.announce, retry, said.owner or ""
    )


def _destinations(said: RouteFile) -> list[Fault]:
    if not said.to:
        return [Fault("LT206", "the route leads nowhere", "name at least one sink: to: [NAME]")]
    return [
        Fault("LT207", f"`{sink}` is named twice", "name each sink once", (place,))
        for place, sink in enumerate(said.to)
        if sink in said.to[:place]
    ]


def _step(step: StepFile, place: int, document: Document) -> Step | None:
    fault = _step_fault(step)
    if fault is not None:
        document.findings.append(document.locate(fault, ("steps", place)))
        return None
    if step.apply is not None:
        return Apply(step.apply, step.parameters)
    return Enrich(str(step.enrich), str(step.keys), str(step.lookup), step.parameters)


def _step_fault(step: StepFile) -> Fault | None:
    if step.apply is not None and step.enrich is not None:
        return Fault("LT208", "this step both applies and enriches", "make two steps of it")
    if step.apply is None and step.enrich is None:
        return Fault("LT208", "this step does nothing", _STEP_EXAMPLE)
    if step.apply is not None and (step.keys or step.lookup):
        key = "keys" if step.keys else "from"
        what = f"`{key}` belongs to an enriching step, not to apply"
        return Fault("LT208", what, _ENRICH_EXAMPLE, (key,), of_key=True)
    for key, given in (("keys", step.keys), ("from", step.lookup)):
        if step.enrich is not None and given is None:
            return Fault("LT202", f"the key `{key}` is missing", _ENRICH_EXAMPLE)
    return None
