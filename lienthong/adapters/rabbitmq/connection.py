"""A connection to RabbitMQ that reconnects by itself, on a thread that runs only code of this adapter."""

import random
import threading
import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Protocol

import pika
import structlog
from pika.exceptions import AMQPError

from lienthong.adapters.rabbitmq.access_errors import access_finding
from lienthong.adapters.rabbitmq.capabilities import Server
from lienthong.adapters.rabbitmq.parameters import format_address
from lienthong.adapters.rabbitmq.requests import error_text
from lienthong.errors import Finding
from lienthong.messages import message

MIN_RETRY_SECONDS, MAX_RETRY_SECONDS = 0.2, 5.0
"""The wait before the next attempt to connect: doubled each time, with jitter."""

CLOSE_TIMEOUT_SECONDS = 5.0
"""How long an orderly close may take before the connection is terminated."""

READ_SIZE_BYTES = 64 * 1024
"""Bytes read from the connection in one call. pika reads 4,096, and must reacquire Python's lock after each read."""

log = structlog.get_logger(__name__)


class ConnectionListener(Protocol):
    """Is notified of a connection's fate, on the connection's thread."""

    def on_connected(self, connection: Any) -> None: ...

    def on_lost(self, why: str) -> None: ...


class ReconnectingConnection:
    """Connects, and reconnects until it is closed."""

    def __init__(self, name: str, parameters: pika.ConnectionParameters, listener: ConnectionListener) -> None:
        self.name = name
        self.server: Server | None = None
        self.problem: str = message("not connected yet")
        """Why there is no connection now, for people."""
        self.refused: Finding | None = None
        """Set while the broker refuses our login or virtual host. Attempts go on: an operator may correct it there."""
        self._parameters = parameters
        self._listener = listener
        self._lock = threading.Lock()
        self._connection: Any = None  # set only while it is open
        self._ended_because = ""  # set when this side gave the connection up
        self._lost_at: float | None = None  # when the outage began that goes on now
        self._failures = 0
        self._logged = ""  # the last reason that was logged
        self._closing = threading.Event()
        self._pause_seconds = MIN_RETRY_SECONDS
        self._thread = threading.Thread(target=self._run, name=f"rabbitmq-{name}", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def call(self, work: Callable[[], None]) -> bool:
        """Run `work` on the connection's thread, in the order of calls. False: there is no connection.

        True means that `work` was queued. If the connection is lost first, `work` is dropped and the listener is
        notified of the loss.
        """
        with self._lock:
            if self._connection is None:
                return False
            self._connection.ioloop.add_callback_threadsafe(partial(self._run_guarded, self._connection, work))
            return True

    def call_later(self, connection: Any, seconds: float, work: Callable[[], None]) -> None:
        """Run `work` after `seconds` if `connection` is still the current one. Call it on the connection's thread."""

        def due() -> None:
            if connection is self._connection:
                self._run_guarded(connection, work)

        connection.ioloop.call_later(seconds, due)

    def drop(self, why: str) -> None:
        """Terminate the connection without an orderly close, and connect anew."""
        connection = self._connection
        if connection is not None:
            self.call(partial(self._terminate, connection, why))

    def close(self) -> None:
        """Close in order; terminate the connection if the broker does not answer."""
        self._closing.set()
        if self._thread.ident is None:
            return
        self.call(self._close_connection)
        self._thread.join(CLOSE_TIMEOUT_SECONDS)
        if self._thread.is_alive():
            self.drop(message("the broker did not answer our close"))
            self._thread.join(CLOSE_TIMEOUT_SECONDS)

    def _run(self) -> None:
        while not self._closing.is_set():
            connection = pika.SelectConnection(
                self._parameters,
                on_open_callback=self._on_open,
                on_open_error_callback=self._on_closed,
                on_close_callback=self._on_closed,
            )
            try:
                connection.ioloop.start()
            except Exception:  # a fault of pika or of this adapter must not end the thread
                log.exception("rabbitmq connection thread", connection=self.name)
                self._forget(message("a fault on the connection's thread"))
            finally:
                connection.ioloop.close()
            self._closing.wait(self._pause_seconds * random.uniform(0.5, 1.0))
            self._pause_seconds = min(self._pause_seconds * 2, MAX_RETRY_SECONDS)

    def _on_open(self, connection: Any) -> None:
        # pika has no public setting for this. tests/assumptions/test_pika.py checks that the attribute is read.
        connection._transport._MAX_RECV_BYTES = READ_SIZE_BYTES
        server = Server.from_properties(connection.server_properties)
        if server.problem:
            self._ended_because = server.problem
            connection.close()
            return
        log.info(
            "rabbitmq connected",
            connection=self.name,
            product=server.product,
            version=server.version,
            **self._outage(),
        )
        with self._lock:
            self.server, self.refused = server, None
            self._connection, self._pause_seconds = connection, MIN_RETRY_SECONDS
        if self._closing.is_set():
            self._close_connection()
            return
        self._run_guarded(connection, partial(self._listener.on_connected, connection))

    def _on_closed(self, connection: Any, error: BaseException) -> None:
        """The connection was closed, or could not be opened."""
        self.refused = access_finding(error, format_address(self._parameters))
        self._forget(self._ended_because or message("RabbitMQ: {error}", error=error_text(error)))
        self._ended_because = ""
        connection.ioloop.stop()

    def _forget(self, why: str) -> None:
        self.problem = message("{why} [{address}]", why=why, address=format_address(self._parameters))
        with self._lock:
            was_open, self._connection = self._connection is not None, None
        if not self._closing.is_set():
            self._log_loss(was_open=was_open)
        if was_open:
            self._listener.on_lost(self.problem)

    def _log_loss(self, *, was_open: bool) -> None:
        """Log that the connection was lost, or cannot be opened for another reason than the last time."""
        self._failures += 1
        if was_open or self._lost_at is None or self.problem != self._logged:
            event = "rabbitmq connection lost" if was_open else "rabbitmq connection failed"
            log.warning(event, connection=self.name, why=self.problem)
        self._lost_at = time.monotonic() if self._lost_at is None else self._lost_at
        self._logged = self.problem

    def _outage(self) -> Mapping[str, Any]:
        """What the log has of the outage that ends now; nothing when there was none."""
        if self._lost_at is None:
            return {}
        seconds = round(time.monotonic() - self._lost_at, 1)
        found = {"outage_seconds": seconds, "failed_tries": self._failures, "lost": "nothing"}
        self._lost_at, self._failures, self._logged = None, 0, ""
        return found

    def _close_connection(self) -> None:
        if self._connection is not None and self._connection.is_open:
            self._connection.close()

    def _run_guarded(self, connection: Any, work: Callable[[], None]) -> None:
        """An exception in a callback terminates the connection, never the thread."""
        try:
            work()
        except Exception as error:
            log.exception("rabbitmq callback", connection=self.name)
            self._terminate(connection, message("a fault in a callback: {error}", error=type(error).__name__))

    def _terminate(self, connection: Any, why: str) -> None:
        """What pika itself does when a heartbeat is missed. Its public `close` waits for an answer without a limit."""
        if not connection.is_closed:
            self._ended_because = why
            connection._terminate_stream(AMQPError(why))  # pika has no public way to give up a silent peer
