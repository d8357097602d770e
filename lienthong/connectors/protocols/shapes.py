"""Shapes of the values that several generic connectors take from YAML, each checked by `lienthong check`."""

import re
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

from lienthong.configuration.addresses import HTTP_ADDRESS, address_advice, address_fault
from lienthong.configuration.shapes import Duration
from lienthong.messages import Message, message

__all__ = ["Duration", "HeaderName", "HeaderValue", "Scalar", "Shape", "Text", "Url", "refusal"]

_TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")


class Shape(BaseModel):
    """A mapping in YAML that accepts no key it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def refusal(advice: Message) -> PydanticCustomError:
    """What a validator raises about a value of YAML; `lienthong check` shows the advice beside file, line and key."""
    return PydanticCustomError("refused", "not allowed", {"advice": advice})


def _url(text: str) -> str:
    fault = address_fault(text, HTTP_ADDRESS)
    if fault and "@" in text:
        raise refusal(address_advice(HTTP_ADDRESS))
    try:
        parts = urlsplit(text)
        sound = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        sound = False
    if fault or not sound or not text.isprintable() or " " in text:
        raise refusal(message("write an address such as https://example.org/api/records"))
    return text


def _header_name(text: str) -> str:
    if not _TOKEN.fullmatch(text):
        raise refusal(message("write the name of an HTTP header, such as X-Api-Key"))
    return text


def _header_value(text: str) -> str:
    if not (text and text.isascii() and text.isprintable()):
        raise refusal(message("an HTTP header carries printable ASCII characters only"))
    return text


Url = Annotated[str, AfterValidator(_url)]
"""An absolute http or https address."""

HeaderName = Annotated[str, AfterValidator(_header_name)]
HeaderValue = Annotated[str, AfterValidator(_header_value)]

Text = Annotated[str, Field(min_length=1)]

Scalar = str | int | float | bool
"""A value of a query parameter."""
