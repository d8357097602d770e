"""`POST /in/NAME`: what other systems push. The reply leaves after the ledger's commit."""

import asyncio
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

import structlog
from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter, Request
from starlette.responses import Response

from lienthong.errors import BrokenInbox, Rejected, Transient, Unauthenticated
from lienthong.http.callers import caller
from lienthong.http.document import problems
from lienthong.http.idempotency import REPLAYED, idempotency_key, key_reused
from lienthong.http.problems import Problem, problem_response
from lienthong.http.push_line import PushLine
from lienthong.http.refusals import as_problem, input_invalid, rate_exceeded
from lienthong.http.service import Service
from lienthong.intake.inbox import InboxIntake
from lienthong.intake.pushes import Answer, Push, Pushed, sound_reply
from lienthong.messages import Message, message
from lienthong.ports import Reply
from lienthong.runtime.stages import make_from_settings
from lienthong.settings import InboxSettings
from lienthong.topology import route_queue

READ_SECONDS = 10.0
"""How long the class of an inbox may take to read a push; then the pusher is asked to push again."""

LEDGER_SECONDS = 10.0
"""How long the ledger may take. It may record a push later all the same: who repeats it doubles nothing."""

READERS = 4
"""Pushes of one inbox that are read at one time, so that a slow inbox does not take the threads of others."""

log = structlog.get_logger(__name__)


def router(service: Service) -> APIRouter:
    """A path for each inbox that a route begins with."""
    api = APIRouter(tags=["inboxes"])
    for inbox in service.storage.settings.served_inboxes():
        door = Door(service, inbox)
        described: dict[str, Any] = {
            "summary": inbox.description or message("Push to the inbox {name}", name=inbox.name),
            "description": _description(inbox),
            "openapi_extra": {"requestBody": _BODY, "security": _security(inbox)},
        }
        api.add_api_route(inbox.path, door.push, methods=["POST"], responses=_REPLIES, **described)
        if door.has("takes_query"):
            asked = described | {"openapi_extra": {"security": _security(inbox)}}
            api.add_api_route(inbox.path, door.push, methods=["GET"], responses=_REPLIES, **asked)
        if door.has("handshake"):
            words: dict[str, Any] = {
                "summary": message("Ask whether webhooks may be sent here"),
                "openapi_extra": {"security": []},
            }
            api.add_api_route(inbox.path, door.shake, methods=["OPTIONS"], responses=_SHAKEN, **words)
    return api


class Door:
    """One inbox as HTTP has it."""

    def __init__(self, service: Service, settings: InboxSettings) -> None:
        self._service = service
        self._settings = settings
        self._caller = caller(service, settings.scope)
        self._readers = CapacityLimiter(READERS)
        self._reading = threading.Semaphore(READERS)
        self._inbox: Any = None
        if not service.is_recording:  # its ledger receives nothing
            storage = service.storage
            self._inbox = make_from_settings(settings.source, settings, storage)
            routes = tuple(route_queue(route.name) for route in storage.settings.routes_from(settings.source))
            self._intake = InboxIntake(
                settings, self._inbox, routes, ledger=storage.ledger, replies=service.replies, clock=storage.clock
            )
            self._line = PushLine(self._intake, service.watch)

    async def push(self, request: Request) -> Response:
        """Answer one push. Whatever is wrong with it costs this push alone."""
        try:
            answer = await self._push(request)
        except Exception as error:  # noqa: BLE001 - each becomes a problem; what is unexpected is logged
            return self._refusal(error, request)
        if answer.is_other:
            return self._refusal(key_reused(), request)
        if answer.reply is None:
            return self._refusal(BrokenInbox(self._settings.name), request)
        self._service.pushes.note_push(self._settings.name, self._service.storage.clock, new=answer.new)
        return _response(answer.reply, REPLAYED if answer.is_kept else {})

    def has(self, ability: str) -> bool:
        """Whether its class answers `OPTIONS` (`handshake`), or takes the query of a GET as a body (`takes_query`)."""
        return bool(getattr(self._inbox, ability, False))

    async def shake(self, request: Request) -> Response:
        """Answer whether a sender of webhooks may push; nothing is recorded, and no key is needed."""
        try:
            self._take_turn(request)
            return _response(sound_reply(self._inbox.handshake(_headers(request, keep_key=False))), {})
        except Exception as error:  # noqa: BLE001 - see `push`
            return self._refusal(error, request)

    async def _push(self, request: Request) -> Answer:
        if self._service.is_recording:
            raise _no_pushes()
        client = await self._client(request)
        if request.headers.get("content-encoding", "identity").strip().lower() != "identity":
            text = message("Send the body as it is, without Content-Encoding.")
            raise Problem(415, "media-type", message("The media type of the body is not accepted here"), detail=text)
        headers = _headers(request, keep_key=self._settings.access == "wire")
        body = request.url.query.encode() if request.method == "GET" else await request.body()
        push = Push(body, headers, client, idempotency_key(request), request.scope["state"]["trace"])
        async with asyncio.timeout(READ_SECONDS):
            pushed = await to_thread.run_sync(self._read, push, limiter=self._readers, abandon_on_cancel=True)
        self._service.watch.require()
        async with asyncio.timeout(LEDGER_SECONDS):
            return await self._line.record(pushed)

    def _read(self, push: Push) -> Pushed:
        """Read a push, in a thread. One whose caller was sent away goes on, and counts until it has ended."""
        if not self._reading.acquire(blocking=False):
            raise Transient(message("the inbox reads earlier pushes still"), outage=False)
        try:
            return self._intake.read(push)
        finally:
            self._reading.release()

    async def _client(self, request: Request) -> str:
        """The client that pushes; "" where the inbox knows it from the wire. Raises `Problem` and `Transient`."""
        if self._settings.access == "key":
            self._service.watch.require()
            return (await self._caller(request)).name
        self._take_turn(request)
        return ""

    def _take_turn(self, request: Request) -> None:
        """Raise 429 for an address that calls too often."""
        address = self._service.caller_address.find(request.scope)
        wait = self._service.limiter.take(f"{self._settings.source} {address}", self._settings.rate, time.monotonic())
        if wait:
            raise rate_exceeded(str(self._settings.rate), wait)

    def _refusal(self, error: Exception, request: Request) -> Response:
        """The reply for what was not recorded: the problem, or the words that the wire has for it."""
        problem = _problem(error)
        if problem.status_code == 500 and not isinstance(error, BrokenInbox):
            log.error("a push failed", inbox=self._settings.name, exc_info=error)
        self._service.pushes.note_refusal(self._settings.name, self._service.storage.clock, problem.code)
        word: Callable[[int, str], Reply] | None = getattr(self._inbox, "refusal", None)
        if word is not None:
            try:
                return _response(sound_reply(word(problem.status_code, _sentence(problem))), problem.headers or {})
            except Exception:
                log.exception("an inbox failed to word a refusal", inbox=self._settings.name)
        return problem_response(problem, request.scope)


