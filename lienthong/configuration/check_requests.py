"""Whether each request can be asked under its path, and is answered by one route in its time."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest

from lienthong.configuration import duration
from lienthong.configuration.check_replies import reply_faults
from lienthong.configuration.faults import Fault, Mismatch, suggest
from lienthong.configuration.load import Loaded
from lienthong.configuration.names import schema_class
from lienthong.configuration.question_fields import QuestionField, question_fields
from lienthong.configuration.request_files import FIELD_IN_PATH
from lienthong.errors import Finding
from lienthong.messages import message
from lienthong.route import Enrich, Origin, Route
from lienthong.settings import OWN_FIELDS, RequestSettings

OWN_PATHS = (
    *("/v1/client", "/v1/openapi.json", "/v1/asyncapi.json", "/v1/events"),
    "/v1/schemas/{event_type}.json",
    *("/v1/subscriptions", "/v1/subscriptions/{name}", "/v1/subscriptions/{name}/{act}"),
)
"""Paths of the engine itself below those that requests may have."""

OWN_ROOTS = ("docs", "asyncapi", "livez", "readyz", "metrics", "in", "console")
"""First steps of paths below which everything is the engine's."""


def check_requests(loaded: Loaded) -> Iterator[Finding]:
    """Every fault of a request that its own file does not show, and of the routes that answer requests."""
    requests: Mapping[str, RequestSettings] = loaded.understood("requests")
    for name, request in requests.items():
        document = loaded.documents["requests"][name]
        for fault in (*_path_faults(request, requests), *_field_faults(request), *reply_faults(request, document)):
            yield document.locate(fault)
        if unanswered := _answer_fault(request, loaded):
            yield document.locate(unanswered)
    routes: Mapping[str, Route] = loaded.understood("routes")
    for name, route in routes.items():
        if route.origin.door == "request":
            document = loaded.documents["routes"][name]
            if "retry" in document.value:
                what = message("the route answers a request, and has `retry`")
                yield document.locate(Fault("LT907", what, path=("retry",), of_key=True))
            for fault in _budget_faults(route, requests):
                yield document.locate(fault)


def engine_path(path: str) -> str | None:
    """The path of the engine that some address of `path` would be; None when it is free for a request."""
    first = path.split("/")[1]
    if first in OWN_ROOTS:
        return f"/{first}"
    if first.startswith("{"):
        return f"/{OWN_ROOTS[0]}"
    return next((each for each in OWN_PATHS if _meet(each, path)), None)


def _path_faults(request: RequestSettings, requests: Mapping[str, RequestSettings]) -> Iterator[Fault]:
    reserved = engine_path(request.path)
    if reserved is not None:
        what = message("the path is one of the engine's own: {path}", path=reserved)
        yield Fault("LT901", what, message("write another path, such as {example}", example="/v1/NAME"), ("path",))
    for other in requests.values():
        if other.name < request.name and other.method == request.method and _meet(other.path, request.path):
            what = message(
                "`{method} {path}` is also asked at config/requests/{name}.yaml",
                method=other.method,
                path=other.path,
                name=other.name,
            )
            yield Fault("LT902", what, path=("path",))


def _meet(one: str, other: str) -> bool:
    """Whether some address fits both paths: a field in braces fits every step."""
    steps = zip_longest(one.split("/"), other.split("/"), fillvalue="")
    return all(a == b or (a and b and "{" in (a[0], b[0])) for a, b in steps)


def _field_faults(request: RequestSettings) -> Iterator[Fault]:
    try:
        fields = question_fields(schema_class(request.accepts))
    except Mismatch:  # a finding of its own, of the name
        return
    if fields is None:
        what = message("`{schema}` is no object with fields", schema=request.accepts)
        yield Fault("LT305", what, message("name a class whose fields are those of the question"), ("accepts",))
        return
    for name in OWN_FIELDS:
        if name in fields:
            yield Fault("LT905", message("the question has a field `{field}`", field=name), path=("accepts",))
    in_path = FIELD_IN_PATH.findall(request.path)
    for name in in_path:
        if name not in fields:
            what = message("the question has no field `{field}`", field=name)
            yield Fault("LT903", what, suggest(name, fields), ("path",))
    for name, field in fields.items():
        if name in in_path or request.method == "GET":
            yield from _address_faults(field, "path" if name in in_path else "method")


def _address_faults(field: QuestionField, key: str) -> Iterator[Fault]:
    """What keeps a field from standing in an address. `key` is the key that puts it there."""
    if not field.is_plain:
        what = message("the field `{field}` is not one plain value", field=field.name)
        yield Fault("LT903", what, message("ask with method: POST, and leave it out of the path"), (key,))
    if field.personal:
        yield Fault("LT904", message("the field `{field}` holds personal data", field=field.name), path=(key,))


def _answer_fault(request: RequestSettings, loaded: Loaded) -> Fault | None:
    """No route that answers, or several that run. Not stated while an unreadable or misspelt route may be the reason.

    A route that is disabled answers nothing now, and still belongs to its request.
    """
    routes: Mapping[str, Route] = loaded.understood("routes")
    if request.name in loaded.disabled["requests"] or len(routes) < len(loaded.layout.routes):
        return None
    asked = [route.origin for route in routes.values() if route.origin.door == "request"]
    running = loaded.settings.routes_from(request.source)
    if len(running) > 1:
        names = ", ".join(f"`{route.name}`" for route in running)
        what = message("several routes answer this request: {names}", names=names)
        return Fault("LT906", what, message("keep one of them"))
    known = loaded.layout.parts["requests"]
    if Origin("request", request.name) in asked or any(origin.name not in known for origin in asked):
        return None
    advice = message("write a route `from: {{request: {name}}}`, or write enabled: false here", name=request.name)
    return Fault("LT906", message("no route answers this request"), advice)


def _budget_faults(route: Route, requests: Mapping[str, RequestSettings]) -> Sequence[Fault]:
    request = requests.get(route.origin.name)
    faults = []
    for place, step in enumerate(route.steps):
        if request and isinstance(step, Enrich) and step.budget is not None and step.budget >= request.within:
            what = message(
                "the budget {budget} is not less than `within`, {within}",
                budget=duration.show(step.budget),
                within=duration.show(request.within),
            )
            advice = message("write less than {within}", within=duration.show(request.within))
            faults.append(Fault("LT908", what, advice, ("steps", place, "budget")))
    return faults
