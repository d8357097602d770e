"""What one subscription gets of announced events: which of them, which fields, and personal data masked or in clear."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from lienthong.envelope import EncodedData, Envelope
from lienthong.errors import UnreadableData
from lienthong.masking import PersonalKeys, mask_data
from lienthong.processing.condition import Condition, Undecided
from lienthong.subscriptions.channel import Announced
from lienthong.subscriptions.masked import MaskedData
from lienthong.subscriptions.model import FieldRule
from lienthong.subscriptions.ports import Announcement

CHUNK = 256
"""Events whose attributes are read together."""

_DATA_KEY = b',"data":'


@dataclass(frozen=True, slots=True)
class Selection:
    """See above. Personal data is masked before the condition sees it: a condition must not tell what is hidden.

    - `personal`: by event type, the personal keys; None where they are not known. `in_clear`: nothing is masked.
    - `kept`: masked data, shared by all subscriptions of a process.
    - An event for which the condition cannot be decided is filtered out.
    """

    condition: Condition | None = None
    field_rule: FieldRule = "all"
    fields: frozenset[str] = frozenset()
    personal: Mapping[str, PersonalKeys | None] = field(default_factory=dict)
    in_clear: bool = False
    kept: MaskedData = field(default_factory=MaskedData)

    def select(self, announcement: Announcement, first: int = 0) -> Iterator[Announced | None]:
        """For each event from position `first` on: as the subscriber gets it, or None where it is filtered out."""
        lines = announcement.body.split(b"\n")[1:-1]
        lines[0] = b"," + lines[0]
        masked = None if self.in_clear else self.kept.find(announcement.number, lambda: self._mask(lines))
        for begin in range(first, len(lines), CHUNK):
            envelopes = Envelope.from_lines(_rejoined(lines[begin : begin + CHUNK]))
            for position, envelope in enumerate(envelopes, begin):
                known = envelope if masked is None else _with_data(envelope, masked[position])
                yield known and self._one(announcement.number, position, lines[position][1:], known)

    def _mask(self, lines: list[bytes]) -> Sequence[bytes | None]:
        """The masked data of each event; None where the data cannot be read."""
        found: list[bytes | None] = []
        for envelope in Envelope.from_lines(_rejoined(lines)):
            try:
                data = mask_data(envelope.data_dict(), self.personal.get(envelope.type))
            except UnreadableData:
                found.append(None)
            else:
                found.append(orjson.dumps(data))
        return found

    def _one(self, number: int, position: int, line: bytes, envelope: Envelope) -> Announced | None:
        """`envelope`: with the data that the subscriber may see."""
        try:
            if not self._passes(envelope):
                return None
            if not self.in_clear or self.field_rule != "all":
                is_whole = self.field_rule == "all"
                data = envelope.data_json() if is_whole else orjson.dumps(self._chosen(envelope.data_dict()))
                line = line[: line.find(_DATA_KEY)] + _DATA_KEY + data + b"}"
        except UnreadableData:
            return None
        return Announced(number, position, envelope.id, envelope.type, line)

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


def _with_data(envelope: Envelope, data: bytes | None) -> Envelope | None:
    return None if data is None else envelope.with_data(envelope.type, EncodedData(data))


def _rejoined(lines: list[bytes]) -> list[bytes]:
    """Lines as a body has them: a comma before each but the first."""
    return [lines[0][1:], *lines[1:]] if lines else []