def _problem(error: Exception) -> Problem:
    match error:
        case Rejected(field="header/content-type", why=why):
            title = message("The media type of the body is not accepted here")
            return Problem(415, "media-type", title, errors=[("header/content-type", why)])
        case Rejected() | ExceptionGroup():
            faults = error.exceptions if isinstance(error, ExceptionGroup) else (error,)
            return input_invalid([(_pointer(one.field), one.why) for one in faults if isinstance(one, Rejected)])
        case Unauthenticated(why=why):
            return Problem(401, "push-unauthenticated", message("It is not known who pushes"), detail=Message(why))
        case TimeoutError():
            return as_problem(Transient("a push took too long"))
        case _:
            return as_problem(error)


def _sentence(problem: Problem) -> str:
    """What is wrong, in the words of the process."""
    faults = "; ".join(f"{pointer}: {detail}" if pointer else str(detail) for pointer, detail in problem.errors)
    return faults or str(problem.sentence or problem.title)


def _pointer(field: str | None) -> str:
    """The JSON Pointer of a field, which may be a path with dots; the name of a header stays as it is."""
    if field and field.startswith("header/"):
        return field
    return "".join(f"/{part.replace('~', '~0').replace('/', '~1')}" for part in field.split(".")) if field else ""


def _no_pushes() -> Problem:
    text = message("The ledger is that of a recording, and nothing is pushed into it. Push to the live bus.")
    return Problem(403, "recording", message("Nothing is received here"), detail=text)


def _headers(request: Request, *, keep_key: bool) -> Mapping[str, str]:
    """The headers by lower-case name; one that stands several times is joined. The key is the engine's own."""
    found: dict[str, str] = {}
    for name, value in request.headers.items():
        if keep_key or name != "authorization":
            found[name] = f"{found[name]}, {value}" if name in found else value
    return found


def _response(reply: Reply, more: Mapping[str, str]) -> Response:
    headers = {**reply.headers, **more}
    response = Response(reply.body, reply.status, headers)
    if reply.content_type:
        response.headers["Content-Type"] = reply.content_type
    return response


_BODY = {"required": True, "content": {"*/*": {"schema": {"type": "string", "format": "binary"}}}}


def _description(inbox: InboxSettings) -> str:
    who = (
        f"A client needs the scope `{inbox.scope}`."
        if inbox.access == "key"
        else f"The push itself states who pushes; each address may push {inbox.rate}."
    )
    return (
        f"At most {inbox.max_bytes} bytes and {inbox.max_records} records. {who} The reply is sent when everything is "
        "recorded for good. Push again what was not answered, or answered with 429 or 503: nothing doubles."
    )


def _security(inbox: InboxSettings) -> list[dict[str, list[str]]]:
    return [{"key": [inbox.scope] if inbox.scope else []}] if inbox.access == "key" else []


def _replies() -> dict[int | str, dict[str, Any]]:
    """A push that its inbox refuses is answered on the other system's wire, too: any media type."""
    refused = {status: _of_the_wire(reply) for status, reply in problems(400, 401, 403).items()}
    recorded = {"description": "Recorded; the reply is that of the other system's wire."}
    return {"2XX": recorded, **problems(408, 413, 415, 429, 500, 503), **refused}


def _of_the_wire(reply: dict[str, Any]) -> dict[str, Any]:
    return reply | {"content": reply["content"] | {"*/*": {}}}


_REPLIES = _replies()
_SHAKEN: dict[int | str, dict[str, Any]] = {
    200: {"description": "The headers `WebHook-Allowed-…` state what may be sent."},
    **problems(403, 429, 500),
}
