"""The paths of the requests: what other systems ask. See `lienthong.requests`."""

import asyncio
import time
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from lienthong.configuration.check_replies import is_file_answer
from lienthong.data.event_ids import draw_id
from lienthong.http.callers import Caller, anyone, caller
from lienthong.http.file_replies import file_reply
from lienthong.http.kept_answers import KeptAnswers
from lienthong.http.problems import Problem
from lienthong.http.refusals import (
    input_invalid,
    media_type,
    not_accepted,
    not_known,
    too_often,
    unavailable,
    unexpected,
)
from lienthong.http.request_shapes import RequestShapes
from lienthong.http.service import Service
from lienthong.http.uploads import Uploads
from lienthong.ports import Files
from lienthong.requests.again import Again
from lienthong.requests.questions import InvalidQuestion, field_pointer
from lienthong.requests.replies import Answered, Failed, NothingFound, Refused, Reply, Unavailable
from lienthong.requests.responder import Responder

EVENT_HEADER = "Lienthong-Event"
"""On every reply to a question: the id of its event, for `lienthong trail`."""


def router(service: Service, shapes: RequestShapes) -> APIRouter:
    """A path for each request."""
    api = APIRouter()
    uploads = Uploads(service.storage.files)
    kept = KeptAnswers(service)
    for responder in service.responders.values():
        settings = responder.settings
        api.add_api_route(
            settings.path,
            _endpoint(
                responder,
                anyone(service) if settings.is_open else caller(service, settings.scope),
                uploads=uploads,
                kept=kept,
                files=service.storage.files,
            ),
            methods=[settings.method],
            name=settings.name,
            **shapes.describe(settings),
        )
    return api


def _endpoint(responder: Responder, find: Caller, *, uploads: Uploads, kept: KeptAnswers, files: Files) -> Any:
    within = responder.within.total_seconds()
    has_file = responder.settings.body == "multipart"
    is_file = is_file_answer(responder.settings)

    async def ask(request: Request) -> Response:
        until = time.monotonic() + within
        event_id = draw_id()
        headers: dict[str, str] = {}
        fields: Mapping[str, Any] = {}
        if has_file:  # it has the time of its body; the question has its own after it
            await _admit(responder, find, request, within=within)
            fields = await uploads.read(responder, request)
            until = time.monotonic() + within
        try:
            async with asyncio.timeout(within):
                responder.watch.require()
                client = request.state.client if has_file else await find(request)
                fields = fields or await _read(responder, request)
                again = kept.again(request, responder.settings, client.name, fields, {EVENT_HEADER: event_id})
                if again and (found := await kept.find(again)):
                    return await _file_again(files, found) if is_file else found
                reply = _put(
                    responder, request, fields, client=client.name, until=until, event_id=event_id, again=again
                )
                headers = {EVENT_HEADER: event_id}
                answer = _answer(await reply, headers)
                return await file_reply(files, answer.body, headers) if is_file else _response(answer, headers)
        except TimeoutError:
            raise _with(unavailable(), headers) from None

    return ask


async def _file_again(files: Files, kept: Response) -> Response:
    """The file of an answer that is kept. The headers of its description are not those of the file."""
    headers = {name: value for name, value in kept.headers.items() if not name.startswith("content-")}
    return await file_reply(files, bytes(kept.body), headers)


async def _admit(responder: Responder, find: Caller, request: Request, *, within: float) -> None:
    """Refuse a caller before its file is received. Raises `Problem` and `Transient`."""
    try:
        async with asyncio.timeout(within):
            responder.watch.require()
            await find(request)
    except TimeoutError:
        raise unavailable() from None


async def _read(responder: Responder, request: Request) -> Mapping[str, Any]:
    is_post = responder.settings.method == "POST"
    body = await request.body()
    if is_post and body and not is_json(request.headers.get("content-type", "")):
        raise media_type()
    try:
        return responder.questions.read(body, request.path_params, request.query_params.multi_items())
    except InvalidQuestion as invalid:
        raise input_invalid(invalid.faults) from None


def is_json(content_type: str) -> bool:
    """Whether a media type is that of JSON; a body without one is taken as JSON."""
    kind = content_type.partition(";")[0].strip().lower()
    return kind in ("", "application/json") or (kind.startswith("application/") and kind.endswith("+json"))


def _put(
    responder: Responder,
    request: Request,
    fields: Mapping[str, Any],
    *,
    client: str,
    until: float,
    event_id: str,
    again: Again | None,
) -> asyncio.Future[Reply]:
    """Put the question; the future has its reply. Raises `Transient` when too many wait."""
    loop = asyncio.get_running_loop()
    given: asyncio.Future[Reply] = loop.create_future()

    def tell(reply: Reply) -> None:
        with suppress(RuntimeError):  # the loop has ended, and no caller waits
            loop.call_soon_threadsafe(_set, given, reply)

    trace = request.scope["state"]["trace"]
    responder.ask(fields, client=client, trace=trace, until=until, tell=tell, event_id=event_id, again=again)
    return given


def _set(given: asyncio.Future[Reply], reply: Reply) -> None:
    if not given.done():
        given.set_result(reply)


def _response(answered: Answered, headers: Mapping[str, str]) -> Response:
    more = {"Location": answered.location} if answered.location else {}
    return Response(answered.body, answered.status, media_type="application/json", headers={**headers, **more})


def _answer(reply: Reply, headers: Mapping[str, str]) -> Answered:
    """The answer. Raises the problem that stands for any other reply."""
    if isinstance(reply, Answered):
        return reply
    raise _with(problem_of(reply), headers)


def problem_of(reply: NothingFound | Refused | Unavailable | Failed) -> Problem:
    """The problem that stands for a reply without an answer."""
    match reply:
        case NothingFound():
            return not_known()
        case Refused(why=why, after=float(after)):
            return too_often(why, after)
        case Refused(code=code) if code:
            return not_accepted(reply)
        case Refused(why=why, field=field):
            return input_invalid([(field_pointer(field), why)])
        case Unavailable(after=after):
            return unavailable(after)
        case Failed():
            return unexpected()


def _with(problem: Problem, headers: Mapping[str, str]) -> Problem:
    problem.headers = {**(problem.headers or {}), **headers}
    return problem
