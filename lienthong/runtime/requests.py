"""The responders of a project: one for each request that a route answers, with the connectors that YAML names."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from lienthong.adapters.sql.pushes import SqlPushReplies
from lienthong.configuration.names import schema_class
from lienthong.configuration.request_files import FIELD_IN_PATH
from lienthong.ports import Broker, Clock, Ledger
from lienthong.processing.stage import Stage
from lienthong.requests.answering import Answering
from lienthong.requests.ledger_watch import LedgerWatch
from lienthong.requests.publishing import AnswerPublisher
from lienthong.requests.questions import Questions
from lienthong.requests.recording import Recorder
from lienthong.requests.responder import Responder
from lienthong.route import Enrich, Route
from lienthong.runtime.roles import Role
from lienthong.runtime.stages import make_lookups, make_route_stage, make_work
from lienthong.runtime.world import Playing, ledger_world
from lienthong.settings import RequestSettings, Settings
from lienthong.topology import route_queue

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


def make_answer_publishers(
    stages: Mapping[str, Stage], settings: Settings, *, broker: Broker, ledger: Ledger, clock: Clock, role: Role
) -> Sequence[AnswerPublisher]:
    """A publisher for each request whose answers go to a sink or to subscribers.

    Its route's process has it, and so has the intake; one of them publishes at a time.
    """
    routes = (route for route in settings.routes.values() if route.origin.name in settings.requests)
    found = [(one.source, stages[route_queue(one.name)]) for one in routes if one.origin.door == "request"]
    return [
        AnswerPublisher(source, stage, broker=broker, ledger=ledger, clock=clock, bundle_size=settings.bus.bundle_size)
        for source, stage in found
        if (stage.to or stage.announce) and (role.intake or role.serves(stage.name))
    ]


def path_fields(path: str) -> tuple[str, ...]:
    """The fields of the question that a path names: `/v1/procedures/{code}` has `code`."""
    return tuple(FIELD_IN_PATH.findall(path))


def _responder(
    request: RequestSettings, route: Route, work: Answering, *, storage: "Storage", watch: LedgerWatch
) -> Responder:
    stage = make_route_stage(route, work, storage.settings)
    model = schema_class(request.accepts)
    questions = Questions(model, path_fields=path_fields(request.path), in_query=request.method == "GET")
    replies = SqlPushReplies(storage.database)
    recorder = Recorder(request.source, stage, ledger=storage.ledger, clock=storage.clock, replies=replies)
    return Responder(request, questions, work, recorder=recorder, watch=watch, clock=storage.clock)
