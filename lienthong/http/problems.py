"""Problems: every refusal and every failure as one JSON shape, `application/problem+json` (RFC 9457).

`code` is a stable word for programs, `errors` lists every fault of the input at once; `pointer` is a JSON Pointer
(RFC 6901) into the body, or names a header, a path or a query parameter. Sentences are in Vietnamese or English, as the
caller's Accept-Language asks; without it as LIENTHONG_LANG.
"""

from collections.abc import Iterable, Mapping, Sequence
from math import ceil
from typing import Any

import orjson
from pydantic import BaseModel, Field
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import Scope

from lienthong.messages import Language, Message, reader_language

MEDIA_TYPE = "application/problem+json"

MAX_ERRORS = 100
"""Faults that one problem lists: a body can have a million."""


class FaultBody(BaseModel):
    """One fault of the input."""

    pointer: str = Field(description="Where it is: a JSON Pointer into the body, or `header/…`, `path/…`, `query/…`.")
    detail: str = Field(description="What is wrong there, for people.")


class ProblemBody(BaseModel):
    """A refusal or a failure (RFC 9457)."""

    type: str = Field(description="A URN that ends with `code`.", examples=["urn:lienthong:problem:input-invalid"])
    title: str = Field(description="What is wrong, for people; the same for equal codes.")
    status: int = Field(description="The status of the reply.", ge=400, le=599)
    code: str = Field(description="What is wrong, for programs. It never changes its meaning.")
    detail: str | None = Field(default=None, description="What is wrong with this call, for people.")
    errors: list[FaultBody] | None = Field(default=None, description="Every fault of the input.")
    recording: bool | None = Field(default=None, description="True where the data is that of a recording, not real.")


class Problem(HTTPException):
    """A problem that ends a request. `title` and `detail` are messages of the catalogue; `more` has further members."""

    def __init__(
        self,
        status: int,
        code: str,
        title: Message,
        *,
        detail: Message | None = None,
        errors: Sequence[tuple[str, str]] = (),
        headers: Mapping[str, str] | None = None,
        more: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(status, str(title), dict(headers or {}))
        self.code = code
        self.title = title
        self.sentence = detail
        self.errors = errors
        self.more = more or {}


def problem_response(problem: Problem, scope: Scope) -> Response:
    """The reply for a problem, in the caller's language."""
    recording = bool(scope.get("state", {}).get("recording"))
    body = problem_body(problem, caller_language(scope), recording=recording)
    return Response(body, problem.status_code, headers=problem.headers, media_type=MEDIA_TYPE)


def problem_body(problem: Problem, language: Language, *, recording: bool = False) -> bytes:
    """The JSON of a problem."""
    body: dict[str, Any] = {
        "type": f"urn:lienthong:problem:{problem.code}",
        "title": problem.title.render(language),
        "status": problem.status_code,
        "code": problem.code,
    }
    if problem.sentence is not None:
        body["detail"] = problem.sentence.render(language)
    if problem.errors:
        body["errors"] = [
            {"pointer": pointer, "detail": detail.render(language) if isinstance(detail, Message) else detail}
            for pointer, detail in problem.errors[:MAX_ERRORS]
        ]
    body = {**problem.more, **body}
    if recording:
        body["recording"] = True
    return orjson.dumps(body)


def caller_language(scope: Scope) -> Language:
    """The language that the caller's Accept-Language prefers; see `preferred_language`."""
    return preferred_language(Headers(scope=scope).get("accept-language", ""))


def preferred_language(accepted: str) -> Language:
    """`vi` or `en`, whichever an Accept-Language prefers; the language of the process without one."""
    best: tuple[float, Language] = (0.0, reader_language())
    for part in accepted[:200].split(","):
        name, _, quality = part.strip().partition(";q=")
        try:
            weight = float(quality) if quality else 1.0
        except ValueError:
            continue
        for language in _of(name):
            if weight > best[0]:
                best = (weight, language)
    return best[1]


def _of(name: str) -> Iterable[Language]:
    match name.strip().lower().partition("-")[0]:
        case "vi":
            yield "vi"
        case "en":
            yield "en"


def retry_after(seconds: float) -> dict[str, str]:
    """The header that states when to come again, in whole seconds."""
    return {"Retry-After": str(max(1, ceil(seconds)))}
