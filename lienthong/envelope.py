"""The envelope: one event, frozen, with an id derived from what it says. And the bundle: what a queue carries.

On the wire a bundle is a CloudEvents 1.0 batch (`application/cloudevents-batch+json`).
"""

import hashlib
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple, Self
from zoneinfo import ZoneInfo

import orjson

from lienthong.errors import Rejected

LOCAL_ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
"""The zone of local time: days, periods and what people read. Instants inside are UTC."""

CONTENT_TYPE = "application/cloudevents-batch+json"
_NAMESPACE = uuid.UUID("5d0f0a2e-0b1f-5c3e-9a58-6c69656e7468").bytes
_VARIANT = {digit: f"{int(digit, 16) & 3 | 8:x}" for digit in "0123456789abcdef"}
NO_WAIT = timedelta(0)
_LINES, _NEXT, _DATA = "lines-2", b"\n,", b',"data":'  # `lines` had its commas at the ends of lines


def canonical_json(data: object) -> bytes:
    """The canonical JSON of `data`: keys sorted, UTF-8, no spaces. Key order never matters."""
    return orjson.dumps(data, option=orjson.OPT_SORT_KEYS)


def digest(canonical_json: bytes) -> str:
    """SHA-256 (hex) of canonical JSON."""
    return hashlib.sha256(canonical_json).hexdigest()


def derive_id(source: str, natural_key: str, content_digest: str) -> str:
    """The id of an event: uuid5 of (source, natural key, digest). The same content twice is the same event."""
    # What `uuid.uuid5` does (RFC 9562, 5.5), at a third of its price.
    sha = hashlib.sha1(_NAMESPACE + f"{source}\n{natural_key}\n{content_digest}".encode(), usedforsecurity=False)
    text = sha.hexdigest()
    variant = _VARIANT[text[16]]
    return f"{text[:8]}-{text[8:12]}-5{text[13:16]}-{variant}{text[17:20]}-{text[20:32]}"


class EncodedData(Mapping[str, Any]):
    """The data of an event with the JSON it is written as, so that it is written once. Read when a key is asked for."""

    __slots__ = ("_found", "json")

    def __init__(self, json: bytes) -> None:
        self.json = json
        self._found: Mapping[str, Any] | None = None

    def read(self) -> Mapping[str, Any]:
        """A dict, and nothing kept: what a step has no more use for does not stay in memory with its bundle."""
        if self._found is not None:
            return self._found
        found: dict[str, Any] = orjson.loads(self.json)
        return found

    def __getitem__(self, key: str) -> Any:
        self._found = self.read()
        return self._found[key]

    def __iter__(self) -> Iterator[str]:
        self._found = self.read()
        return iter(self._found)

    def __len__(self) -> int:
        self._found = self.read()
        return len(self._found)


class Envelope(NamedTuple):
    """One event.

    - `id`: derived (see `derive_id`); it stays the same through every transform, so one event has one trail.
    - `type`: what it is and which version, e.g. `letter.seen` on arrival, `dossier.v1` once canonical.
    - `source`: the name of the configured source it came from.
    - `subject`: the natural key a person would search for, e.g. a dossier code. Never an identity number.
    - `time`: when it happened there (UTC); on arrival not yet known, then equal to `received_at`.
    - `received_at`: when we first saw it (UTC). Its local date is the day it is balanced under.
    - `data`: a JSON object; never changed in place.
    - `trace`: a W3C traceparent to carry on, if one came.
    """

    id: str
    type: str
    source: str
    subject: str
    time: datetime
    received_at: datetime
    data: Mapping[str, Any]
    trace: str | None = None

    def with_data(self, type: str, data: Mapping[str, Any], *, time: datetime | None = None) -> "Envelope":  # noqa: A002 - CloudEvents' own word
        """The same event, said in another shape."""
        return Envelope(self.id, type, self.source, self.subject, time or self.time, self.received_at, data, self.trace)

    def decoded(self) -> "Envelope":
        """The same with its data read, a dict; itself where it was."""
        return self.with_data(self.type, self.data.read()) if isinstance(self.data, EncodedData) else self

    def data_dict(self) -> Mapping[str, Any]:
        """Its data, a dict whether it was read before or not."""
        return self.data.read() if isinstance(self.data, EncodedData) else self.data

    def data_json(self) -> bytes:
        """Its data as the JSON it came as, or else as canonical JSON."""
        return self.data.json if isinstance(self.data, EncodedData) else canonical_json(self.data)

    def to_wire(self) -> dict[str, Any]:
        """This envelope as a CloudEvents 1.0 JSON object, for `orjson`; `data` comes last."""
        wire: dict[str, Any] = {
            "specversion": "1.0",
            "id": self.id,
            "type": self.type,
            "source": self.source,
            "subject": self.subject,
            "time": format_instant(self.time),
            "receivedat": format_instant(self.received_at),
            "datacontenttype": "application/json",
        }
        if self.trace:
            wire["traceparent"] = self.trace
        wire["data"] = orjson.Fragment(self.data.json) if isinstance(self.data, EncodedData) else self.data
        return wire

    @classmethod
    def from_wire(cls, wire: Mapping[str, Any]) -> "Envelope":
        """The envelope a CloudEvents JSON object describes. Raises `Rejected` naming the missing attribute."""
        try:
            return cls(*_attributes(wire), wire["data"], wire.get("traceparent"))
        except KeyError as missing:
            raise Rejected("thiếu thuộc tính của phong bì CloudEvents", field=str(missing.args[0])) from None

    @classmethod
    def from_lines(cls, lines: Sequence[bytes]) -> "tuple[Envelope, ...]":
        """The envelopes of the lines of a body of ours, their data unread. Raises ValueError where one is cut off."""
        # Inside of JSON text quotation marks are escaped, so these bytes are the attribute, and it is the last one.
        split = [line.partition(_DATA) for line in lines]
        if not all(rest.endswith(b"}}") for _, _, rest in split):
            raise ValueError("a line does not end with its event")
        heads = orjson.loads(b"[" + b"}".join([head for head, _, _ in split]) + b"}]")
        return tuple(
            cls(*_attributes(wire), EncodedData(rest[:-1]), wire.get("traceparent"))
            for wire, (_, _, rest) in zip(heads, split, strict=True)
        )


