"""The handshake of CloudEvents webhooks: a receiver is asked before it is sent anything (HTTP 1.1 Web Hooks, 4).

Without it, a subscriber could have us send to a server that knows nothing of it. Consent is the header
`WebHook-Allowed-Origin` in the reply to OPTIONS: a bare 200, as any web server gives it, is none.
"""

from lienthong.connectors.protocols.http import Http, Receipt
from lienthong.connectors.webhooks.sender import make_http
from lienthong.errors import Transient
from lienthong.messages import Message, message
from lienthong.ports import Clock
from lienthong.subscriptions.handshake import Handshake
from lienthong.subscriptions.model import Subscription

_LONGEST_RATE = 9
"""Digits of a rate at most."""


def ask_consent(
    subscription: Subscription, clock: Clock, *, origin: str, per_minute: int | None = None, http: Http | None = None
) -> Handshake:
    """Ask the receiver for consent, and for a rate of requests if one is given. Nothing else is sent."""
    http, at = http or make_http(subscription), clock.now().isoformat()
    headers = {"WebHook-Request-Origin": origin}
    if per_minute is not None:
        headers["WebHook-Request-Rate"] = str(per_minute)
    try:
        receipt = http.send("OPTIONS", subscription.url, content=b"", headers=headers)
    except Transient as down:
        return Handshake("not granted", at, why=down.why)
    if (why := _fault(receipt, origin)) is not None:
        return Handshake("not granted", at, receipt.status, why=why)
    return Handshake("granted", at, receipt.status, _allowed_rate(receipt))


def _fault(receipt: Receipt, origin: str) -> Message | None:
    allowed = receipt.headers.get("WebHook-Allowed-Origin", "").strip().lower()
    if not 200 <= receipt.status < 300:
        return message(
            "the receiver answers the handshake (OPTIONS) with HTTP {status}; a receiver that does not know it needs "
            "`--no-handshake`",
            status=receipt.status,
        )
    if not allowed:
        return message(
            "the receiver answers the handshake (OPTIONS) with HTTP {status}, but without the header "
            "WebHook-Allowed-Origin, which is its consent; a receiver that does not know it needs `--no-handshake`",
            status=receipt.status,
        )
    if allowed not in ("*", origin.lower()):
        return message("the receiver allows another origin than {origin}", origin=origin)
    rate = receipt.headers.get("WebHook-Allowed-Rate", "*").strip()
    if rate != "*" and not _is_rate(rate):
        return message("the receiver answers with a WebHook-Allowed-Rate that is neither a number above 0 nor *")
    return None


def _is_rate(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= _LONGEST_RATE and int(text) > 0


def _allowed_rate(receipt: Receipt) -> int | None:
    """Requests a minute. A reply without the header sets no limit."""
    rate = receipt.headers.get("WebHook-Allowed-Rate", "*").strip()
    return None if rate == "*" else int(rate)
