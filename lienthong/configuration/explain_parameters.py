"""What `with` of a file gives to a connector, in the words of the file: rhythms, limits. No secret is shown."""

import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from lienthong.configuration import duration
from lienthong.configuration.addresses import shown_address
from lienthong.settings import PartSettings

_SECRET = re.compile(r"secret|passw|token(?!_?url)|key|salt|credential|auth|headers?$|user|client_id", re.IGNORECASE)

HIDDEN = "•••"
"""Stands for a value that may be a secret."""


def parameter_lines(part: PartSettings) -> Iterator[str]:
    """`name: value` for each parameter; the elements of a list stand in separate lines."""
    for name, value in part.parameters.items():
        if isinstance(value, list | tuple) and value and not _SECRET.search(name):
            yield f"{name}:"
            yield from (f"  - {_render(name, element)}" for element in value)
        else:
            yield f"{name}: {_render(name, value)}"


def _render(name: str, value: Any) -> str:
    if _SECRET.search(name):
        return HIDDEN
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {_render(str(key), below)}" for key, below in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_render(name, below) for below in value) + "]"
    if isinstance(value, timedelta):
        return duration.show(value)
    if isinstance(value, bool):
        return str(value).lower()
    text = str(value)
    return _address(text) if "://" in text else text


def _address(text: str) -> str:
    try:
        return shown_address(text)
    except ValueError:
        return HIDDEN
