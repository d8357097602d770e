"""The demonstration credentials of the sandbox, and the tokens it issues for them.

Client or user name `lienthong`, secret, password or API key `sandbox`, in every system.
"""

import secrets
import time
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import parse_qsl

from starlette.requests import Request

NAME = "lienthong"
SECRET = "sandbox"  # noqa: S105 - invented, and published in the documentation

Monotonic = Callable[[], float]
"""Seconds of real time from any start: tokens expire by the real clock, not by the sandbox's."""


class Sessions:
    """Tokens with a lifetime."""

    def __init__(self, lifetime: timedelta, monotonic: Monotonic = time.monotonic) -> None:
        self.lifetime = lifetime
        self._monotonic = monotonic
        self._ends: dict[str, float] = {}

    def open(self) -> str:
        """Issue a new token, and forget the expired ones."""
        now = self._monotonic()
        self._ends = {token: end for token, end in self._ends.items() if end > now}
        token = secrets.token_hex(16)
        self._ends[token] = now + self.lifetime.total_seconds()
        return token

    def is_valid(self, token: str) -> bool:
        return self._ends.get(token, float("-inf")) > self._monotonic()

    def expire(self) -> None:
        """Expire all tokens now."""
        self._ends.clear()


def bearer_token(request: Request) -> str:
    """The token of `Authorization: Bearer TOKEN`, or ""."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


async def form_fields(request: Request) -> dict[str, str]:
    """The fields of an `application/x-www-form-urlencoded` body. Of a repeated field the last value counts."""
    return dict(parse_qsl((await request.body()).decode(errors="replace")))
