"""A caller that asks over RabbitMQ, by direct reply-to."""

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pika

PSEUDO_QUEUE = "amq.rabbitmq.reply-to"

AGAIN_SECONDS = 6.0
"""More than the time of any request in these tests: then a question was lost with its queue."""


@dataclass(frozen=True)
class Reply:
    """An answer, or a problem."""

    status: int
    body: Any
    headers: Mapping[str, Any]
    correlation: str
    content_type: str


class Asker:
    """`unroutable` has the questions that came back because no process answers."""

    def __init__(self, url: str, key: str = "") -> None:
        self._connection = pika.BlockingConnection(pika.URLParameters(url))
        self.channel = self._connection.channel()
        self._headers = {"authorization": f"Bearer {key}", "accept-language": "en"}
        self.channel.exchange_declare("lienthong.requests", "direct", durable=True)  # nothing may have answered yet
        self.replies: list[Reply] = []
        self.unroutable: list[str] = []
        self.channel.add_on_return_callback(
            lambda _, __, properties, ___: self.unroutable.append(properties.message_id)
        )
        self.channel.basic_consume(PSEUDO_QUEUE, self._on_reply, auto_ack=True)
        self._count = 0

    def send(self, request: str, fields: Any, *, reply_to: str = PSEUDO_QUEUE, headers: Any = None, **more: Any) -> str:
        """Ask; returns the correlation id."""
        self._count += 1
        name = f"q{self._count}"
        content = fields if isinstance(fields, bytes) else json.dumps(fields).encode()
        properties = pika.BasicProperties(
            **{"content_type": "application/json"} | more,
            reply_to=reply_to,
            correlation_id=name,
            message_id=name,
            headers=self._headers | (headers or {}),
        )
        self.channel.basic_publish("lienthong.requests", request, content, properties, mandatory=True)
        return name

    def ask(self, request: str, fields: Any, **given: Any) -> Reply:
        """Ask, and wait for the answer; again while no process answers."""
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            name, again = self.send(request, fields, **given), time.monotonic() + AGAIN_SECONDS
            while name not in self.unroutable and time.monotonic() < again:
                if found := [one for one in self.replies if one.correlation == name]:
                    return found[0]
                self._connection.process_data_events(0.05)
        raise AssertionError("no answer")

    def wait(self, seconds: float) -> None:
        """Take what comes within this time: that nothing comes has no other sign."""
        self._connection.process_data_events(seconds)

    def close(self) -> None:
        self._connection.close()

    def _on_reply(self, _: Any, __: Any, properties: Any, body: bytes) -> None:
        headers = dict(properties.headers)
        self.replies.append(
            Reply(headers["status"], json.loads(body), headers, properties.correlation_id, properties.content_type)
        )


@contextmanager
def asking(url: str, key: str = "") -> Iterator[Asker]:
    """A caller that goes at the end."""
    asker = Asker(url, key)
    try:
        yield asker
    finally:
        asker.close()
