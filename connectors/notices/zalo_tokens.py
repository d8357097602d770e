"""Tokens of Zalo's Official Account API: a short access token, and a refresh token that is good for one refresh.

POST …/v4/oa/access_token   header secret_key; form refresh_token, app_id, grant_type=refresh_token
                            → {access_token, refresh_token (a new one), expires_in (seconds, as text or number)}
                            or {error, error_name, error_description} with status 200
"""

from datetime import datetime, timedelta
from typing import NamedTuple, Protocol

from connectors.notices.replies import code_of, json_object
from lienthong import Clock, Transient
from lienthong.connectors.protocols.http_once import HttpOnce, Unsure
from lienthong.connectors.protocols.http_replies import retry_after

NAME = "Zalo"
_LONGEST_TOKEN = 16_384
_LONGEST_LIFE_SECONDS = 10**7
_DEFAULT_LIFE = timedelta(hours=1)
_BUSY = (429, 503)


class NoToken(Exception):  # noqa: N818 - it names the situation
    """There is no token to send with until an operator acts. `why` states what happened and what to do."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class RefreshRefused(Exception):  # noqa: N818 - it names the situation
    """Zalo refuses the refresh token, with `code`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Pair(NamedTuple):
    """The tokens of one refresh. `expires_at` (UTC) is that of the access token."""

    access: str
    refresh: str
    expires_at: datetime

    def __repr__(self) -> str:  # secrets reach no log
        return f"Pair(expires_at={self.expires_at.isoformat()})"


class Tokens(Protocol):
    """Where a gateway gets its access token. One process at a time renews it; threads may share it.

    Both raise `NoToken` when only an operator can help, `Transient` when there is none for the moment.
    """

    def current(self) -> str:
        """The access token, renewed when it has expired."""

    def renew(self, refused: str) -> str:
        """Another token than `refused`, which the gateway does not accept."""


class TokenServer:
    """Exchanges a refresh token for new ones, in one try."""

    def __init__(self, clock: Clock, *, url: str, app_id: str, secret_key: str, http: HttpOnce | None = None) -> None:
        self._clock = clock
        self._url = url
        self._app_id = app_id
        self._secret_key = secret_key
        self._http = http or HttpOnce(NAME)

    def exchange(self, refresh_token: str) -> Pair:
        """New tokens.

        Raises `RefreshRefused`; `Unsure` when Zalo may have used the token up without our getting its answer;
        `Transient` when it surely did not.
        """
        form = {"refresh_token": refresh_token, "app_id": self._app_id, "grant_type": "refresh_token"}
        exchange = self._http.post(self._url, form=form, headers={"secret_key": self._secret_key})
        if exchange.status in _BUSY:
            raise Transient(f"{NAME} đang bận, chưa cấp mã truy cập mới", after=retry_after(exchange.headers))
        reply = json_object(exchange) or {}
        access, refresh = reply.get("access_token"), reply.get("refresh_token")
        if _is_token(access) and _is_token(refresh):
            return Pair(str(access), str(refresh), self._clock.now() + _life(reply.get("expires_in")))
        code = code_of(reply, "error")
        if code not in (None, "0"):
            raise RefreshRefused(str(code))
        if exchange.status in (400, 401, 403):
            raise RefreshRefused(f"HTTP {exchange.status}")
        raise Unsure(f"{NAME} trả lời không đọc được khi cấp mã truy cập mới (HTTP {exchange.status})")


def _is_token(text: object) -> bool:
    return isinstance(text, str) and 0 < len(text) <= _LONGEST_TOKEN and text.isascii() and text.isprintable()


def _life(seconds: object) -> timedelta:
    try:
        number = int(str(seconds))
    except ValueError:
        return _DEFAULT_LIFE
    return timedelta(seconds=number) if 0 < number < _LONGEST_LIFE_SECONDS else _DEFAULT_LIFE