def _attributes(wire: Mapping[str, Any]) -> tuple[str, str, str, str, datetime, datetime]:
    times = parse_utc(wire["time"]), parse_utc(wire["receivedat"])
    return wire["id"], wire["type"], wire["source"], wire["subject"], *times


@lru_cache(maxsize=4096)  # a page of events is received in one moment
def format_instant(moment: datetime) -> str:
    """An instant as it is written everywhere: ISO 8601 with its offset."""
    return moment.isoformat()


@lru_cache(maxsize=4096)
def parse_utc(text: str) -> datetime:
    """An ISO 8601 instant with offset, as UTC. Raises ValueError for anything else."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is UTC:  # nearly always: it is how we write them
        return moment
    if moment.tzinfo is None:
        raise ValueError(f"no UTC offset in {text!r}")
    return moment.astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Bundle:
    """1..N envelopes for one queue; one publish, one confirm, one delivery.

    - `turn` numbers the tries of these events at this stage and never repeats, across retries and replays.
    - `attempt` is what the retry policy counts; a replay starts it at 1 again.
    - `wait` is how long the broker holds the bundle back before it may be consumed.
    """

    queue: str
    envelopes: tuple[Envelope, ...]
    turn: int = 1
    attempt: int = 1
    wait: timedelta = field(default=NO_WAIT)

    def __post_init__(self) -> None:
        if not self.envelopes:
            raise ValueError("a bundle holds at least one envelope")

    def split(self, at: int) -> tuple[Self, Self]:
        """Two bundles that together are this one, the first with `at` envelopes. Neither may be empty."""
        return replace(self, envelopes=self.envelopes[:at]), replace(self, envelopes=self.envelopes[at:])

    def body(self) -> bytes:
        """The CloudEvents batch: a JSON array, one event a line, so that we need not read all of it at once."""
        return b"[\n" + _NEXT.join([orjson.dumps(envelope.to_wire()) for envelope in self.envelopes]) + b"\n]"

    def headers(self) -> dict[str, Any]:
        """What travels beside the body. Nothing else does: retries start with clean headers."""
        return {"turn": self.turn, "attempt": self.attempt, "form": _LINES}

    @classmethod
    def from_wire(cls, queue: str, body: bytes, headers: Mapping[str, Any]) -> Self:
        """The bundle of a delivery. Raises `Rejected` if the body is no CloudEvents batch."""
        try:
            if headers.get("form") == _LINES:
                first, *lines, last = body.split(b"\n")
                if (first, last) != (b"[", b"]"):
                    raise ValueError("it does not begin and end as it should")
                envelopes = Envelope.from_lines(lines)
            else:
                envelopes = tuple(map(Envelope.from_wire, orjson.loads(body)))
        except (ValueError, TypeError, KeyError) as error:
            raise Rejected(f"thân thông điệp không phải là lô CloudEvents: {error}") from error
        return cls(queue, envelopes, turn=int(headers.get("turn", 1)), attempt=int(headers.get("attempt", 1)))
