"""One connection, kept by a thread of its own that runs nobody's code but the adapter's."""

import random
import threading
from collections.abc import Callable
from functools import partial
from typing import Any, Protocol

import pika
import structlog
from pika.exceptions import AMQPError

from lienthong.adapters.rabbitmq.access_errors import refusal
from lienthong.adapters.rabbitmq.capabilities import Server
from lienthong.adapters.rabbitmq.parameters import place_of
from lienthong.adapters.rabbitmq.requests import text_of
from lienthong.errors import Finding

FIRST_PAUSE, LONGEST_PAUSE = 0.2, 5.0
"""Seconds before the connection is tried again; doubled each time, each by its own dice."""

GOODBYE = 5.0
"""Seconds a polite end may take before the line is cut."""

READ_AT_ONCE = 64 * 1024
"""Bytes taken from the connection in one call. pika takes 4,096, and must win Python's lock back after each."""

log = structlog.get_logger(__name__)


class Tenant(Protocol):
    """Who uses a link. Both are called on the link's thread."""

    def opened(self, connection: Any) -> None: ...

    def lost(self, why: str) -> None: ...


class ChainLink:
    """Connects, and connects again for as long as it is not closed."""

    def __init__(self, name: str, parameters: pika.ConnectionParameters, tenant: Tenant) -> None:
        self.name = name
        self.server: Server | None = None
        self.trouble = "chưa nối xong"
        """Why there is no connection now; in words."""
        self.refused: Finding | None = None
        """Set while the broker does not let us in. We go on trying: somebody may give us the right meanwhile."""
        self._parameters = parameters
        self._tenant = tenant
        self._lock = threading.Lock()
        self._connection: Any = None  # only while it is open
        self._unfit = ""
        self._ending = threading.Event()
        self._pause = FIRST_PAUSE
        self._thread = threading.Thread(target=self._run, name=f"rabbitmq-{name}", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def call(self, work: Callable[[], None]) -> bool:
        """Have `work` done on the link's thread, in the order of calls. False: there is no connection to do it with.

        True promises no more than that it was handed over: if the connection is lost first, `work` is forgotten, and
        the tenant is told of the loss.
        """
        with self._lock:
            if self._connection is None:
                return False
            self._connection.ioloop.add_callback_threadsafe(partial(self._guarded, self._connection, work))
            return True

    def later(self, connection: Any, seconds: float, work: Callable[[], None]) -> None:
        """On the link's thread: do `work` after a while, if that connection still stands then."""

        def due() -> None:
            if connection is self._connection:
                self._guarded(connection, work)

        connection.ioloop.call_later(seconds, due)

    def cut(self, why: str) -> None:
        """Give the connection up without a goodbye, and make a new one."""
        connection = self._connection
        if connection is not None:
            self.call(partial(_cut, connection, why))

    def close(self) -> None:
        """Say goodbye; cut the line if nobody answers."""
        self._ending.set()
        if self._thread.ident is None:
            return
        self.call(self._goodbye)
        self._thread.join(GOODBYE)
        if self._thread.is_alive():
            self.cut("nobody answered our goodbye")
            self._thread.join(GOODBYE)

    def _run(self) -> None:
        while not self._ending.is_set():
            connection = pika.SelectConnection(
                self._parameters,
                on_open_callback=self._opened,
                on_open_error_callback=self._failed,
                on_close_callback=self._failed,
            )
            try:
                connection.ioloop.start()
            except Exception:  # a fault of pika's or ours on the thread that must go on
                log.exception("rabbitmq connection thread", link=self.name)
                self._forget("lỗi trong luồng kết nối")
            finally:
                connection.ioloop.close()
            self._ending.wait(self._pause * random.uniform(0.5, 1.0))
            self._pause = min(self._pause * 2, LONGEST_PAUSE)

    def _opened(self, connection: Any) -> None:
        connection._transport._MAX_RECV_BYTES = READ_AT_ONCE  # there is no public setting
        server = Server.of(connection.server_properties)
        self._unfit = server.unfit
        if server.unfit:
            connection.close()
            return
        log.info("rabbitmq connected", link=self.name, product=server.product, version=server.version)
        with self._lock:
            self.server, self._connection, self._pause, self.refused = server, connection, FIRST_PAUSE, None
        if self._ending.is_set():
            self._goodbye()
            return
        self._guarded(connection, partial(self._tenant.opened, connection))

    def _failed(self, connection: Any, error: BaseException) -> None:
        """It could not be opened, or it was and is no more."""
        self.refused = refusal(error, place_of(self._parameters))
        self._forget(self._unfit or f"RabbitMQ: {text_of(error)}")
        connection.ioloop.stop()

    def _forget(self, why: str) -> None:
        self.trouble = f"{why} [{place_of(self._parameters)}]"
        with self._lock:
            was_open, self._connection = self._connection is not None, None
        if not self._ending.is_set():
            log.warning("rabbitmq connection lost" if was_open else "no rabbitmq", link=self.name, why=self.trouble)
        if was_open:
            self._tenant.lost(self.trouble)

    def _goodbye(self) -> None:
        if self._connection is not None and self._connection.is_open:
            self._connection.close()

    def _guarded(self, connection: Any, work: Callable[[], None]) -> None:
        """A fault in our own callback costs the connection, never the thread."""
        try:
            work()
        except Exception as error:
            log.exception("rabbitmq callback", link=self.name)
            _cut(connection, type(error).__name__)


def _cut(connection: Any, why: str) -> None:
    """What pika itself does when a heartbeat is missed; its public `close` would wait for an answer for ever."""
    if not connection.is_closed:
        connection._terminate_stream(AMQPError(why))  # there is no public way to give up a silent peer
