"""The one door to HTTP: time limits, size limits, and seconds-long retries inside one attempt.

This is the only place that uses tenacity. Waits of minutes and hours belong to the retry rungs of the engine.
"""

import time
import weakref
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Any, Literal, NamedTuple

import httpx
from tenacity import (
    RetryCallState,
    Retrying,
    retry_if_exception_type,
    stop_after_attempt,
    stop_before_delay,
    wait_exponential_jitter,
)

from lienthong.connectors.protocols.exchange_deadline import Deadline, limited
from lienthong.connectors.protocols.http_errors import Passing, Refused, failure_of, no_json
from lienthong.connectors.protocols.http_replies import TooMuch, check_elements, check_values, read_body
from lienthong.connectors.protocols.http_transport import Transport
from lienthong.connectors.protocols.json_names import Doubled
from lienthong.connectors.protocols.json_text import read_json
from lienthong.connectors.protocols.public_addresses import PrivateAddress
from lienthong.data.spans import calling
from lienthong.data.trace_context import continued, current_trace, headers_of
from lienthong.errors import Transient
from lienthong.messages import Message, message

TIMEOUT = timedelta(seconds=60)
REPLY_LIMIT = 64 * 2**20
"""Bytes of a reply, both as it is sent and after decompression."""

__all__ = ["REPLY_LIMIT", "TIMEOUT", "TRIES", "Http", "Method", "Receipt", "Refused", "merge_headers"]

Method = Literal["GET", "OPTIONS", "POST", "PUT"]

TRIES = 5
_LAST_TRY_WITHIN_SECONDS = 10.0
"""No further try begins later than this after the first one."""
_CONNECT_SECONDS = 5.0
_SMALL_REPLY_BYTES = 2**16
_BROKEN_BODY = (httpx.RequestError, TimeoutError, EOFError, OverflowError, NotImplementedError)
_BACKOFF = wait_exponential_jitter(multiplier=0.3, max=3, jitter=0.3)


class Receipt(NamedTuple):
    """The answer to something that was sent: its status and headers."""

    status: int
    headers: httpx.Headers


def merge_headers(*parts: Mapping[str, str]) -> Mapping[str, str]:
    """Headers of several origins, whatever the case of their names. The later ones win."""
    merged = httpx.Headers()
    for part in parts:
        merged.update(part)
    return merged


