"""The problems that any path can answer with, and how what happens inside becomes one of them."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from lienthong.data.input_faults import input_fault
from lienthong.errors import Transient
from lienthong.http.problems import Problem, problem_response, retry_after
from lienthong.messages import Message, message
from lienthong.requests.questions import field_pointer
from lienthong.requests.replies import Refused

RETRY_SECONDS = 5.0
"""When to come again where what is down does not state it."""

_BEARER = {"WWW-Authenticate": 'Bearer realm="lienthong"'}


def key_missing() -> Problem:
    """401: there is no key."""
    text = message("Send the key of your system in the header `Authorization: Bearer lt_live_…`.")
    return Problem(401, "key-missing", message("No key"), detail=text, headers=_BEARER)


def key_unknown() -> Problem:
    """401: the key is not one that is accepted now. Whether it ever was is not stated."""
    text = message("The key is unknown, has expired, or was removed. Ask the operator of the bus for a new one.")
    headers = {"WWW-Authenticate": 'Bearer realm="lienthong", error="invalid_token"'}
    return Problem(401, "key-unknown", message("The key is not accepted"), detail=text, headers=headers)


def scope_lacking(scope: str) -> Problem:
    """403: the client may not do this."""
    text = message("Your system lacks the scope {scope}; the operator of the bus can grant it.", scope=scope)
    return Problem(403, "scope-lacking", message("Not allowed"), detail=text)


def rate_exceeded(rate: str, seconds: float) -> Problem:
    """429: the client calls too often."""
    text = message("Your system may call {rate}; come again after the time in Retry-After.", rate=rate)
    return Problem(429, "rate-exceeded", message("Too many calls"), detail=text, headers=retry_after(seconds))


def too_often(why: str, seconds: float) -> Problem:
    """429: a step refuses the client for a while, whatever it asks."""
    return Problem(429, "too-often", message("Too many calls"), detail=Message(why), headers=retry_after(seconds))


def body_too_large(limit: int) -> Problem:
    """413: more bytes than are read."""
    text = message("A body has at most {limit} bytes.", limit=limit)
    return Problem(413, "body-too-large", message("The body is too large"), detail=text)


def body_too_slow(seconds: float) -> Problem:
    """408: the body did not come in time."""
    text = message("The whole body must come within {seconds} seconds.", seconds=round(seconds))
    return Problem(408, "body-too-slow", message("The body came too slowly"), detail=text)


def input_invalid(errors: Sequence[tuple[str, str]]) -> Problem:
    """400: the input is not what the document asks for. Every fault is listed."""
    return Problem(400, "input-invalid", message("The input is invalid"), errors=errors)


def not_known() -> Problem:
    """404: there is nothing that answers this question."""
    text = message("The bus has nothing that answers this question.")
    return Problem(404, "not-known", message("Not known"), detail=text)


def media_type() -> Problem:
    """415: the body is not JSON, by its media type."""
    text = message("Send JSON, with the header `Content-Type: application/json`.")
    return Problem(415, "media-type", message("The media type of the body is not accepted here"), detail=text)


def form_unreadable() -> Problem:
    """400: the body is no form, or breaks off."""
    text = message("Send a form (`multipart/form-data`) with the parts `file` and `metadata`, and end it.")
    return Problem(400, "request-unreadable", message("The request cannot be read"), detail=text)


def form_wanted() -> Problem:
    """415: the body is no form, by its media type."""
    text = message("Send a form: `Content-Type: multipart/form-data`, with the parts `file` and `metadata`.")
    return Problem(415, "media-type", message("The media type of the body is not accepted here"), detail=text)


def media_type_refused(accepted: Sequence[str]) -> Problem:
    """415: the file is of a kind that is not taken."""
    text = message("send a file of the type {types}", types=", ".join(accepted))
    return Problem(
        415, "media-type", message("The media type of the body is not accepted here"), errors=[("/file", text)]
    )


def not_accepted(refused: Refused) -> Problem:
    """A step refuses the question with a code of the request, and with all its reasons."""
    faults = [(field_pointer(field), Message(why)) for field, why in refused.faults]
    title = message("The question is not accepted")
    return Problem(refused.status, refused.code, title, detail=Message(refused.why), errors=faults, more=refused.more)


def unavailable(seconds: float = RETRY_SECONDS) -> Problem:
    """503: something that the answer depends on does not answer. What it is stands in the log, not in the reply."""
    text = message(
        "It cannot be answered now; nothing was lost. Come again after the time in Retry-After. The operator sees why "
        "by `lienthong doctor` and in the log."
    )
    return Problem(503, "unavailable", message("Not available now"), detail=text, headers=retry_after(seconds))


def unexpected() -> Problem:
    """500: a fault of the bus. The log has the details."""
    return Problem(500, "unexpected", message("An unexpected error; the operator's log has the details"))


_TITLES: Mapping[int, tuple[str, Callable[[], Message]]] = {
    400: ("request-unreadable", lambda: message("The request cannot be read")),
    404: ("not-found", lambda: message("There is nothing under this path")),
    405: ("method-not-allowed", lambda: message("The method is not allowed for this path")),
    415: ("media-type", lambda: message("The media type of the body is not accepted here")),
}


def install(app: FastAPI) -> None:
    """Let every error of an application leave as a problem."""

    async def validation(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)  # noqa: S101 - the type it is registered for
        return problem_response(input_invalid([_fault(each) for each in error.errors()]), request.scope)

    async def http(request: Request, error: Exception) -> Response:
        return problem_response(as_problem(error), request.scope)

    app.add_exception_handler(RequestValidationError, validation)
    app.add_exception_handler(HTTPException, http)
    app.add_exception_handler(Transient, http)
    app.add_exception_handler(Exception, http)  # the reply; the exception itself goes on to the boundary, which logs it


def as_problem(error: Exception) -> Problem:
    """The problem that stands for an exception; the one for the unexpected where it is not known."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, Transient):
        return unavailable(error.after.total_seconds() if error.after else RETRY_SECONDS)
    if isinstance(error, HTTPException) and error.status_code in _TITLES:
        code, title = _TITLES[error.status_code]
        return Problem(error.status_code, code, title(), headers=error.headers)
    return unexpected()


def _fault(error: Mapping[str, Any]) -> tuple[str, str]:
    """Where pydantic found a fault, and its sentence. The value is left out: it may be personal data."""
    where, *path = error["loc"]
    if error["type"] == "json_invalid":
        return "", message("it is not JSON: {why}", why=str(error.get("ctx", {}).get("error", "")))
    pointer = "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in path)
    return (pointer if where == "body" else f"{where}{pointer}"), input_fault(error)
