"""Which addresses a subscriber may name for a webhook."""

from urllib.parse import urlsplit

from pydantic import TypeAdapter, ValidationError

from lienthong.connectors.protocols.shapes import Url
from lienthong.errors import WrongUse
from lienthong.messages import Message, message

_USUAL_PORTS = (443, 8443)
_FIRST_FREE_PORT = 1024
"""The ports below belong to protocols by name, to which a receiver of ours does not listen."""

_URL: TypeAdapter[str] = TypeAdapter(Url)


def check_webhook_address(text: str, *, allow_private: bool) -> str:
    """The address. Raises `WrongUse` with what to write. Where its host leads is judged at each connection.

    `allow_private`: an operator has allowed this subscription, by name, a receiver in the province's own network. Such
    a receiver may be reached without TLS.
    """
    if (advice := _fault(text, allow_private)) is not None:
        raise WrongUse(advice)
    return text


def _fault(text: str, allow_private: bool) -> Message | None:
    try:
        _URL.validate_python(text)
        parts = urlsplit(text)
        port = parts.port
    except (ValidationError, ValueError):
        return message("The address of a webhook is not valid: write one such as https://hooks.example.org/lienthong.")
    if parts.username is not None or parts.password is not None or "@" in parts.netloc or "\\" in text:
        return message("The address of a webhook has no name or password in it: requests are signed.")
    if parts.fragment:
        return message("The address of a webhook has no part behind #: it would not be sent.")
    if parts.scheme != "https" and not allow_private:
        return message("The address of a webhook begins with https://.")
    if port is not None and port < _FIRST_FREE_PORT and port not in _USUAL_PORTS and not allow_private:
        return message("The port {port} is not one of a webhook: use 443, or one from 1024 on.", port=port)
    return None
