"""What the OpenAPI document states of the replies to a request, and of the form that a file comes in."""

from collections import defaultdict
from typing import Any

from lienthong.configuration.check_replies import is_file_answer
from lienthong.http.document import problems
from lienthong.settings import FILE_FIELD, RequestSettings

_EVENT_HEADER = {
    "Lienthong-Event": {
        "description": "The id of the event that question and answer are in the ledger; name it when you ask about it.",
        "schema": {"type": "string", "format": "uuid"},
    }
}

_LOCATION_HEADER = {"Location": {"description": "Where it is now.", "schema": {"type": "string"}}}

_FILE_HEADERS = {
    "Content-Disposition": {
        "description": "`attachment`, with the name of the file (RFC 6266).",
        "schema": {"type": "string"},
    },
    "ETag": {"description": 'The SHA-256 of the body: `"sha256:…"`.', "schema": {"type": "string"}},
    "Repr-Digest": {"description": "The same as RFC 9530 writes it.", "schema": {"type": "string"}},
}

KEY_HEADER: dict[str, Any] = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "A key of your own. Sent again with the same question within a day, it gets the same answer.",
    "schema": {"type": "string", "pattern": "^[!#-\\[\\]-~]{1,255}$"},
}

_ANSWERS = {
    200: "The answer.",
    201: "It was made; `Location` states where it is.",
    202: "It was received; it does not count yet, and the answer states why.",
}

_FILE = {"type": "string", "contentMediaType": "application/octet-stream", "format": "binary"}


def request_replies(request: RequestSettings, answer: str) -> dict[int | str, dict[str, Any]]:
    """The replies by status. `answer` refers to the shape of the answer."""
    of_key = () if request.is_open else (401, 403) if request.scope else (401,)
    statuses = (400, *of_key, 404, 408, 413, 429, 500, 503)
    replies = problems(*statuses, *((415,) if request.method == "POST" else ()))
    replies[404] = replies[404] | {"description": "There is nothing that answers this question."}
    for status, codes in _codes(request).items():
        named = ", ".join(f"`{code}`" for code in codes)
        known = replies.get(status) or problems(400)[400] | {"description": "A step refuses the question."}
        replies[status] = known | {"description": f"{known['description']} Codes: {named}."}
    if is_file_answer(request):
        content = {"*/*": {"schema": _FILE}}
        headers = {**_EVENT_HEADER, **_FILE_HEADERS}
        replies[200] = {"description": "The file, to be saved.", "headers": headers, "content": content}
        return replies
    for status in request.statuses:
        headers = {**_EVENT_HEADER, **(_LOCATION_HEADER if status == 201 else {})}
        content = {"application/json": {"schema": {"$ref": answer}}}
        replies[status] = {"description": _ANSWERS[status], "headers": headers, "content": content}
    return replies


def form_content(request: RequestSettings, metadata: dict[str, Any]) -> dict[str, Any]:
    """The form of a question with a file. `metadata` is the shape of its other fields, written out."""
    file = {**_FILE, "description": f"The file, of at most {request.max_bytes} bytes."}
    required = [FILE_FIELD, *(["metadata"] if metadata.get("required") else [])]
    schema = {
        "type": "object",
        "properties": {FILE_FIELD: file, "metadata": metadata},
        "required": required,
        "additionalProperties": False,
    }
    types = ", ".join(request.media_types) or "application/octet-stream"
    encoding = {FILE_FIELD: {"contentType": types}, "metadata": {"contentType": "application/json"}}
    return {"multipart/form-data": {"schema": schema, "encoding": encoding}}


def _codes(request: RequestSettings) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    for code, status in sorted(request.problems.items()):
        found[status].append(code)
    return found
