"""A gateway of a recording: it answers as the file `gateways.json` of the recording states, within the process.

    {"zalo": {"default": 0, "by_phone": {"84…": -118 | "timeout" | "timeout_but_sent" | 500, …}}, "sms": {…}}

Codes are those of the channel's own gateway, 0 and what the file does not state mean that it is sent; a status of HTTP
from 500 on and a time-out leave it in doubt. Nothing reaches any machine.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from connectors.notices.errors import ErrorTable
from connectors.notices.gateway import Answer, Message, Verdict
from connectors.notices.gsm import count_parts
from lienthong import LOCAL_ZONE, Clock, Table

FILE = "gateways.json"

TIMEOUT, TIMEOUT_BUT_SENT = "timeout", "timeout_but_sent"
_SERVER_ERROR = range(500, 600)
_SENT = frozenset({"0", "None", "100", "124"})
"""Codes of a message that the gateway has: 0 of Zalo and VNPT; of eSMS 100, and 124 for one that it had before."""


class PlayedGateway:
    """The gateway of one channel. `sent` gets what it sends: {channel, phone, template, data, at, request_id}."""

    knows_repeats = False

    def __init__(
        self, clock: Clock, channel: str, recording: Path, *, errors: Table, sent: list[Mapping[str, Any]]
    ) -> None:
        planned = _read(recording / FILE).get(channel, {})
        self._clock = clock
        self._channel = channel
        self._default = planned.get("default", 0)
        self._by_phone: Mapping[str, Any] = planned.get("by_phone", {})
        self._errors = ErrorTable(channel, errors)
        self._sent = sent

    def send(self, message: Message) -> Answer:
        """Send once. See the port."""
        code = self._by_phone.get(message.recipient, self._default)
        if code == TIMEOUT_BUT_SENT:
            self._send(message)
        if code in (TIMEOUT, TIMEOUT_BUT_SENT) or (isinstance(code, int) and code in _SERVER_ERROR):
            return Answer(Verdict.IN_DOUBT, "cổng không trả lời: không rõ thông báo đã gửi hay chưa", str(code))
        if str(code) not in _SENT:
            return self._errors.answer(str(code), message, self._clock.now())
        self._send(message)
        parts = count_parts(message.text).parts if message.text and self._channel == "sms" else None
        return Answer(Verdict.ACCEPTED, "cổng đã nhận", "0", gateway_id=message.notice_id, parts=parts)

    def query(self, message_id: str, gateway_id: str | None) -> None:
        """It cannot be asked."""

    def _send(self, message: Message) -> None:
        at = self._clock.now().astimezone(LOCAL_ZONE)
        self._sent.append(
            {
                "channel": self._channel,
                "phone": message.recipient,
                "template": message.template,
                "data": dict(message.parameters),
                "at": at.isoformat(),
                "request_id": message.notice_id,
            }
        )


def _read(path: Path) -> Mapping[str, Any]:
    """The plan of a recording; an empty one where it has no such file."""
    if not path.is_file():
        return {}
    found = json.loads(path.read_text(encoding="utf-8"))
    return found if isinstance(found, dict) else {}
