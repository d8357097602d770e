"""A short connection for one command, with RabbitMQ's errors in the engine's words."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pika
from pika.exceptions import AMQPError

from lienthong.adapters.rabbitmq.access_errors import access_finding
from lienthong.adapters.rabbitmq.parameters import format_address, parse_url
from lienthong.adapters.rabbitmq.requests import error_text
from lienthong.errors import Misconfigured, Transient
from lienthong.messages import message


@contextmanager
def open_connection(url: str) -> Iterator[Any]:
    """A connection that is closed at the end.

    Raises `Transient` when the broker does not answer, and `Misconfigured` when it refuses our login or virtual host.
    """
    parameters = parse_url(url)
    address = format_address(parameters)
    try:
        connection = pika.BlockingConnection(parameters)
    except (AMQPError, OSError) as error:
        if finding := access_finding(error, address):
            raise Misconfigured([finding]) from error
        why = message("cannot connect to RabbitMQ [{address}]: {error}", address=address, error=error_text(error))
        raise Transient(why) from error
    try:
        yield connection
    except AMQPError as error:
        why = message("RabbitMQ [{address}] stopped answering: {error}", address=address, error=error_text(error))
        raise Transient(why) from error
    finally:
        if connection.is_open:
            connection.close()
