"""Signatures by Standard Webhooks (https://www.standardwebhooks.com, version 1.0): HMAC-SHA256, scheme `v1`.

The receiver knows by them who sent a request, that its body was not changed, and when it was sent.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator

from lienthong.connectors.protocols.shapes import Shape, refusal
from lienthong.messages import message

_PREFIX = "whsec_"
_SHORTEST, _LONGEST = 24, 64
"""Bytes of a secret."""


def _secret(text: str) -> str:
    try:
        size = len(_key(text)) if text.startswith(_PREFIX) else 0
    except (binascii.Error, ValueError):
        size = 0
    if not _SHORTEST <= size <= _LONGEST:
        raise refusal(
            message(
                'write "whsec_" and 24 to 64 random bytes in base64: echo "whsec_$(openssl rand -base64 32)" makes one'
            )
        )
    return text


def _secret_or_none(text: str) -> str:
    return _secret(text) if text else text


class Signing(Shape):
    """What requests are signed with.

    - `secret`: `whsec_` and 24 to 64 bytes in base64, shared with this one receiver.
    - `previous`: the secret before it. While it stands here each request has both signatures, so that the receiver can
      change to the new one at any moment.
    """

    secret: Annotated[str, AfterValidator(_secret)]
    previous: Annotated[str, AfterValidator(_secret_or_none)] = ""

    def headers(self, key: str, body: bytes, now: datetime) -> Mapping[str, str]:
        """The headers of one attempt at `now`. `key` is the same in every attempt, and has no full stop."""
        seconds = str(int(now.timestamp()))
        signed = b".".join((key.encode(), seconds.encode(), body))
        signatures = (_signature(secret, signed) for secret in (self.secret, self.previous) if secret)
        return {"webhook-id": key, "webhook-timestamp": seconds, "webhook-signature": " ".join(signatures)}


def _key(secret: str) -> bytes:
    return base64.b64decode(secret.removeprefix(_PREFIX), validate=True)


def _signature(secret: str, signed: bytes) -> str:
    return "v1," + base64.b64encode(hmac.digest(_key(secret), signed, hashlib.sha256)).decode()
