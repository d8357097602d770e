"""Requests to the broker: sent in a row on a channel of their own, the replies collected."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from pika.exceptions import ChannelClosedByBroker, ConnectionClosedByBroker

from lienthong.adapters.rabbitmq.declarations import Binding, Declaration, Exchange, Queue

OnReply = Callable[[Any], None]
BrokerRequest = Callable[[Any, OnReply], None]
"""Sends one AMQP method on a channel; the reply goes to the callback."""

OnReplies = Callable[[Sequence[Any], BaseException | None], None]
"""Called once, with the replies so far and with what closed the channel before all had come (None: all came)."""

NOT_FOUND = 404
"""The broker's reply code when a queue or an exchange does not exist."""

PRECONDITION_FAILED = 406
"""The broker's reply code when a queue or an exchange exists and was declared differently."""


def send_requests(connection: Any, requests: Sequence[BrokerRequest], on_replies: OnReplies) -> None:
    """Send all requests. The first that the broker refuses ends them all. Call it on the connection's thread."""
    replies: list[Any] = []

    def on_open(channel: Any) -> None:
        def on_reply(reply: Any) -> None:
            replies.append(reply)
            if len(replies) == len(requests) and channel.is_open:  # not open: the connection is being closed
                channel.close()

        for request in requests:
            request(channel, on_reply)

    def on_close(_channel: Any, reason: BaseException) -> None:
        on_replies(replies, None if len(replies) == len(requests) else reason)

    if not requests:
        on_replies([], None)
        return
    connection.channel(on_open_callback=on_open).add_on_close_callback(on_close)


def declare_request(declaration: Declaration) -> BrokerRequest:
    """The request that creates an object. The broker refuses it when the object exists and is declared differently."""
    match declaration:
        case Exchange(name=name, type=kind):
            return lambda channel, on_reply: channel.exchange_declare(name, kind, durable=True, callback=on_reply)
        case Queue(name=name, arguments=arguments):
            return lambda channel, on_reply: channel.queue_declare(
                name, durable=True, arguments=arguments, callback=on_reply
            )
        case Binding(exchange=exchange, queue=queue):
            return lambda channel, on_reply: channel.queue_bind(queue, exchange, routing_key="", callback=on_reply)


def depth_request(queue: str) -> BrokerRequest:
    """The request for a queue's ready messages and consumers. The broker refuses it with 404 if there is no queue."""
    return partial(_inspect, queue)


def _inspect(queue: str, channel: Any, on_reply: OnReply) -> None:
    channel.queue_declare(queue, passive=True, callback=on_reply)


def reply_code(error: BaseException | None) -> int:
    """The code with which the broker closed a channel; 0 when the broker did not close it."""
    return int(error.reply_code) if isinstance(error, ChannelClosedByBroker) else 0


def error_text(error: BaseException | None) -> str:
    """The broker's reply code and text, or the text of the innermost cause."""
    if isinstance(error, ChannelClosedByBroker | ConnectionClosedByBroker):
        return f"{error.reply_code} {error.reply_text}"
    nested = [*getattr(error, "exceptions", ()), *getattr(error, "args", ())]
    causes = [cause for cause in nested if isinstance(cause, BaseException)]
    return error_text(causes[-1]) if causes else (str(error) or repr(error))[:300]