class Http:
    """Calls one outside system over HTTP/1.1 with keep-alive and verified TLS. It follows no redirect.

    - `system` names the system in messages. No message contains an address, a password or any part of a reply.
    - `timeout` bounds the time of one whole exchange, from the connection to the last byte; `reply_limit` the size of
      a reply in bytes. What would become too many values is refused before any is built.
    - The proxies of the environment apply, but never to this machine: see `Transport`.
    - `tries`: of one call, the first one included.
    - `only_public`: addresses that are not public are refused, and no proxy applies.
    - Threads may share it. `transport`, `sleep` and `elapsed` are for tests.
    """

    def __init__(
        self,
        system: str,
        *,
        timeout: timedelta = TIMEOUT,
        reply_limit: int = REPLY_LIMIT,
        tries: int = TRIES,
        transport: httpx.BaseTransport | None = None,
        only_public: bool = False,
        sleep: Callable[[float], None] = time.sleep,
        elapsed: Callable[[], float] = time.monotonic,
    ) -> None:
        self.system = system
        self._timeout = timeout
        self._limit = reply_limit
        self._elapsed = elapsed
        seconds = timeout.total_seconds()
        self._client = httpx.Client(
            timeout=httpx.Timeout(seconds, connect=min(_CONNECT_SECONDS, seconds)),
            headers={"User-Agent": "lienthong", "Accept": "application/json", "Accept-Encoding": "gzip"},
            transport=transport or Transport(only_public=only_public),
        )
        # Connectors have no close method, so the connections are closed when this object is collected.
        self._close = weakref.finalize(self, self._client.close)
        self._retrying = Retrying(
            retry=retry_if_exception_type(Passing),
            stop=stop_after_attempt(tries) | stop_before_delay(_LAST_TRY_WITHIN_SECONDS),
            wait=_wait,
            sleep=sleep,
            reraise=True,
        )

    def call(
        self,
        method: Method,
        url: str,
        *,
        params: Mapping[str, Any] | None = None,
        form: Mapping[str, str] | None = None,
        json: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Any:
        """Return the JSON of a 2xx reply. Use it only for calls that may be repeated.

        Raises `Refused` for a status that is final, else `Transient` once all tries have failed or the system asks
        for a long wait (`after`).
        """
        request = self._request(method, url, params=params, data=form, json=json, headers=headers)
        return self._try(self._json, request)[0]

    def fetch(
        self,
        method: Method,
        url: str,
        *,
        params: Mapping[str, Any] | None = None,
        json: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        parse: Callable[[bytes], Any] = read_json,
    ) -> tuple[Any, httpx.Headers]:
        """As `call`, with the headers of the reply. `parse` reads the body and raises ValueError for a broken one."""
        request = self._request(method, url, params=params, json=json, headers=headers)
        return self._try(self._json, request, parse)

    def send(self, method: Method, url: str, *, content: bytes, headers: Mapping[str, str]) -> Receipt:
        """Send once, and return the status whatever it is. The body of the reply is ignored, so it may be broken.

        Raises `Transient` when no status comes.
        """
        deadline = Deadline(self._timeout, self._elapsed)
        with self._reply_to(self._request(method, url, content=content, headers=headers), deadline) as response:
            # A small body is read, because then the connection can be used again.
            with suppress(*_BROKEN_BODY):
                read_body(response, _SMALL_REPLY_BYTES, deadline)
            return Receipt(response.status_code, response.headers)

    def close(self) -> None:
        """Close the connections. Nothing is sent afterwards."""
        self._close()

    def _request(
        self, method: Method, url: str, *, params: Mapping[str, Any] | None = None, **parts: Any
    ) -> httpx.Request:
        try:
            address = httpx.URL(url)
            # Given as `params`, they would replace a query that the address already has.
            return self._client.build_request(method, address.copy_merge_params(params) if params else address, **parts)
        except httpx.InvalidURL:
            why = message("The configured address of {system} is not valid", system=self.system)
        except UnicodeEncodeError:
            why = self._cannot_carry()
        raise Transient(why) from None

    def _cannot_carry(self) -> Message:
        return message("A request to {system} contains characters that HTTP cannot carry", system=self.system)

    def _try(self, once: Callable[..., tuple[Any, httpx.Headers]], *arguments: Any) -> tuple[Any, httpx.Headers]:
        try:
            return self._retrying(once, *arguments)
        except Passing as failure:
            tries = self._retrying.statistics["attempt_number"]
            why = message("{why} ({tries} tries)", why=failure.why, tries=tries) if tries > 1 else failure.why
            failed = Transient(why, after=failure.after)
            failed.status = failure.status
            raise failed from None

    def _json(self, request: httpx.Request, parse: Callable[[bytes], Any] = read_json) -> tuple[Any, httpx.Headers]:
        deadline = Deadline(self._timeout, self._elapsed)
        with self._reply_to(request, deadline) as response:
            if not response.is_success:
                raise failure_of(response, self.system)
            body = read_body(response, self._limit, deadline)
        try:
            check_values(body)
            reply = parse(body)
            check_elements(reply)
        except TooMuch as much:
            why = message("The reply of {system} holds more than {limit} values", system=self.system, limit=much.limit)
            raise Transient(why) from None
        except Doubled as doubled:
            why = message("The reply of {system} is ambiguous: {why}", system=self.system, why=doubled.args[0])
            raise Transient(why) from None
        except ValueError:
            raise Passing(no_json(response.headers, self.system)) from None
        return reply, response.headers

    @contextmanager
    def _reply_to(self, request: httpx.Request, deadline: Deadline) -> Iterator[httpx.Response]:
        """The response, its body unread. What goes wrong within the block is translated, too."""
        limits = {"system": self.system, "limit": self._limit}
        port = request.url.port or (443 if request.url.scheme == "https" else 80)
        try:
            with calling(request.method, request.url.host, port) as span, limited(deadline):
                if trace := span.trace or ((given := current_trace()) and continued(*given)):
                    request.headers.update(headers_of(trace))
                response = self._client.send(request, stream=True)
                span.note("http.response.status_code", response.status_code)
                if response.is_error:
                    span.fail(str(response.status_code))
                try:
                    yield response
                finally:
                    response.close()
            return
        # `from None`: httpx writes the address, which may contain secrets, into its messages.
        except (httpx.TimeoutException, TimeoutError):
            why = message("{system} does not answer in time", system=self.system)
        except (httpx.LocalProtocolError, httpx.UnsupportedProtocol):
            raise Transient(self._cannot_carry()) from None
        except PrivateAddress:
            why = message("the address of {system} is not public; nothing was sent", system=self.system)
            raise Transient(why) from None
        except httpx.ConnectError:
            why = message("No connection to {system}", system=self.system)
        except (httpx.RequestError, EOFError):
            why = message("{system} closed the connection during its reply", system=self.system)
        except OverflowError:
            raise Transient(message("The reply of {system} exceeds the limit of {limit} bytes", **limits)) from None
        except NotImplementedError:
            raise Transient(message("The reply of {system} has an unknown encoding", system=self.system)) from None
        raise Passing(why) from None


def _wait(state: RetryCallState) -> float:
    """Seconds before the next try: what the system asked for, but never less than the back-off."""
    failure = state.outcome.exception() if state.outcome else None
    asked = failure.after if isinstance(failure, Transient) else None
    return max(_BACKOFF(state), asked.total_seconds() if asked else 0.0)
