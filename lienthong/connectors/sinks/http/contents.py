"""The three ways in which events are written into an HTTP request."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Annotated, Literal, NamedTuple
from urllib.parse import quote

import orjson
from pydantic import Field

from lienthong.connectors.protocols.shapes import Shape
from lienthong.envelope import CONTENT_TYPE as BATCH_TYPE
from lienthong.envelope import Envelope

_JSON = "application/json"
_CLOUD_EVENT = "application/cloudevents+json"
_UNESCAPED = "".join(chr(code) for code in range(0x21, 0x7F) if chr(code) not in '"%')
"""Characters that the HTTP binding of CloudEvents 1.0 (3.1.3.2) writes as they are."""

BatchSize = Annotated[int, Field(ge=1, le=1000)]


class Content(NamedTuple):
    """The body of a request and the headers that describe it."""

    body: bytes
    headers: Mapping[str, str]


class Json(Shape):
    """The data of an event alone. With `batch` above 1: a JSON array of the data of several events."""

    format: Literal["json"]
    batch: BatchSize = 1

    def content(self, envelopes: Sequence[Envelope]) -> Content:
        written = [envelope.data_json() for envelope in envelopes]
        return Content(written[0] if self.batch == 1 else _array(written), {"Content-Type": _JSON})


class CloudEvents(Shape):
    """A CloudEvents 1.0 event in structured mode. With `batch` above 1: the batch mode, a JSON array of events."""

    format: Literal["cloudevents"] = "cloudevents"
    batch: BatchSize = 1

    def content(self, envelopes: Sequence[Envelope]) -> Content:
        written = [orjson.dumps(envelope.to_wire()) for envelope in envelopes]
        if self.batch == 1:
            return Content(written[0], {"Content-Type": _CLOUD_EVENT})
        return Content(_array(written), {"Content-Type": BATCH_TYPE})


class Binary(Shape):
    """A CloudEvents 1.0 event in binary mode: the data is the body, the attributes are `ce-…` headers."""

    format: Literal["binary"]
    batch: Literal[1] = 1

    def content(self, envelopes: Sequence[Envelope]) -> Content:
        (envelope,) = envelopes
        attributes = envelope.to_wire()
        kind = str(attributes.pop("datacontenttype"))
        del attributes["data"]
        headers = {f"ce-{name}": quote(str(value), safe=_UNESCAPED) for name, value in attributes.items()}
        return Content(envelope.data_json(), {"Content-Type": kind, **headers})


Format = Annotated[Json | CloudEvents | Binary, Field(discriminator="format")]


def idempotency_key(envelopes: Sequence[Envelope]) -> str:
    """The id of the event, or a digest of the ids of a batch: the same events always have the same key."""
    if len(envelopes) == 1:
        return envelopes[0].id
    return hashlib.sha256("\n".join(envelope.id for envelope in envelopes).encode()).hexdigest()


def _array(written: Sequence[bytes]) -> bytes:
    return b"[" + b",".join(written) + b"]"
