"""The data of an event as JSON that is decoded only where its content is needed."""

from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from lienthong.data.event_ids import CAUSE
from lienthong.errors import UnreadableData

_CAUSE_KEY = f'"{CAUSE}":"'.encode()


class EncodedData(Mapping[str, Any]):
    """The data of an event, kept as JSON. It is decoded at the first access to a key.

    A stage that only passes events on never decodes them, and never encodes them a second time.
    """

    __slots__ = ("_decoded", "json")

    def __init__(self, json: bytes) -> None:
        self.json = json
        self._decoded: Mapping[str, Any] | None = None

    def decode(self) -> Mapping[str, Any]:
        """The data as a dict. It is not kept, so that memory never holds a decoded bundle. Raises `UnreadableData`."""
        if self._decoded is not None:
            return self._decoded
        try:
            decoded: dict[str, Any] = orjson.loads(self.json)  # the body is checked to end with a brace
        except ValueError as error:
            raise UnreadableData(str(error)) from error
        return decoded

    def __getitem__(self, key: str) -> Any:
        self._decoded = self.decode()
        return self._decoded[key]

    def __iter__(self) -> Iterator[str]:
        self._decoded = self.decode()
        return iter(self._decoded)

    def __len__(self) -> int:
        self._decoded = self.decode()
        return len(self._decoded)


def cause_of(data: Mapping[str, Any]) -> str | None:
    """The id of the event that caused this one, in the data of what a sink handed back; None where it names none."""
    if not isinstance(data, EncodedData):
        cause = data.get(CAUSE)
        return cause if isinstance(cause, str) else None
    # To decode it would cost more than all other attributes together. Inside a text the quotation marks are escaped,
    # so these bytes are a key; and after a single brace it is one of the object itself.
    json = data.json
    at = json.find(_CAUSE_KEY)
    if at < 0:
        return None
    if json.find(b"{", 1, at) > 0:
        return cause_of(data.decode())
    begin = at + len(_CAUSE_KEY)
    return json[begin : json.index(b'"', begin)].decode()
