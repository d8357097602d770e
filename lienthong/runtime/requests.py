"""The responders of a project: one for each request that a route answers, with the connectors that YAML names."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from lienthong.configuration.names import schema_class
from lienthong.configuration.request_files import FIELD_IN_PATH
from lienthong.requests.answering import Answering
from lienthong.requests.ledger_watch import LedgerWatch
from lienthong.requests.questions import Questions
from lienthong.requests.recording import Recorder
from lienthong.requests.responder import Responder
from lienthong.route import Enrich, Route
from lienthong.runtime.stages import make_lookups, make_route_stage, make_work
from lienthong.runtime.world import Playing, ledger_world
from lienthong.settings import RequestSettings

if TYPE_CHECKING:
    from lienthong.runtime.composition import Storage


def make_responders(storage: "Storage", watch: LedgerWatch) -> Mapping[str, Responder]:
    """The responders by name of their request. On a recording's ledger none of their lookups asks outside."""
    settings = storage.settings
    asked = {request: route for request in settings.requests.values() for route in settings.routes_from(request.source)}
    playing = Playing() if ledger_world(storage.database) == "recording" else None
    names = {step.lookup for route in asked.values() for step in route.steps if isinstance(step, Enrich)}
    lookups = make_lookups(storage, playing, sorted(names))
    responders = {}
    for request, route in asked.items():
        work = make_work(route, settings, lookups)
        assert isinstance(work, Answering)  # noqa: S101 - it begins with a request of these settings
        responders[request.name] = _responder(request, route, work, storage=storage, watch=watch)
    return responders


def path_fields(path: str) -> tuple[str, ...]:
    """The fields of the question that a path names: `/v1/procedures/{code}` has `code`."""
    return tuple(FIELD_IN_PATH.findall(path))


def _responder(
    request: RequestSettings, route: Route, work: Answering, *, storage: "Storage", watch: LedgerWatch
) -> Responder:
    stage = make_route_stage(route, work, storage.settings)
    model = schema_class(request.accepts)
    questions = Questions(model, path_fields=path_fields(request.path), in_query=request.method == "GET")
    recorder = Recorder(request.source, stage, ledger=storage.ledger, clock=storage.clock)
    return Responder(request, questions, work, recorder=recorder, watch=watch, clock=storage.clock)
