"""Questions to the broker on a channel of their own: asked in a row, answered together."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from pika.exceptions import ChannelClosedByBroker, ConnectionClosedByBroker

from lienthong.adapters.rabbitmq.declarations import Binding, Declaration, Exchange, Queue

Answer = Callable[[Any], None]
Question = Callable[[Any, Answer], None]
"""Asks something on a channel, and has the answer brought to a callback."""

Done = Callable[[Sequence[Any], BaseException | None], None]
"""Told once: the answers so far, and what closed the channel if it was not us."""

REFUSED = 406
MISSING = 404


def ask(connection: Any, questions: Sequence[Question], done: Done) -> None:
    """Ask them all; the first that the broker refuses ends the conversation. For the connection's own thread."""
    answers: list[Any] = []

    def opened(channel: Any) -> None:
        def answered(answer: Any) -> None:
            answers.append(answer)
            if len(answers) == len(questions) and channel.is_open:  # else the connection is being closed
                channel.close()

        for question in questions:
            question(channel, answered)

    def closed(_channel: Any, reason: BaseException) -> None:
        done(answers, None if len(answers) == len(questions) else reason)

    if not questions:
        done([], None)
        return
    connection.channel(on_open_callback=opened).add_on_close_callback(closed)


def declaring(declaration: Declaration) -> Question:
    """The question that makes a thing if it is not there, and is refused if it is there and different."""
    match declaration:
        case Exchange(name=name, type=kind):
            return lambda channel, answer: channel.exchange_declare(name, kind, durable=True, callback=answer)
        case Queue(name=name, arguments=arguments):
            return lambda channel, answer: channel.queue_declare(
                name, durable=True, arguments=arguments, callback=answer
            )
        case Binding(exchange=exchange, queue=queue):
            return lambda channel, answer: channel.queue_bind(queue, exchange, routing_key="", callback=answer)


def looking_at(queue: str) -> Question:
    """How many messages are ready in a queue and how many consumers it has. Refused with 404 if there is none."""
    return partial(_look, queue)


def _look(queue: str, channel: Any, answer: Answer) -> None:
    channel.queue_declare(queue, passive=True, callback=answer)


def code_of(error: BaseException | None) -> int:
    """The broker's reply code, or 0 when it did not say one."""
    return int(error.reply_code) if isinstance(error, ChannelClosedByBroker) else 0


def text_of(error: BaseException | None) -> str:
    """What went wrong in the broker's own words, or those of the innermost cause."""
    if isinstance(error, ChannelClosedByBroker | ConnectionClosedByBroker):
        return f"{error.reply_code} {error.reply_text}"
    inner = [*getattr(error, "exceptions", ()), *getattr(error, "args", ())]
    causes = [one for one in inner if isinstance(one, BaseException)]
    return text_of(causes[-1]) if causes else (str(error) or repr(error))[:300]
