"""HTTP for what must not be sent twice: one try, and an error tells whether the request may have arrived."""

import time
import weakref
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, NamedTuple

import httpx

from lienthong.connectors.protocols.exchange_deadline import Deadline, limited
from lienthong.connectors.protocols.http_replies import read_body
from lienthong.connectors.protocols.http_transport import Transport
from lienthong.errors import Transient
from lienthong.messages import Message, message

_CONNECT_SECONDS = 5.0
_REPLY_LIMIT = 2**20

_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)
_UNSENDABLE = (httpx.LocalProtocolError, httpx.UnsupportedProtocol, httpx.InvalidURL, UnicodeEncodeError)


class Unsure(Transient):
    """The request may have arrived, and have had its effect: it is not known."""


class Exchange(NamedTuple):
    """A whole reply, whatever its status is."""

    status: int
    headers: httpx.Headers
    body: bytes


class HttpOnce:
    """Sends each request once, to one outside system, over HTTP/1.1 with verified TLS. It follows no redirect.

    - `system` names the system in messages. No message contains an address, a secret or any part of a reply.
    - `timeout` bounds one whole exchange.
    - Each request has a connection of its own: one that was kept may have been closed by the other side, and then it
      is not known whether the request arrived.
    - Raises `Unsure` when it is not known whether the request had its effect, `Transient` when surely nothing was sent.
    - Threads may share it. `transport` and `elapsed` are for tests.
    """

    def __init__(
        self,
        system: str,
        *,
        timeout: timedelta = timedelta(seconds=30),
        transport: httpx.BaseTransport | None = None,
        elapsed: Callable[[], float] = time.monotonic,
    ) -> None:
        self.system = system
        self._timeout = timeout
        self._elapsed = elapsed
        seconds = timeout.total_seconds()
        self._client = httpx.Client(
            timeout=httpx.Timeout(seconds, connect=min(_CONNECT_SECONDS, seconds)),
            headers={"User-Agent": "lienthong", "Accept-Encoding": "gzip", "Connection": "close"},
            transport=transport or Transport(),
        )
        weakref.finalize(self, self._client.close)

    def post(
        self,
        url: str,
        *,
        json: Mapping[str, Any] | None = None,
        form: Mapping[str, str] | None = None,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Exchange:
        """POST a JSON object, a form or bytes."""
        return self._exchange("POST", url, json=json, data=form, content=content, headers=headers)

    def get(self, url: str, params: Mapping[str, str], headers: Mapping[str, str] | None = None) -> Exchange:
        """GET, which changes nothing at the other side; it raises as `post` does."""
        return self._exchange("GET", url, params=params, headers=headers)

    def _exchange(self, method: str, url: str, **parts: Any) -> Exchange:
        deadline = Deadline(self._timeout, self._elapsed)
        with self._translated():
            request = self._client.build_request(method, url, **parts)
            with limited(deadline):
                response = self._client.send(request, stream=True)
                try:
                    return Exchange(response.status_code, response.headers, read_body(response, _REPLY_LIMIT, deadline))
                finally:
                    response.close()

    @contextmanager
    def _translated(self) -> Iterator[None]:
        # `from None`: httpx writes the address, which may contain secrets, into its messages.
        try:
            yield
        except _NOT_SENT:
            raise Transient(message("No connection to {system}", system=self.system)) from None
        except _UNSENDABLE:
            why = message("A request to {system} contains characters that HTTP cannot carry", system=self.system)
            raise Transient(why) from None
        except (httpx.TimeoutException, TimeoutError):
            raise Unsure(message("{system} does not answer in time", system=self.system)) from None
        except (httpx.RequestError, EOFError, OverflowError, NotImplementedError):
            raise Unsure(self._closed()) from None

    def _closed(self) -> Message:
        return message("{system} closed the connection during its reply", system=self.system)
