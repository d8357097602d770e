"""What one subscription gets of announced events: which of them, which fields, and personal data masked or in clear."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from lienthong.envelope import Envelope
from lienthong.errors import UnreadableData
from lienthong.masking import PersonalKeys, mask_data
from lienthong.processing.condition import Condition, Undecided
from lienthong.subscriptions.channel import Announced
from lienthong.subscriptions.model import FieldRule
from lienthong.subscriptions.ports import Announcement

_DATA_KEY = b',"data":'


@dataclass(frozen=True, slots=True)
class Selection:
    """See above. Personal data is masked before the condition sees it: a condition must not tell what is hidden.

    - `personal`: by event type, the personal keys; None where they are not known. `in_clear`: nothing is masked.
    - An event for which the condition cannot be decided is filtered out.
    """

    condition: Condition | None = None
    field_rule: FieldRule = "all"
    fields: frozenset[str] = frozenset()
    personal: Mapping[str, PersonalKeys | None] = field(default_factory=dict)
    in_clear: bool = False

    def select(self, announcement: Announcement, first: int = 0) -> Iterator[Announced | None]:
        """For each event from position `first` on: as the subscriber gets it, or None where it is filtered out."""
        lines = announcement.body.split(b"\n")[1:-1]
        lines[0] = b"," + lines[0]
        for position, envelope in enumerate(Envelope.from_lines(_rejoined(lines[first:])), first):
            yield self._one(announcement.number, position, lines[position][1:], envelope)

    @property
    def _is_whole(self) -> bool:
        return self.in_clear and self.field_rule == "all"

    def _one(self, number: int, position: int, line: bytes, envelope: Envelope) -> Announced | None:
        body = line
        if not self._is_whole or self.condition is not None:
            data = self._visible(envelope)
            if data is None or not self._passes(envelope._replace(data=data)):
                return None
            if not self._is_whole:
                body = line[: line.find(_DATA_KEY)] + _DATA_KEY + orjson.dumps(self._chosen(data)) + b"}"
        return Announced(number, position, envelope.id, envelope.type, body)

    def _visible(self, envelope: Envelope) -> Mapping[str, Any] | None:
        """The data with what the subscriber must not see masked; None for data that cannot be read."""
        try:
            data = envelope.data_dict()
        except UnreadableData:
            return None
        return data if self.in_clear else mask_data(data, self.personal.get(envelope.type))

    def _passes(self, envelope: Envelope) -> bool:
        if self.condition is None:
            return True
        try:
            return self.condition.holds(envelope)
        except Undecided:
            return False

    def _chosen(self, data: Mapping[str, Any]) -> Mapping[str, Any]:
        match self.field_rule:
            case "only":
                return {key: value for key, value in data.items() if key in self.fields}
            case "without":
                return {key: value for key, value in data.items() if key not in self.fields}
            case _:
                return data


def _rejoined(lines: list[bytes]) -> list[bytes]:
    """Lines as a body has them: a comma before each but the first."""
    return [lines[0][1:], *lines[1:]] if lines else []
