"""The console as an ASGI application, to be mounted under `/console`."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

import structlog
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from lienthong.access.roles import Viewer
from lienthong.console.context import ConsoleContext
from lienthong.console.paths import PATHS, PagePath, menu
from lienthong.console.preferences import read_preferences
from lienthong.console.refusals import refuse
from lienthong.console.rendering import HEADERS, href
from lienthong.console.sent_forms import send_once
from lienthong.console.static_files import static_reply
from lienthong.console.visit import Visit
from lienthong.errors import LienthongError, Transient
from lienthong.messages import message, reading_in

log = structlog.get_logger(__name__)

Endpoint = Callable[[Request], Awaitable[Response]]


def make_console(context: ConsoleContext, without_session: Sequence[Route] = ()) -> Starlette:
    """The pages over a bus. What does not stand in `PATHS` is not served, but for the files that pages load.

    `without_session`: the log-in.
    """
    routes = [Route(page.path, _endpoint(page, context), methods=[page.method]) for page in PATHS]
    missing = _missing(context)
    return Starlette(
        routes=[Route("/static/{version}/{name}", _static, methods=["GET"]), *without_session, *routes],
        exception_handlers={HTTPException: missing},
    )


async def _static(request: Request) -> Response:
    return static_reply(request.path_params["version"], request.path_params["name"])


def _endpoint(page: PagePath, context: ConsoleContext) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        form = await _form(request)
        try:
            viewer = await run_in_threadpool(context.gate.viewer, request)
        except Transient as error:
            log.warning("it could not be found out who visits", why=error.why)
            return Response(str(error), 503, HEADERS, "text/plain; charset=utf-8")
        if viewer is None:
            return _to_log_in(request, context)
        visit = _visit(request, context, viewer, form)
        with reading_in(visit.preferences.language):
            return await run_in_threadpool(_answer, page, visit)

    return endpoint


def _answer(page: PagePath, visit: Visit) -> Response:
    """The page, or why there is none; whatever happens, the reader gets a sentence."""
    if not page.is_open_to(visit.viewer):
        return refuse(visit, 403, message("Your roles do not have the right “{right}”.", right=page.right))
    if page.method == "POST" and not visit.context.gate.is_ours(visit.request, visit.form.get("token", "")):
        return refuse(visit, 403, message("This form was not sent by a page of this session; open the page again."))
    try:
        return send_once(visit, page.handler) if visit.form.get("once") else page.handler(visit)
    except LienthongError as error:
        return refuse(visit, 409, error)
    except KeyError as error:
        log.warning("a page was asked for something that is not there", path=page.path, missing=str(error))
        return refuse(visit, 404, message("There is nothing under this address."))
    except Exception as error:
        log.exception("a page failed", path=page.path, method=page.method)
        text = message("Unexpected error ({kind}); the details are in the log.", kind=type(error).__name__)
        return refuse(visit, 500, text)


def _missing(context: ConsoleContext) -> Any:
    async def answer(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 500
        viewer = await run_in_threadpool(context.gate.viewer, request)
        if viewer is None:
            return Response(status_code=status)
        visit = _visit(request, context, viewer, {})
        with reading_in(visit.preferences.language):
            return await run_in_threadpool(refuse, visit, status, message("There is nothing under this address."))

    return answer


def _visit(request: Request, context: ConsoleContext, viewer: Viewer, form: Mapping[str, str]) -> Visit:
    preferences = read_preferences(request, viewer.language or "")
    with reading_in(preferences.language):
        items = menu(viewer, request.url.path)
    return Visit(
        request=request,
        context=context,
        viewer=viewer,
        preferences=preferences,
        now=context.storage.clock.now(),
        token=context.gate.token(request),
        form=form,
        menu=items,
    )


async def _form(request: Request) -> Mapping[str, str]:
    """The fields of a form; of one that stands twice the last counts. No file is taken."""
    if request.method != "POST":
        return {}
    sent = await request.form(max_files=0, max_fields=200)
    return {name: value for name, value in sent.items() if isinstance(value, str)}


def _to_log_in(request: Request, context: ConsoleContext) -> Response:
    """To the log-in, and from there back to the page. What a form sent is not kept."""
    path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    back = path if request.method == "GET" else href("/")
    return RedirectResponse(f"{context.log_in}?{urlencode({'next': back})}", 303, headers=HEADERS)
