"""Reading behind an OAuth 2 token (Keycloak and its like): fetched when needed, renewed before it runs out."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from connectors.protocols.http import Http, Refused
from lienthong import Clock, Transient

_EARLY = timedelta(seconds=30)
"""How long before its end a token is renewed, so that it does not end on the way."""
_UNSAID = 60
"""Seconds a token is taken to live when the server does not say."""


class TokenReader:
    """GETs JSON with a Bearer token. `grant` is the form that asks for one (`grant_type`, `client_id`, …)."""

    def __init__(self, http: Http, clock: Clock, *, token_url: str, grant: Mapping[str, str]) -> None:
        self._http = http
        self._clock = clock
        self._url = token_url
        self._grant = grant
        self._token = ""
        self._until: datetime | None = None

    def get(self, url: str, params: Mapping[str, Any]) -> Any:
        """The JSON at `url`. A 401 or 403 is answered once, by a new token; the second is raised."""
        try:
            return self._http.call("GET", url, params=params, headers=self._header())
        except Refused as refused:
            if refused.status not in (401, 403):
                raise
        self._until = None
        return self._http.call("GET", url, params=params, headers=self._header())

    def _header(self) -> dict[str, str]:
        now = self._clock.now()
        if self._until is None or now >= self._until:
            self._fetch(now)
        return {"Authorization": f"Bearer {self._token}"}

    def _fetch(self, now: datetime) -> None:
        try:
            reply = self._http.call("POST", self._url, form=self._grant)
        except Refused as refused:
            raise self._denied(f" (HTTP {refused.status})") from None
        token = reply.get("access_token") if isinstance(reply, dict) else None
        if not isinstance(token, str) or not token:
            raise self._denied()
        lives = reply.get("expires_in")
        life = timedelta(seconds=lives if isinstance(lives, int) and 0 < lives < 10**9 else _UNSAID)
        self._token, self._until = token, now + max(life - _EARLY, life / 2)

    def _denied(self, how: str = "") -> Transient:
        return Transient(f"hệ thống {self._http.system} không cấp mã truy cập{how}: kiểm tra tài khoản kết nối")
