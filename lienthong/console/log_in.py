"""The pages without a session: the log-in."""

import hmac
import math
import secrets
from collections.abc import Mapping
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from lienthong.console.context import ConsoleContext
from lienthong.console.gate import SessionGate
from lienthong.console.origin import is_from_here, keeps_log_in
from lienthong.console.preferences import read_preferences
from lienthong.console.rendering import HEADERS, environment
from lienthong.console.way_back import page_of_ours
from lienthong.errors import Transient
from lienthong.messages import message, message_n, reading_in

FORM_COOKIE = "__Host-lienthong-form"
"""Has the token of the log-in form: before there is a session, only this proves that the form is ours."""

PATH = "/log-in"


def log_in_routes(context: ConsoleContext, gate: SessionGate) -> list[Route]:
    """What anybody may ask: the form, and to send it. Forms have two fields of this many characters at the most."""

    async def show(request: Request) -> Response:
        return await run_in_threadpool(_page, context, gate, request)

    async def send(request: Request) -> Response:
        sent = await request.form(max_files=0, max_fields=10)
        fields = {name: value for name, value in sent.items() if isinstance(value, str)}
        return await run_in_threadpool(_log_in, context, gate, request, fields)

    return [Route(PATH, show, methods=["GET"]), Route(PATH, send, methods=["POST"])]


def _log_in(context: ConsoleContext, gate: SessionGate, request: Request, fields: Mapping[str, str]) -> Response:
    expected, given = request.cookies.get(FORM_COOKIE, ""), fields.get("token", "")
    is_ours = bool(expected) and hmac.compare_digest(expected.encode(), given.encode())
    if not is_ours or not is_from_here(request):
        why = lambda: message("This form was not sent by the page of this console; send it again.")  # noqa: E731 - in the reader's language
        return _page(context, gate, request, 403, why=why, next_page=fields.get("next", ""))
    try:
        person, wait = gate.log_in(request, fields.get("login", ""), fields.get("password", ""))
        if person is not None:
            reply = RedirectResponse(page_of_ours(fields.get("next", "")), 303, headers=HEADERS)
            gate.begin(request, reply, person, message("with a password"))
            return reply
    except Transient as error:
        kept = str(error)
        return _page(context, gate, request, 503, why=lambda: kept, next_page=fields.get("next", ""))
    return _page(
        context,
        gate,
        request,
        429 if wait else 403,
        why=lambda: _refusal(wait),
        next_page=fields.get("next", ""),
        login=fields.get("login", ""),
    )


def _refusal(wait: float) -> str:
    if not wait:
        return message("Login and password do not fit together, or the person cannot log in.")
    return message_n(
        "Login and password do not fit together, or the person cannot log in. Try again in {count} second.",
        "Login and password do not fit together, or the person cannot log in. Try again in {count} seconds.",
        count=math.ceil(wait),
    )


def _page(
    context: ConsoleContext,
    gate: SessionGate,
    request: Request,
    status: int = 200,
    *,
    why: Any = None,
    next_page: str = "",
    login: str = "",
) -> Response:
    """The form. Its token is a new one each time."""
    token = secrets.token_urlsafe(24)
    preferences = read_preferences(request)
    back = page_of_ours(next_page or request.query_params.get("next", ""))
    with reading_in(preferences.language):
        text = (
            environment()
            .get_template("log_in.html")
            .render(
                language=preferences.language,
                token=token,
                next=back,
                login=login[:100],
                why=why() if why else "",
                is_first=not gate.store.persons.list(),
                keeps=keeps_log_in(request),
                is_recording=context.is_recording,
            )
        )
    reply = HTMLResponse(text, status, headers=HEADERS)
    reply.set_cookie(FORM_COOKIE, token, path="/", secure=True, httponly=True, samesite="lax")
    return reply
