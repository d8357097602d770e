"""Which addresses a subscriber may name for a webhook."""

from urllib.parse import urlsplit

from lienthong.errors import WrongUse
from lienthong.messages import Message, message

MAX_LENGTH = 2_000

_USUAL_PORTS = (443, 8443)
_FIRST_FREE_PORT = 1024
"""The ports below belong to protocols by name, to which a receiver of webhooks does not listen."""


def check_webhook_address(text: str, *, allow_private: bool) -> str:
    """The address. Raises `WrongUse` with what to write. Where its host leads is judged at each connection.

    `allow_private`: an operator has allowed this subscription, by name, a receiver in the province's own network. Such
    a receiver may be reached without TLS, and at any port.
    """
    advice = _fault_of_text(text) or _fault_of_parts(text, allow_private=allow_private)
    if advice is not None:
        raise WrongUse(advice)
    return text


def _fault_of_text(text: str) -> Message | None:
    try:
        parts = urlsplit(text)
        is_sound = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        is_sound = False
    is_plain = text.isascii() and text.isprintable() and not set(text) & set(' \\"<>')
    if is_sound and is_plain and len(text) <= MAX_LENGTH:
        return None
    return message(
        "A subscription goes `--to queue`, `--to pull` or to an address such as https://hooks.example.org/lienthong."
    )


def _fault_of_parts(text: str, *, allow_private: bool) -> Message | None:
    parts = urlsplit(text)
    if "@" in parts.netloc:
        return message("The address of a webhook has no name or password in it: requests are signed.")
    if "#" in text:
        return message("The address of a webhook has no part behind #: it would not be sent.")
    if allow_private:
        return None
    if parts.scheme != "https":
        return message("The address of a webhook begins with https://; http:// only with `--allow-private`.")
    if parts.port is not None and parts.port < _FIRST_FREE_PORT and parts.port not in _USUAL_PORTS:
        return message("The port {port} is not one of a webhook: use 443, or one from 1024 on.", port=parts.port)
    return None
