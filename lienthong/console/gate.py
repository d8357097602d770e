"""The gate of the console: who visits, by the session's cookie, and whether a form comes from a page of ours.

Over https the cookie has the prefix `__Host-`, so that no other host of the domain can set it. Over http it cannot have
it, and is accepted from this machine alone: elsewhere a log-in over http would show the password to the network.
"""

from collections.abc import Callable
from dataclasses import dataclass
from hmac import compare_digest
from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Scope

from lienthong.access.roles import Viewer
from lienthong.operations.sessions import Sessions, form_token

SECURE_COOKIE, PLAIN_COOKIE = "__Host-lienthong", "lienthong-session"

_FROM_OURS = ("same-origin", "none")
"""What browsers write into Sec-Fetch-Site for a form of the same origin, and for what the reader typed."""


@dataclass(frozen=True, slots=True)
class SessionGate:
    """See `Gate`. `address_of`: where a request comes from; "" where that is not known."""

    sessions: Sessions
    address_of: Callable[[Scope], str]

    def viewer(self, request: Request) -> Viewer | None:
        return self.sessions.find(self.secret(request))

    def token(self, request: Request) -> str:
        return form_token(self.secret(request))

    def is_ours(self, request: Request, token: str) -> bool:
        return comes_from_ours(request) and compare_digest(token.encode(), self.token(request).encode())

    def secret(self, request: Request) -> str:
        """The secret of the session that the browser sent; "" without one."""
        return request.cookies.get(SECURE_COOKIE if is_secure(request) else PLAIN_COOKIE, "")

    def address(self, request: Request) -> str:
        """Where the request comes from; "" where that is not known."""
        return self.address_of(request.scope)

    def may_log_in(self, request: Request) -> bool:
        """Whether a password may travel: over https, or within this machine."""
        return is_secure(request) or _is_loopback(self.address(request))

    def keep(self, reply: Response, request: Request, secret: str) -> None:
        """Give the browser the session's cookie. It ends with the browser, or when the session does."""
        secure = is_secure(request)
        reply.set_cookie(
            SECURE_COOKIE if secure else PLAIN_COOKIE, secret, path="/", secure=secure, httponly=True, samesite="lax"
        )

    def drop(self, reply: Response, request: Request) -> None:
        """Take the cookie back."""
        secure = is_secure(request)
        reply.delete_cookie(
            SECURE_COOKIE if secure else PLAIN_COOKIE, path="/", secure=secure, httponly=True, samesite="lax"
        )


def is_secure(request: Request) -> bool:
    """Whether the browser speaks https, to us or to the proxy before us.

    `X-Forwarded-Proto: https` from anybody only makes the cookie stricter, so it needs no trust.
    """
    return request.url.scheme == "https" or request.headers.get("x-forwarded-proto", "").strip().lower() == "https"


def comes_from_ours(request: Request) -> bool:
    """Whether a form was sent by a page of the same host, as far as the browser states it."""
    if (site := request.headers.get("sec-fetch-site")) is not None and site not in _FROM_OURS:
        return False
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == request.headers.get("host", "")


def _is_loopback(address: str) -> bool:
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return address == ""  # a socket of this machine
