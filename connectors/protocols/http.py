"""The one door to HTTP: JSON calls with time limits, a size limit and seconds-long retries inside one attempt.

This is the only place that uses tenacity. Minutes and hours of waiting belong to the ladder of the engine.
"""

import time
import weakref
from collections.abc import Callable, Mapping
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import Any, Literal

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

from lienthong import Transient

TIMEOUT = timedelta(seconds=60)
REPLY_LIMIT = 64 * 2**20

_TRIES = 5
_PATIENCE = 10.0
"""Seconds after which no further try begins."""
_SHORT_WAIT = timedelta(seconds=3)
"""A Retry-After up to this is waited for here; a longer one is handed to the engine."""
_PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})
_BACKOFF = wait_exponential_jitter(multiplier=0.3, max=3, jitter=0.3)


class Refused(Transient):
    """The system answered and said no with HTTP `status`: asking again in a moment would not help."""

    def __init__(self, why: str, status: int) -> None:
        super().__init__(why)
        self.status = status


class _Passing(Transient):
    """A failure that a moment may heal."""


class Http:
    """Calls one outside system over HTTP/1.1 with keep-alive and verified TLS. For one thread.

    `system` is its name in Vietnamese sentences. No sentence holds an address, a password or a word of a reply.
    `timeout` bounds one whole reply, `reply_limit` (bytes) its size. `transport`, `sleep` and `elapsed` are for tests.
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
            timeout=httpx.Timeout(self._seconds, connect=min(5.0, self._seconds)),
            headers={"User-Agent": "lienthong", "Accept": "application/json"},
            transport=transport,
        )
        # A source is never closed, only forgotten: its connections go with it.
        weakref.finalize(self, self._client.close)
        self._retrying = Retrying(
            retry=retry_if_exception_type(_Passing),
            stop=stop_after_attempt(_TRIES) | stop_before_delay(_PATIENCE),
            wait=_wait,
            sleep=sleep,
            reraise=True,
        )

    def call(
        self,
        method: Literal["GET", "POST"],
        url: str,
        *,
        params: Mapping[str, Any] | None = None,
        form: Mapping[str, str] | None = None,
        json: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Any:
        """The JSON of a 2xx reply. Safe only for calls that may be repeated.

        Raises `Refused` for a status that is final, else `Transient` once the tries are used up or the system asks
        for a long wait (`after`).
        """
        try:
            request = self._client.build_request(method, url, params=params, data=form, json=json, headers=headers)
        except httpx.InvalidURL:
            raise Transient(f"địa chỉ đã cấu hình của hệ thống {self.system} không hợp lệ") from None
        try:
            return self._retrying(self._once, request)
        except _Passing as failure:
            tries = self._retrying.statistics["attempt_number"]
            raise Transient(f"{failure.why} (đã thử {tries} lần)", after=failure.after) from None

    def _once(self, request: httpx.Request) -> Any:
        try:
            response = self._client.send(request, stream=True)
            try:
                self._judge(response)
                body = self._read(response)
            finally:
                response.close()
        # `from None`: httpx writes the address, which may hold secrets, into its messages.
        except httpx.TimeoutException:
            raise _Passing(f"hệ thống {self.system} không trả lời trong thời gian chờ") from None
        except httpx.ConnectError:
            raise _Passing(f"không kết nối được tới hệ thống {self.system}") from None
        except httpx.RequestError:
            raise _Passing(f"hệ thống {self.system} ngắt kết nối giữa chừng") from None
        try:
            return orjson.loads(body)
        except orjson.JSONDecodeError:
            raise _Passing(f"hệ thống {self.system} trả lời không phải JSON trọn vẹn") from None

    def _judge(self, response: httpx.Response) -> None:
        status = response.status_code
        if response.is_success:
            return
        why = f"hệ thống {self.system} trả lời lỗi HTTP {status}"
        if status in (429, 503):
            asked = _retry_after(response.headers)
            if asked is not None and asked > _SHORT_WAIT:
                raise Transient(f"{why} và yêu cầu chờ {asked.total_seconds():.0f} giây", after=asked)
            raise _Passing(why, after=asked)
        if status in _PASSING:
            raise _Passing(why)
        if status in (401, 403):
            why = f"hệ thống {self.system} từ chối quyền truy cập (HTTP {status}): kiểm tra tài khoản kết nối"
        raise Refused(why, status)

    def _read(self, response: httpx.Response) -> bytes:
        chunks, size, began = [], 0, self._elapsed()
        for chunk in response.iter_bytes():
            size += len(chunk)
            if size > self._limit:
                raise Transient(f"trả lời của hệ thống {self.system} lớn hơn giới hạn {self._limit} byte")
            # httpx limits the wait for each piece only: a reply that drips in would never end.
            if self._elapsed() - began > self._seconds:
                raise _Passing(f"hệ thống {self.system} không trả lời trong thời gian chờ")
            chunks.append(chunk)
        return b"".join(chunks)


def _wait(state: RetryCallState) -> float:
    """Seconds before the next try: what the system asked for, and never less than our own back-off."""
    failure = state.outcome.exception() if state.outcome else None
    asked = failure.after if isinstance(failure, Transient) else None
    return max(_BACKOFF(state), asked.total_seconds() if asked else 0.0)


def _retry_after(headers: httpx.Headers) -> timedelta | None:
    """What Retry-After asks for (RFC 9110, 10.2.3), or None. A date counts from the reply's own Date, not our clock."""
    text = headers.get("Retry-After", "").strip()
    if text.isascii() and text.isdigit():
        # A day is beyond every ladder; a number of any length must not overflow.
        return timedelta(seconds=min(int(text[:9]), 86_400))
    try:
        asked = parsedate_to_datetime(text) - parsedate_to_datetime(headers.get("Date", ""))
    except (ValueError, TypeError):
        return None
    return max(asked, timedelta(0))
