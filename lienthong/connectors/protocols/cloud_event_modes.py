"""How CloudEvents stand in an HTTP message: structured, as a batch, or binary (`bindings/http-protocol-binding.md` 3).

Own code: the package `cloudevents` reads no batches, decodes no percent signs in headers, and stops at the first fault.
"""

import base64
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import unquote_to_bytes

from lienthong.connectors.protocols.cloud_events import BINARY_DATA, DATA
from lienthong.connectors.protocols.json_text import read_json
from lienthong.errors import Rejected
from lienthong.messages import message

PREFIX = "ce-"
STRUCTURED, BATCH = "application/cloudevents+json", "application/cloudevents-batch+json"
MEDIA_TYPE = "header/content-type"
"""The field of a `Rejected` about a media type that is not read."""

_ESCAPED = re.compile(r"\\(.)")


def namer(headers: Mapping[str, str]) -> Callable[[int, str], str]:
    """A function that names a field of an event, by its number in the message and the attribute."""
    kind = _media_type(headers)
    if kind == BATCH:
        return lambda number, name: f"{number}.{name}" if name else str(number)
    return lambda _, name: name if kind == STRUCTURED or name in (DATA, BINARY_DATA) else f"header/{PREFIX}{name}"


def read_events(body: bytes, headers: Mapping[str, str]) -> Sequence[Any]:
    """The events of a message in the JSON format. They are as they came: any of them may be anything.

    Raises `Rejected` for a message that holds no events.
    """
    kind = _media_type(headers)
    if kind == STRUCTURED:
        return [_json(body)]
    if kind == BATCH:
        events = _json(body)
        if not isinstance(events, list):
            raise Rejected(message("a batch is a list of events"))
        return events
    if kind.startswith("application/cloudevents"):
        what = message("write {structured}, {batch}, or the attributes in headers", structured=STRUCTURED, batch=BATCH)
        raise Rejected(what, field=MEDIA_TYPE)
    if not any(name.startswith(PREFIX) for name in headers):
        what = message(
            "there is no CloudEvent: neither Content-Type {structured} or {batch}, nor headers {prefix}…",
            structured=STRUCTURED,
            batch=BATCH,
            prefix=PREFIX,
        )
        raise Rejected(what, field=MEDIA_TYPE)
    return [_binary(body, headers)]


def _media_type(headers: Mapping[str, str]) -> str:
    return headers.get("content-type", "").partition(";")[0].strip().lower()


def _binary(body: bytes, headers: Mapping[str, str]) -> dict[str, Any]:
    event: dict[str, Any] = {
        name.removeprefix(PREFIX): _decoded(name, value) for name, value in headers.items() if name.startswith(PREFIX)
    }
    event.pop(DATA, None)
    kind = headers.get("content-type", "").strip()
    if kind:
        event["datacontenttype"] = kind
    return event | _data(body, _media_type(headers))


def _data(body: bytes, kind: str) -> dict[str, Any]:
    if not body:
        return {}
    if kind.endswith(("/json", "+json")):
        return {DATA: _json(body, DATA)}
    if kind.startswith("text/") or kind.endswith(("/xml", "+xml")):
        try:
            return {DATA: body.decode()}
        except UnicodeDecodeError:
            pass  # of another encoding, which its reader may know
    return {BINARY_DATA: base64.b64encode(body).decode()}


def _decoded(name: str, value: str) -> str:
    """The value of a header: without quotation marks around it, percent signs decoded. Raises `Rejected`."""
    text = value.strip()
    if len(text) > 1 and text[0] == text[-1] == '"':
        text = _ESCAPED.sub(r"\1", text[1:-1])
    try:
        return unquote_to_bytes(text.encode("latin-1")).decode()
    except UnicodeError:
        raise Rejected(message("it is not UTF-8 with percent signs"), field=f"header/{name}") from None


def _json(body: bytes, field: str | None = None) -> Any:
    try:
        return read_json(body)
    except ValueError:
        raise Rejected(message("it is not JSON that can be read"), field=field) from None
