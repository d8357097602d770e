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
import orjson
from tenacity import (
    RetryCallState,
    Retrying,
    retry_if_exception_type,
    stop_after_attempt,
    stop_before_delay,
    wait_exponential_jitter,
)

from lienthong.connectors.protocols.http_replies import Deadline, read_body, retry_after
from lienthong.errors import Transient
from lienthong.messages import message

TIMEOUT = timedelta(seconds=60)
REPLY_LIMIT = 64 * 2**20
"""Bytes of a reply, both as it is sent and after decompression."""

Method = Literal["GET", "POST", "PUT"]

_TRIES = 5
_LAST_TRY_WITHIN_SECONDS = 10.0
"""No further try begins later than this after the first one."""
_SHORT_WAIT = timedelta(seconds=3)
"""A Retry-After up to this is waited for here; a longer one is left to the engine."""
_CONNECT_SECONDS = 5.0
_SMALL_REPLY_BYTES = 2**16
_BROKEN_BODY = (httpx.RequestError, TimeoutError, EOFError, OverflowError, NotImplementedError)
_PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})
_BACKOFF = wait_exponential_jitter(multiplier=0.3, max=3, jitter=0.3)
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class Refused(Transient):
    """The system refused with HTTP `status`. Another try in a moment would not help."""

    refused = True

    def __init__(self, why: str, status: int) -> None:
        super().__init__(why)
        self.status = status


class _Passing(Transient):
    """A failure that may be over after a moment."""


class Receipt(NamedTuple):
    """The answer to something that was sent: its status and headers."""

    status: int
    headers: httpx.Headers


def parse_json(body: bytes) -> Any:
    """The JSON of a reply, which may begin with a byte order mark (RFC 8259, 8.1). Raises ValueError."""
    return orjson.loads(body.removeprefix(_BYTE_ORDER_MARK))


def merge_headers(*parts: Mapping[str, str]) -> Mapping[str, str]:
    """Headers of several origins, whatever the case of their names. The later ones win."""
    merged = httpx.Headers()
    for part in parts:
        merged.update(part)
    return merged


class Http:
    """Calls one outside system over HTTP/1.1 with keep-alive and verified TLS. It follows no redirect.

    - `system` names the system in messages. No message contains an address, a password or any part of a reply.
    - `timeout` bounds the time of one whole reply, `reply_limit` its size in bytes.
    - Threads may share it. `transport`, `sleep` and `elapsed` are for tests.
    """

    def __init__(
        self,
        system: str,
        *,
        timeout: timedelta = TIMEOUT,
        reply_limit: int = REPLY_LIMIT,
        transport: httpx.BaseTransport | None = None,
        sleep: Callable[[float], None] = time.sleep,
        elapsed: Callable[[], float] = time.monotonic,
    ) -> None:
        self.system = system
        self._seconds = timeout.total_seconds()
        self._limit = reply_limit
        self._elapsed = elapsed
        self._client = httpx.Client(
            timeout=httpx.Timeout(self._seconds, connect=min(_CONNECT_SECONDS, self._seconds)),
            headers={"User-Agent": "lienthong", "Accept": "application/json", "Accept-Encoding": "gzip"},
            transport=transport,
        )
        # Connectors have no close method, so the connections are closed when this object is collected.
        weakref.finalize(self, self._client.close)
        self._retrying = Retrying(
            retry=retry_if_exception_type(_Passing),
            stop=stop_after_attempt(_TRIES) | stop_before_delay(_LAST_TRY_WITHIN_SECONDS),
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
        parse: Callable[[bytes], Any] = parse_json,
    ) -> tuple[Any, httpx.Headers]:
        """As `call`, with the headers of the reply. `parse` reads the body and raises ValueError for a broken one."""
        request = self._request(method, url, params=params, json=json, headers=headers)
        return self._try(self._json, request, parse)

    def send(self, method: Method, url: str, *, content: bytes, headers: Mapping[str, str]) -> Receipt:
        """Send once, and return the status whatever it is. The body of the reply is ignored, so it may be broken.

        Raises `Transient` when no status comes.
        """
        with self._reply_to(self._request(method, url, content=content, headers=headers)) as response:
            # A small body is read, because then the connection can be used again.
            with suppress(*_BROKEN_BODY):
                read_body(response, _SMALL_REPLY_BYTES, Deadline(self._seconds, self._elapsed))
            return Receipt(response.status_code, response.headers)

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
            why = message("A header for {system} contains characters that HTTP cannot carry", system=self.system)
        raise Transient(why) from None

    def _try(self, once: Callable[..., tuple[Any, httpx.Headers]], *arguments: Any) -> tuple[Any, httpx.Headers]:
        try:
            return self._retrying(once, *arguments)
        except _Passing as failure:
            tries = self._retrying.statistics["attempt_number"]
            why = message("{why} ({tries} tries)", why=failure.why, tries=tries)
            raise Transient(why, after=failure.after) from None

    def _json(self, request: httpx.Request, parse: Callable[[bytes], Any] = parse_json) -> tuple[Any, httpx.Headers]:
        deadline = Deadline(self._seconds, self._elapsed)
        with self._reply_to(request) as response:
            if not response.is_success:
                raise self._failure(response)
            body = read_body(response, self._limit, deadline)
        try:
            return parse(body), response.headers
        except ValueError:
            raise _Passing(message("{system} did not answer with complete JSON", system=self.system)) from None

    @contextmanager
    def _reply_to(self, request: httpx.Request) -> Iterator[httpx.Response]:
        """The response, its body unread. What goes wrong within the block is translated, too."""
        limits = {"system": self.system, "limit": self._limit}
        try:
            response = self._client.send(request, stream=True)
            try:
                yield response
            finally:
                response.close()
            return
        # `from None`: httpx writes the address, which may contain secrets, into its messages.
        except (httpx.TimeoutException, TimeoutError):
            why = message("{system} does not answer in time", system=self.system)
        except httpx.ConnectError:
            why = message("No connection to {system}", system=self.system)
        except (httpx.RequestError, EOFError):
            why = message("{system} closed the connection during its reply", system=self.system)
        except OverflowError:
            raise Transient(message("The reply of {system} exceeds the limit of {limit} bytes", **limits)) from None
        except NotImplementedError:
            raise Transient(message("The reply of {system} has an unknown encoding", system=self.system)) from None
        raise _Passing(why) from None

    def _failure(self, response: httpx.Response) -> Transient:
        status, system = response.status_code, self.system
        why = message("{system} answers with HTTP {status}", system=system, status=status)
        if status in (429, 503):
            asked = retry_after(response.headers)
            if asked is not None and asked > _SHORT_WAIT:
                seconds = round(asked.total_seconds())
                return Transient(
                    message("{why} and asks to wait {seconds} seconds", why=why, seconds=seconds), after=asked
                )
            return _Passing(why, after=asked)
        if status in _PASSING:
            return _Passing(why)
        if status in (401, 403):
            why = message("{system} denies access (HTTP {status}): check the account", system=system, status=status)
        return Refused(why, status)


def _wait(state: RetryCallState) -> float:
    """Seconds before the next try: what the system asked for, but never less than the back-off."""
    failure = state.outcome.exception() if state.outcome else None
    asked = failure.after if isinstance(failure, Transient) else None
    return max(_BACKOFF(state), asked.total_seconds() if asked else 0.0)
