"""Bodies of messages: CloudEvents batches in line form, one event a line."""

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any, Protocol

import orjson

_LINE_SEPARATOR = b"\n,"


class Writable(Protocol):
    """An envelope, as far as it is encoded."""

    def to_wire(self) -> Mapping[str, Any]:
        """The CloudEvents JSON object, for `orjson`."""


def encode_lines(envelopes: Iterable[Writable]) -> bytes:
    """The JSON array of the envelopes, in lines, so that a reader can decode in parts."""
    return b"[\n" + _LINE_SEPARATOR.join([orjson.dumps(envelope.to_wire()) for envelope in envelopes]) + b"\n]"


class SharedEnvelopes(tuple[Any, ...]):
    """Envelopes that go on in several bundles: to sinks, to subscribers and to the ledger. They are encoded once."""

    @cached_property
    def body(self) -> bytes:
        """See `encode_lines`."""
        return encode_lines(self)
