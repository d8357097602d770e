"""The OpenAPI 3.1 document at `/v1/openapi.json`: what there is, with every status that may be answered."""

from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from lienthong import __version__
from lienthong.http.problems import MEDIA_TYPE, ProblemBody

DESCRIPTION = """The integration bus of a province: other systems ask it and push to it.

- **Key.** Send `Authorization: Bearer lt_live_…`. The operator makes it with `lienthong access client add`.
- **Errors** are `application/problem+json` (RFC 9457), with a stable `code`; invalid input is always 400 and lists
  every fault at once.
- **Rate.** 429 and 503 state in `Retry-After` when to come again.
- **Traces.** A `traceparent` (W3C) is taken on and comes back.
- **Identity numbers** stand in bodies, never in an address.
"""

RECORDING = "**This is a recording:** what is shown was invented or played, and nothing is sent to a real system."

_SENTENCES = {
    400: "The input is invalid; `errors` has every fault.",
    401: "No key, or none that is accepted.",
    403: "The client lacks the scope.",
    404: "There is nothing under this path.",
    408: "The body did not come in time.",
    409: "It cannot be done as things stand; `code` and `detail` state why.",
    413: "The body is too large.",
    415: "The media type of the body is not accepted.",
    429: "The client calls too often; see `Retry-After`.",
    500: "An unexpected error of the bus.",
    503: "It cannot be answered now; see `Retry-After`.",
}


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The replies with a problem that a path has, for its `responses`."""
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemBody"}}}
    return {status: {"description": _SENTENCES[status], "content": content} for status in statuses}


CALLED = problems(400, 401, 403, 408, 413, 429, 500, 503)
"""What every path with a key may answer beside its own replies."""

_ANYWHERE = problems(400, 408, 413, 500)
_WITH_SCHEMA = ("get", "post", "put", "delete", "patch")


def make_document(app: FastAPI, *, recording: bool, shapes: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The document. FastAPI's own 422 is taken out: invalid input is 400 here. `shapes`: further schemas, by name."""
    document = get_openapi(
        title="Lienthong (recording)" if recording else "Lienthong",
        version=__version__,
        openapi_version="3.1.0",
        description=f"{RECORDING}\n\n{DESCRIPTION}" if recording else DESCRIPTION,
        routes=app.routes,
    )
    parts = document.setdefault("components", {})
    schemas = parts.setdefault("schemas", {})
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    shape = ProblemBody.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas.update(shape.pop("$defs", {}))
    schemas["ProblemBody"] = shape
    schemas.update(shapes or {})
    parts["securitySchemes"] = {
        "key": {"type": "http", "scheme": "bearer", "description": "A key `lt_live_…` of the calling system."}
    }
    for operations in document["paths"].values():
        for method, operation in operations.items():
            if method in _WITH_SCHEMA:
                _complete(operation)
    return document


def _complete(operation: dict[str, Any]) -> None:
    replies = operation["responses"]
    replies.pop("422", None)
    for status, reply in _ANYWHERE.items():
        replies.setdefault(str(status), reply)
    if "401" in replies:
        operation.setdefault("security", [{"key": []}])
