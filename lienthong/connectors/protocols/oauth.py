"""OAuth 2 tokens (Keycloak and similar servers): fetched when needed, renewed before they expire."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from lienthong.connectors.protocols.http import Http, Refused
from lienthong.errors import Transient
from lienthong.messages import message
from lienthong.ports import Clock

_RENEW_BEFORE_END = timedelta(seconds=30)
"""How long before its end a token is renewed, so that it does not expire during a request."""
_DEFAULT_LIFE_SECONDS = 60
"""How long a token is assumed to live when the server does not state it."""
_LONGEST_LIFE_SECONDS = 10**9
_LONGEST_TOKEN = 16_384
"""Characters. Servers refuse requests with longer headers."""


class Token:
    """A Bearer token. `grant` is the form that requests one (`grant_type`, `client_id`, …)."""

    def __init__(self, http: Http, clock: Clock, *, token_url: str, grant: Mapping[str, str]) -> None:
        self._http = http
        self._clock = clock
        self._url = token_url
        self._grant = grant
        self._token = ""
        self._until: datetime | None = None

    def headers(self) -> dict[str, str]:
        """The Authorization header. Raises `Transient` when the server gives no token."""
        now = self._clock.now()
        if self._until is None or now >= self._until:
            self._fetch(now)
        return {"Authorization": f"Bearer {self._token}"}

    def renew(self) -> bool:
        """Fetch a new token next time. True, because that is always possible."""
        self._until = None
        return True

    def _fetch(self, now: datetime) -> None:
        try:
            reply = self._http.call("POST", self._url, form=self._grant)
        except Refused as refused:
            raise self._denied(refused.status) from None
        token = reply.get("access_token") if isinstance(reply, dict) else None
        if not isinstance(token, str) or not token:
            raise self._denied()
        if not (token.isascii() and token.isprintable() and len(token) <= _LONGEST_TOKEN):
            raise Transient(
                message("The access token of {system} cannot be sent in a header", system=self._http.system)
            )
        seconds = reply.get("expires_in")
        known = isinstance(seconds, int) and 0 < seconds < _LONGEST_LIFE_SECONDS
        life = timedelta(seconds=seconds if known else _DEFAULT_LIFE_SECONDS)
        self._token, self._until = token, now + max(life - _RENEW_BEFORE_END, life / 2)

    def _denied(self, status: int | None = None) -> Transient:
        if status is None:
            return Transient(message("{system} gives no access token: check the account", system=self._http.system))
        why = message(
            "{system} gives no access token (HTTP {status}): check the account", system=self._http.system, status=status
        )
        return Transient(why)


class TokenReader:
    """GETs JSON with a Bearer token."""

    def __init__(self, http: Http, clock: Clock, *, token_url: str, grant: Mapping[str, str]) -> None:
        self._http = http
        self._token = Token(http, clock, token_url=token_url, grant=grant)

    def get(self, url: str, params: Mapping[str, Any]) -> Any:
        """Return the JSON at `url`. After a 401 or 403 it tries once more with a new token; a second one is raised."""
        try:
            return self._http.call("GET", url, params=params, headers=self._token.headers())
        except Refused as refused:
            if refused.status not in (401, 403):
                raise
        self._token.renew()
        return self._http.call("GET", url, params=params, headers=self._token.headers())
