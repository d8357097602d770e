"""The envelope: one event, frozen, with an id derived from its content. The bundle: the envelopes of one message.

On the wire a bundle is a CloudEvents 1.0 batch (`application/cloudevents-batch+json`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, NamedTuple, Self
from zoneinfo import ZoneInfo

import orjson

from lienthong.data.bodies import SharedEnvelopes, encode_lines
from lienthong.data.encoded_data import EncodedData, cause_of
from lienthong.data.event_ids import ABSENT, canonical_json, derive_id, digest, is_return
from lienthong.data.instants import format_instant, parse_utc
from lienthong.data.message_headers import LINE_FORM, Origin, parse_headers, require_keepable
from lienthong.data.trace_context import PARENT, STATE, trace_of
from lienthong.errors import Rejected
from lienthong.messages import message

__all__ = [
    "CONTENT_TYPE",
    "LOCAL_ZONE",
    "NO_WAIT",
    "Bundle",
    "EncodedData",
    "Envelope",
    "SharedEnvelopes",
    "canonical_json",
    "derive_id",
    "digest",
    "format_instant",
    "parse_utc",
]

LOCAL_ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
"""The zone of local time: days, periods and what people read. Instants inside are UTC."""

CONTENT_TYPE = "application/cloudevents-batch+json"
NO_WAIT = timedelta(0)

RECORDED, RECORDED_BEFORE = "recordedtime", "receivedat"
"""The registered extension of CloudEvents, and the attribute that was announced before it. Both are written in 0.3 and
either is read; `receivedat` is not written any more from 0.4 on."""

_DATA_KEY = b',"data":'


class Envelope(NamedTuple):
    """One event.

    - `id`: derived (see `derive_id`); every transform keeps it, so one event has one trail.
    - `type`: the kind of event and its version, e.g. `letter.seen` as received, `dossier.v1` after a transform.
    - `source`: the name of the configured source it came from.
    - `subject`: the natural key that people search for, e.g. a dossier code. Never an identity number.
    - `time`: when it happened in the outside system (UTC). As received it is not known yet and equals `received_at`.
    - `received_at`: when the engine first saw it (UTC). Its local date is the day of its balance.
    - `data`: a JSON object; never changed in place.
    - `trace`: the W3C traceparent it came with, with the id of our span, or None. `tracestate`: that of its trace.
    """

    id: str
    type: str
    source: str
    subject: str
    time: datetime
    received_at: datetime
    data: Mapping[str, Any]
    trace: str | None = None
    tracestate: str | None = None

    @property
    def is_return(self) -> bool:
        """Whether the record returned to an earlier content. Its own dates are then those of that earlier version."""
        return is_return(self.id)

    @property
    def is_absent(self) -> bool:
        """Whether the record is no longer at its source. The data is then its last content."""
        return ABSENT in self.data

    def with_data(self, type: str, data: Mapping[str, Any], *, time: datetime | None = None) -> "Envelope":  # noqa: A002 - CloudEvents' own word
        """The same event with other data, of another type."""
        return Envelope(
            self.id,
            type,
            self.source,
            self.subject,
            time or self.time,
            self.received_at,
            data,
            self.trace,
            self.tracestate,
        )

    def decoded(self) -> "Envelope":
        """The same event with its data as a dict."""
        return self.with_data(self.type, self.data.decode()) if isinstance(self.data, EncodedData) else self

    def data_dict(self) -> Mapping[str, Any]:
        """The data as a dict."""
        return self.data.decode() if isinstance(self.data, EncodedData) else self.data

    def data_json(self) -> bytes:
        """The data as JSON: the bytes it was received as, or canonical JSON when it was decoded."""
        return self.data.json if isinstance(self.data, EncodedData) else canonical_json(self.data)

    def to_wire(self) -> dict[str, Any]:
        """This envelope as a CloudEvents 1.0 JSON object, for `orjson`. `data` is the last key: see `from_lines`."""
        recorded = format_instant(self.received_at)
        wire: dict[str, Any] = {
            "specversion": "1.0",
            "id": self.id,
            "type": self.type,
            "source": self.source,
            "subject": self.subject,
            "time": format_instant(self.time),
            RECORDED: recorded,
            RECORDED_BEFORE: recorded,
            "datacontenttype": "application/json",
        }
        if self.source.startswith("sink.") and (cause := cause_of(self.data)):
            wire["causationid"] = cause
        if self.trace:
            wire[PARENT] = self.trace
            if self.tracestate:
                wire[STATE] = self.tracestate
        wire["data"] = orjson.Fragment(self.data.json) if isinstance(self.data, EncodedData) else self.data
        return wire

    @classmethod
    def from_wire(cls, wire: Mapping[str, Any]) -> "Envelope":
        """The envelope of a CloudEvents JSON object. Raises `Rejected` naming the attribute that is missing."""
        try:
            attributes, data = _attributes(wire), wire["data"]
        except KeyError as missing:
            why = message("the CloudEvents envelope lacks this attribute")
            raise Rejected(why, field=str(missing.args[0])) from None
        if not isinstance(data, dict):
            raise TypeError("the data of an event is not a JSON object")
        return cls(*attributes, data, *trace_of(wire))

    @classmethod
    def from_lines(cls, lines: Sequence[bytes]) -> "tuple[Envelope, ...]":
        """The envelopes of the lines of a body in line form. Their data stays encoded.

        Raises ValueError when a line is cut off or is not a JSON object, KeyError when an attribute is missing.
        """
        # Decoding only the attributes is several times faster than decoding whole events. Every line is cut at the
        # first `,"data":`. Inside a JSON string the quotation marks would be escaped, so these bytes are the key
        # itself; and `to_wire` writes it last, so everything after it but the closing brace is the data.
        cuts = [line.find(_DATA_KEY) for line in lines]
        if -1 in cuts or not all(line.endswith(b"}}") for line in lines):
            raise ValueError("a line does not end with its event")
        heads = orjson.loads(b"[" + b"}".join([line[:cut] for line, cut in zip(lines, cuts, strict=True)]) + b"}]")
        return tuple(
            [
                cls(*_attributes(wire), EncodedData(line[cut + len(_DATA_KEY) : -1]), *trace_of(wire))
                for wire, line, cut in zip(heads, lines, cuts, strict=True)
            ]
        )


def _attributes(wire: Mapping[str, Any]) -> tuple[str, str, str, str, datetime, datetime]:
    recorded = wire.get(RECORDED_BEFORE) or wire[RECORDED]
    times = parse_utc(wire["time"]), parse_utc(recorded)
    return wire["id"], wire["type"], wire["source"], wire["subject"], *times


@dataclass(frozen=True, slots=True)
class Bundle:
    """1..N envelopes for one queue: one publish, one confirm, one delivery.

    - `turn` numbers the tries of these events at this stage. It never repeats, across retries and replays.
    - `attempt` is the number the retry policy counts. A replay starts it at 1 again.
    - `wait` is how long the broker holds the bundle back before it can be consumed. It does not travel.
    - `origin` and `sent` (in seconds since 1970; 0: not known) are those of a consumed bundle. A broker sends its own.
    """

    queue: str
    envelopes: tuple[Envelope, ...]
    turn: int = 1
    attempt: int = 1
    wait: timedelta = field(default=NO_WAIT)
    origin: Origin = field(default=Origin(), compare=False)
    sent: int = field(default=0, compare=False)

    def __post_init__(self) -> None:
        if not self.envelopes:
            raise ValueError("a bundle holds at least one envelope")

    def split(self, at: int) -> tuple[Self, Self]:
        """Two bundles: the first `at` envelopes, and the others. Raises ValueError when one would be empty."""
        return replace(self, envelopes=self.envelopes[:at]), replace(self, envelopes=self.envelopes[at:])

    def body(self) -> bytes:
        """The CloudEvents batch: a JSON array in line form, one event a line, so that a reader can decode in parts."""
        return self.envelopes.body if isinstance(self.envelopes, SharedEnvelopes) else encode_lines(self.envelopes)

    def headers(self) -> dict[str, Any]:
        """All headers of the message. A retry copies none from the delivery it answers."""
        return {"turn": self.turn, "attempt": self.attempt, "form": LINE_FORM}

    @classmethod
    def from_wire(cls, queue: str, body: bytes, headers: Mapping[str, Any]) -> Self:
        """The bundle of a delivery. Raises `Rejected` when body or headers are not those of a message of the bus."""
        try:
            turn, attempt, in_lines, origin, sent = parse_headers(headers)
            if in_lines:
                lines = body.split(b"\n")
                if len(lines) < 3 or (lines[0], lines[-1]) != (b"[", b"]"):
                    raise ValueError("the body does not begin with `[` and end with `]`")
                envelopes = Envelope.from_lines(lines[1:-1])
            else:
                envelopes = tuple(map(Envelope.from_wire, orjson.loads(body)))
            if envelopes:
                require_keepable(*zip(*envelopes, strict=True))
            return cls(queue, envelopes, turn, attempt, origin=origin, sent=sent)
        except (ValueError, TypeError, KeyError, AttributeError, OverflowError) as error:
            why = message("the message is not a CloudEvents batch of this bus: `{error}`", error=str(error))
            raise Rejected(why) from error
