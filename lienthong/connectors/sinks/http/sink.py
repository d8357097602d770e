"""A sink that sends events to an address, configured by YAML alone."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Literal

import httpx

from lienthong.connectors.protocols.auth import Auth, make_credentials
from lienthong.connectors.protocols.http import TIMEOUT, Http, Receipt, merge_headers
from lienthong.connectors.protocols.http_replies import retry_after
from lienthong.connectors.protocols.shapes import HeaderName, HeaderValue, Url
from lienthong.connectors.protocols.webhook_signatures import Signing
from lienthong.connectors.sinks.http.contents import CloudEvents, Format, idempotency_key
from lienthong.connectors.sinks.http.statuses import Statuses
from lienthong.data.trace_context import on_behalf_of
from lienthong.envelope import Envelope
from lienthong.errors import Transient
from lienthong.messages import message
from lienthong.outcome import Dead, Done, Later, Outcome
from lienthong.ports import Site, Transaction

_OF_THE_TARGET = frozenset({401, 403, 429, 503})
"""Statuses that say something about the target and nothing about the event: no other event is tried now."""

_SERVER_ERROR = 500
"""The status of a server that fails over what it was sent."""

_FAILURES_OF_A_TARGET = 20
"""Requests that fail before any other of a bundle has succeeded, after which the target is taken to be down.

Fewer could be the fault of events that stand together in a bundle, and would make the others wait with them."""


class HttpSink:
    """Sends events to an address.

    ```yaml
    use: lienthong.connectors.sinks.http.HttpSink
    with:
      url: https://example.org/hooks/letters
      send: {format: cloudevents, batch: 50}
      auth: {kind: bearer, token: "${HOOK_TOKEN}"}
      statuses: {done: [2xx, 409]}
      sign: {secret: "${HOOK_SECRET}"}
    ```

    - `send`: `cloudevents` (structured, or the batch mode with `batch` above 1), `binary` (CloudEvents in headers) or
      `json` (the data alone).
    - `statuses`: see `Statuses`. A `Retry-After` is kept. The body of a reply is ignored and may be empty.
    - `idempotency_header` carries the id of the event, or a digest of the ids of a batch. An event may be sent more
      than once: the receiver must recognise it by this key or by the id of the CloudEvents event.
    - `auth`, `headers`, `method`: what every request carries. Redirects are not followed.
    - `sign`: each request is signed by Standard Webhooks; `webhook-id` is the key above. See `Signing`.
    - `only_public`: for a receiver that another party names: no connection to private, loopback, link-local or other
      special addresses, however they are written and whatever a name server answers, and none by a proxy.
    - `timeout`: of one request. One request is one attempt; it is repeated by the `retry` of the sink.
    - `system` is the name of the receiver in messages. No message contains the address, a secret or a reply.

    Outcomes are in the order of the events. When a batch is refused, or fails with 500, it is sent again in halves, so
    that only the guilty event dies or waits. Once the target does not answer or is busy, no other request is sent: the
    rest waits. Raises `Transient` when nothing could be delivered. Uses no transaction.
    """

    def __init__(
        self,
        site: Site,
        http: Http | None = None,
        *,
        url: Url,
        method: Literal["POST", "PUT"] = "POST",
        send: Format | None = None,
        auth: Auth | None = None,
        headers: Mapping[HeaderName, HeaderValue] | None = None,
        idempotency_header: HeaderName = "Idempotency-Key",
        statuses: Statuses | None = None,
        sign: Signing | None = None,
        only_public: bool = False,
        timeout: timedelta = TIMEOUT,
        system: str = "",
    ) -> None:
        self._system = system or message("the receiver")
        self._http = http or Http(self._system, timeout=timeout, only_public=only_public)
        self._credentials = make_credentials(auth, self._http, site.clock)
        self._clock = site.clock
        self._sign = sign
        self._url = url
        self._method: Literal["POST", "PUT"] = method
        self._format = send or CloudEvents()
        self._headers = headers or {}
        self._idempotency_header = idempotency_header
        self._statuses = statuses or Statuses()

    def deliver(self, envelopes: Sequence[Envelope], transaction: Transaction) -> Sequence[Outcome]:  # noqa: ARG002 - see above
        """Send the events in their order. See the class."""
        delivery = _Delivery()
        outcomes: list[Outcome] = []
        size = self._format.batch
        for start in range(0, len(envelopes), size):
            outcomes += self._deliver(envelopes[start : start + size], delivery)
        if delivery.stopped and all(isinstance(outcome, Later) for outcome in outcomes):
            raise Transient(delivery.stopped.why, after=delivery.stopped.delay)
        return outcomes

    def _deliver(self, batch: Sequence[Envelope], delivery: "_Delivery") -> list[Outcome]:
        if delivery.stopped:
            return [delivery.stopped] * len(batch)
        try:
            with on_behalf_of(batch):
                receipt = self._send(batch)
        except Transient as down:
            delivery.stopped = Later(down.why, down.after, outage=True)
            return [delivery.stopped] * len(batch)
        verdict = self._statuses.verdict(receipt.status)
        if len(batch) > 1 and (verdict == "dead" or (verdict == "later" and receipt.status == _SERVER_ERROR)):
            middle = len(batch) // 2
            return self._deliver(batch[:middle], delivery) + self._deliver(batch[middle:], delivery)
        if verdict == "done":
            delivery.count_success()
            return [Done(envelope) for envelope in batch]
        if verdict == "dead":
            why = message("{system} refuses the event with HTTP {status}", system=self._system, status=receipt.status)
            return [Dead(why)] * len(batch)
        later = Later(self._why_later(receipt.status), retry_after(receipt.headers))
        delivery.count_failure(receipt.status, later)
        return [later] * len(batch)

    def _send(self, batch: Sequence[Envelope]) -> Receipt:
        """Send one request; once more with new credentials if they were refused and can be renewed."""
        receipt = self._send_once(batch)
        if receipt.status in (401, 403) and self._credentials.renew():
            return self._send_once(batch)
        return receipt

    def _send_once(self, batch: Sequence[Envelope]) -> Receipt:
        content = self._format.content(batch)
        key = idempotency_key(batch)
        keys = {self._idempotency_header: key}
        signed = self._sign.headers(key, content.body, self._clock.now()) if self._sign else {}
        headers = merge_headers(self._headers, self._credentials.headers(), content.headers, keys, signed)
        return self._http.send(self._method, self._url, content=content.body, headers=headers)

    def _why_later(self, status: int) -> str:
        if status in (401, 403):
            return message(
                "{system} denies access (HTTP {status}): check the account", system=self._system, status=status
            )
        if httpx.codes.is_redirect(status):
            return message(
                "{system} answers with a redirect (HTTP {status}): write its new address into `url`",
                system=self._system,
                status=status,
            )
        return message("{system} answers with HTTP {status}", system=self._system, status=status)


class _Delivery:
    """The state of one bundle: whether to go on, and why not."""

    def __init__(self) -> None:
        self.stopped: Later | None = None
        self._failures: int | None = 0

    def count_success(self) -> None:
        self._failures = None

    def count_failure(self, status: int, later: Later) -> None:
        if status in _OF_THE_TARGET or httpx.codes.is_redirect(status):
            self.stopped = replace(later, outage=True)
        elif self._failures is not None:
            self._failures += 1
            if self._failures >= _FAILURES_OF_A_TARGET:
                self.stopped = replace(later, outage=True)
