"""Whether a request can receive the file that its YAML speaks of, and give the replies that it names."""

from collections.abc import Iterator, Mapping
from typing import Any

from lienthong.configuration.document import Document
from lienthong.configuration.faults import Fault, Mismatch, suggest
from lienthong.configuration.names import schema_class
from lienthong.configuration.personal import json_schema
from lienthong.configuration.request_files import FIELD_IN_PATH
from lienthong.data.files import FileAnswer, UploadedFile
from lienthong.messages import message
from lienthong.settings import FILE_FIELD, RequestSettings

ENGINE_CODES = frozenset(
    {
        "body-too-large",
        "body-too-slow",
        "idempotency-key-reused",
        "input-invalid",
        "key-missing",
        "key-unknown",
        "media-type",
        "method-not-allowed",
        "not-found",
        "not-known",
        "rate-exceeded",
        "request-unreadable",
        "scope-lacking",
        "too-often",
        "unavailable",
        "unexpected",
    }
)
"""Codes of problems that mean something already."""


def reply_faults(request: RequestSettings, document: Document) -> Iterator[Fault]:
    """Every fault of the keys `body`, `max_bytes`, `media_types`, `statuses`, `location` and `problems`."""
    yield from _file_faults(request, document.value)
    yield from _location_faults(request)
    for code in request.problems:
        if code in ENGINE_CODES:
            what = message("the code `{code}` is one of the engine's own", code=code)
            yield Fault("LT911", what, message("write another code"), ("problems", code), of_key=True)
    if is_file_answer(request) and request.statuses != (200,):
        what = message("an answer that is a file has the status 200")
        yield Fault("LT911", what, message("leave `statuses` out"), ("statuses",), of_key=True)


def is_file_answer(request: RequestSettings) -> bool:
    """Whether the answer is a file: its class is `lienthong.FileAnswer`, or one made of it. Raises `Mismatch`."""
    return issubclass(schema_class(request.answers), FileAnswer)


def _file_faults(request: RequestSettings, written: Mapping[str, Any]) -> Iterator[Fault]:
    if request.body == "json":
        for key in ("max_bytes", "media_types"):
            if key in written:
                what = message("`{key}` is of a file, and none is sent here", key=key)
                yield Fault("LT910", what, message("write body: multipart, or leave it out"), (key,), of_key=True)
        return
    if request.method == "GET":
        what = message("no file is sent with GET")
        yield Fault("LT910", what, message("write method: POST"), ("method",))
    try:
        field = schema_class(request.accepts).model_fields.get(FILE_FIELD)
    except Mismatch:  # a finding of its own, of the name
        return
    if field is None or field.annotation is not UploadedFile:
        what = message("the question has no field `{field}` for the file", field=FILE_FIELD)
        yield Fault("LT910", what, message("give it a field `file: UploadedFile`, of lienthong"), ("accepts",))


def _location_faults(request: RequestSettings) -> Iterator[Fault]:
    if bool(request.location) != (201 in request.statuses):
        what = message("`location` and the status 201 in `statuses` belong together")
        yield Fault("LT911", what, message("write both, or none of them"), ("statuses",), of_key=True)
        return
    if not request.location.startswith("/") and request.location:
        what = message("`location` is no path")
        yield Fault("LT911", what, message("write a path such as {example}", example="/v1/documents/{document_id}"))
    try:
        known = json_schema(schema_class(request.answers), "serialization").get("properties", {})
    except Mismatch:
        return
    for name in FIELD_IN_PATH.findall(request.location):
        if name not in known:
            what = message("the answer has no field `{field}`", field=name)
            yield Fault("LT911", what, suggest(name, known), ("location",))
