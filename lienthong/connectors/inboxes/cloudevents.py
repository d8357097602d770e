"""CloudEvents that others push over HTTP: one event in its two modes, or a batch; and the handshake of webhooks."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Any, Literal

import orjson
from pydantic import Field

from lienthong.connectors.protocols.cloud_event_modes import namer, read_events
from lienthong.connectors.protocols.cloud_events import attributes_of, faults_of
from lienthong.connectors.protocols.records import kept_of, sound_record, unreadable_record
from lienthong.data.trace_context import PARENT, STATE
from lienthong.errors import Rejected
from lienthong.messages import Message, message
from lienthong.ports import Receipt, Record, Reply, Site

NO_TYPE = "cloudevent"
"""The event type of what has none."""

_ORIGIN = re.compile(r"[A-Za-z0-9.:/_-]{1,253}")

FAULTS = 100
"""Faults that a reply lists."""


class CloudEvents:
    """The whole event is the record: its attributes, and its data under `data` or `data_base64`.

    - `key`: `subject` for events about records that change, of which each event is a version; an event without a
      subject has its id. `id` where every event stands for itself: the key is then its source and id.
    - `type`: the event type here; without it, that of the event.
    - An event that was pushed before is not new, whatever was pushed in between: source and id make it unique.
    - A faulty event alone is refused. In a batch the others are received; it becomes a dead letter of its route, and
      the reply (200) names its faults. A batch of nothing but faulty events is refused.
    - `origins`: the names of webhook senders that the handshake admits, `*` for all of them; `allowed_rate`: how many
      pushes a minute it allows them.
    """

    def __init__(
        self,
        site: Site,  # noqa: ARG002 - every connector gets it
        *,
        key: Literal["subject", "id"] = "subject",
        type: Annotated[str, Field(min_length=1)] | None = None,  # noqa: A002 - the word of YAML
        origins: Sequence[str] = (),
        allowed_rate: Annotated[int, Field(ge=1)] = 600,
    ) -> None:
        """See the class."""
        self._key = key
        self._type = type
        self._origins = frozenset(origins)
        self._allowed_rate = allowed_rate

    def receive(self, body: bytes, headers: Mapping[str, str]) -> Receipt:
        """The events of one push."""
        events = read_events(body, headers)
        name_field = namer(headers)
        records: list[Record] = []
        faults: list[Rejected] = []
        sound = 0
        for number, event in enumerate(events):
            found = list(_faults(event))
            faults += [Rejected(why, field=name_field(number, name)) for name, why in found]
            records.append(self._unreadable(event, *found[0]) if found else self._record(attributes_of(event)))
            sound += not found
        if faults and not sound:
            raise ExceptionGroup("the events are faulty", faults)
        return Receipt(records, _with_faults(faults, len(records)) if faults else Reply(), unique=True)

    def handshake(self, headers: Mapping[str, str]) -> Reply:
        """Whether a sender of webhooks may push here (`http-webhook.md` 4). No callback is ever called."""
        origin = headers.get("webhook-request-origin", "").strip()
        allow = {"Allow": "POST, OPTIONS"}
        if not origin:
            return Reply(200, headers=allow)
        if not (_ORIGIN.fullmatch(origin) and {"*", origin} & self._origins):
            return Reply(403, headers=allow)
        return Reply(
            200,
            headers={**allow, "WebHook-Allowed-Origin": origin, "WebHook-Allowed-Rate": self._rate(headers)},
        )

    def _rate(self, headers: Mapping[str, str]) -> str:
        asked = headers.get("webhook-request-rate", "").strip()
        is_less = asked.isascii() and asked.isdecimal() and len(asked) < 10 and 0 < int(asked) < self._allowed_rate
        return asked if is_less else str(self._allowed_rate)

    def _record(self, event: Mapping[str, Any]) -> Record:
        record = sound_record(self._type or event["type"], event, self._key_of)
        parent, state = event.get(PARENT), event.get(STATE)
        return replace(record, traceparent=str(parent), tracestate=str(state or "")) if parent else record

    def _key_of(self, event: Mapping[str, Any]) -> str:
        if self._key == "subject":
            return str(event.get("subject") or event["id"])
        return f"{event['source']} {event['id']}"

    def _unreadable(self, event: object, field: str, why: Message) -> Record:
        return unreadable_record(self._type or NO_TYPE, why, field=field or None, kept=kept_of(event))


def _faults(event: object) -> Iterator[tuple[str, Message]]:
    if isinstance(event, dict):
        yield from faults_of(attributes_of(event))
    else:
        yield "", message("an event is an object")


def _with_faults(faults: Sequence[Rejected], count: int) -> Reply:
    shown = [{"pointer": "/" + (one.field or "").replace(".", "/"), "detail": str(one.why)} for one in faults[:FAULTS]]
    return Reply(200, orjson.dumps({"received": count, "errors": shown}), "application/json")
