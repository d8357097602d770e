"""What is known of an event type that routes announce."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lienthong.data.deprecation import Deprecation

NO_SCHEMA: Mapping[str, Any] = {"type": "object"}
"""Of a type that has no schema under `types` of config/bus.yaml."""


@dataclass(frozen=True, slots=True)
class AnnouncedType:
    """An event type with its schema and examples.

    - `routes`: the names of the routes that announce it, each with what its file states of itself.
    - `sources`: what its events have as `source`.
    - `schema`: the JSON Schema of `data`, as readers see it.
    - `examples`: whole events without personal data.
    """

    name: str
    routes: Mapping[str, str]
    sources: Sequence[str]
    schema: Mapping[str, Any]
    examples: Sequence[Mapping[str, Any]]
    deprecation: Deprecation | None = None
