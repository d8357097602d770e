"""The gate: who visits, by the session's cookie, and whether a form comes from a page of the same session."""

import hmac
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from lienthong.access.persons import Person
from lienthong.access.roles import Viewer
from lienthong.access.rules import AccessRules
from lienthong.access.throttle import Throttle
from lienthong.console.origin import is_from_here
from lienthong.data.text import fold
from lienthong.errors import Transient
from lienthong.messages import Message, message
from lienthong.operations.persons import PersonStore
from lienthong.operations.sessions import (
    OpenSession,
    begin_session,
    check_log_in,
    end_session,
    find_session,
    form_token,
)

COOKIE = "__Host-lienthong"
"""The session's cookie. Browsers take one of this name only if it is `Secure`, of the whole host, and from it alone."""

HASHES_AT_ONCE = 2
"""Passwords that are checked at one time: each takes 64 MiB and a tenth of a second of one core."""

HASH_SECONDS = 3.0
"""How long a log-in waits for its turn."""


@dataclass(frozen=True)
class SessionGate:
    """See `Gate`. `address`: the address of a caller, which may have come through proxies."""

    store: PersonStore
    rules: AccessRules
    address: Callable[[Any], str]
    throttle: Throttle = field(default_factory=Throttle)
    monotonic: Callable[[], float] = time.monotonic
    _hashing: threading.BoundedSemaphore = field(default_factory=lambda: threading.BoundedSemaphore(HASHES_AT_ONCE))

    def viewer(self, request: Request) -> Viewer | None:
        session = self._session(request)
        return session.viewer if session else None

    def token(self, request: Request) -> str:
        return form_token(request.cookies.get(COOKIE, ""))

    def is_ours(self, request: Request, token: str) -> bool:
        return is_from_here(request) and hmac.compare_digest(token.encode(), self.token(request).encode())

    def log_in(self, request: Request, login: str, password: str) -> tuple[Person | None, float]:
        """The person; or None, with the seconds to wait before the next try. Raises `Transient`."""
        keys = (f"login {fold(login)[:100]}", f"address {self.address(request.scope)}")
        if wait := self.throttle.wait(keys, self.monotonic()):
            return None, wait
        if not self._hashing.acquire(timeout=HASH_SECONDS):
            raise Transient(message("too many log-ins at this moment; try again in a few seconds"))
        try:
            person = check_log_in(self.store, fold(login)[:100], password)
        finally:
            self._hashing.release()
        if person is None:
            self.throttle.fail(keys, self.monotonic())
            return None, self.throttle.wait(keys, self.monotonic())
        self.throttle.succeed(keys[0])
        return person, 0.0

    def begin(self, request: Request, response: Response, person: Person, how: Message) -> None:
        """Begin a session under a new number, and end the one that the browser had."""
        if (before := self._session(request)) is not None:
            end_session(self.store, before)
        token = begin_session(self.store, person, how)
        response.set_cookie(COOKIE, token, path="/", secure=True, httponly=True, samesite="lax")

    def end(self, request: Request, response: Response, *, everywhere: bool) -> None:
        """Log out: of this browser, or of all."""
        if (session := self._session(request)) is not None:
            end_session(self.store, session, everywhere=everywhere)
        response.delete_cookie(COOKIE, path="/", secure=True, httponly=True, samesite="lax")

    def _session(self, request: Request) -> OpenSession | None:
        """The session of the request, asked for once."""
        kept: dict[str, OpenSession | None] = request.scope.setdefault("lienthong.session", {})
        token = request.cookies.get(COOKIE, "")
        if token not in kept:
            kept[token] = find_session(self.store, self.rules, token)
        return kept[token]
