"""Zalo's tokens in the bus's database: one process at a time renews them, and none is lost without a trace.

A refresh token is good for one refresh. So the row notes that a refresh begins, before it does, and gets the new tokens
in the same commit that forgets the old one:

    refreshing_since  a refresh has begun, and its end is not known: its process works, has died, or got no answer
    refused_at        Zalo refuses the refresh token: an operator has to authorise the account again

A process that has the lease and finds `refreshing_since` tries the old token once more. If Zalo never got the request,
it still works; if not, the row states since when the tokens are lost. A refresh token that an operator sets anew begins
a row of its own, known by the token's digest. Tokens are encrypted with a key made of the app's secret: a copy of the
database alone cannot send.
"""

import base64
import hashlib
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from sqlalchemy import Engine, insert, select, update

from connectors.notices.zalo_tokens import NAME, NoToken, Pair, RefreshRefused, TokenServer
from lienthong import LOCAL_ZONE, Clock, Transient, format_instant, parse_utc
from lienthong.adapters.sql import lease, open_reader, translate_errors
from lienthong.connectors.protocols.http_once import Unsure
from store.gateway_tables import gateway_tokens

_WHAT = "kho mã truy cập của cổng thông báo không trả lời"
_RENEW_BEFORE_END = timedelta(minutes=2)
_BUSY_WAIT = timedelta(seconds=2)
_ACTION = "quản trị viên OA cấp quyền lại cho ứng dụng rồi đặt refresh token mới vào ZALO_REFRESH_TOKEN"


class KeptTokens:
    """The tokens of one gateway (`name`). `refresh_token` is what an operator got by authorising the account."""

    def __init__(
        self,
        database: Engine,
        clock: Clock,
        server: TokenServer,
        *,
        secret_key: str,
        refresh_token: str,
        name: str = "zalo",
    ) -> None:
        self._database = database
        self._writer = database.execution_options(writing=True)
        self._clock = clock
        self._server = server
        self._cipher = Fernet(base64.urlsafe_b64encode(hashlib.sha256(f"{name} {secret_key}".encode()).digest()))
        self._first = refresh_token
        self._seed = hashlib.sha256(refresh_token.encode()).hexdigest()
        self._name = name
        self._is_ours = (gateway_tokens.c.gateway == name) & (gateway_tokens.c.seed == self._seed)
        self._unsaved: Pair | None = None

    def current(self) -> str:
        """The access token. See the port."""
        return self._usable(self._row(), refused=None) or self._renew(refused=None)

    def renew(self, refused: str) -> str:
        """Another token than `refused`. See the port."""
        return self._usable(self._row(), refused) or self._renew(refused)

    def _renew(self, refused: str | None) -> str:
        with lease(self._database, f"tokens-{self._name}") as held:
            if not held:
                raise Transient(f"tiến trình khác đang làm mới mã truy cập {NAME}", after=_BUSY_WAIT, outage=False)
            if self._unsaved is not None:
                return self._save(self._unsaved)
            row = self._row()  # another process may have renewed them meanwhile
            if found := self._usable(row, refused):
                return found
            refresh = self._refresh_token(row)
            began = row["refreshing_since"] if row else None
            self._write(refreshing_since=began or format_instant(self._clock.now()))
            return self._save(self._exchange(refresh, began))

    def _exchange(self, refresh: str, began: str | None) -> Pair:
        """`began`: since when an earlier refresh with this token has no known end."""
        try:
            return self._server.exchange(refresh)
        except RefreshRefused as refusal:
            why = f"{NAME} từ chối refresh token (mã {refusal.code})"
            if began is not None:
                why += (
                    f"; lần làm mới bắt đầu lúc {_local(began)} không lưu được kết quả"
                    " (tiến trình dừng hoặc mất trả lời), nên token cũ có thể đã bị dùng"
                )
            self._write(refreshing_since=None, refused_at=format_instant(self._clock.now()), refusal=why)
            raise NoToken(f"{why}: {_ACTION}") from None
        except Unsure:
            raise
        except Transient:
            self._write(refreshing_since=began)
            raise

    def _save(self, pair: Pair) -> str:
        """Keep new tokens, which are all there is of them: they stay in memory until the database has them."""
        self._unsaved = pair
        self._write(
            access_token=self._encrypted(pair.access),
            refresh_token=self._encrypted(pair.refresh),
            expires_at=format_instant(pair.expires_at),
            refreshing_since=None,
            refused_at=None,
            refusal=None,
        )
        self._unsaved = None
        return pair.access

    def _usable(self, row: Mapping[str, Any] | None, refused: str | None) -> str | None:
        """The access token of the row, when it can be used. Raises `NoToken` when Zalo refused the refresh token."""
        if row is None:
            return None
        if row["refused_at"] is not None:
            raise NoToken(f"{row['refusal']}, từ {_local(row['refused_at'])}: {_ACTION}")
        if row["access_token"] is None or self._clock.now() >= parse_utc(row["expires_at"]) - _RENEW_BEFORE_END:
            return None
        token = self._decrypted(row["access_token"])
        return token if token != refused else None

    def _refresh_token(self, row: Mapping[str, Any] | None) -> str:
        token = self._decrypted(row["refresh_token"]) if row and row["refresh_token"] else self._first
        if not token:
            raise NoToken(f"chưa có refresh token của {NAME}: {_ACTION}")
        return token

    def _row(self) -> dict[str, Any] | None:
        with open_reader(self._database, _WHAT) as connection:
            row = connection.execute(select(gateway_tokens).where(self._is_ours)).mappings().one_or_none()
        return dict(row) if row else None

    def _write(self, **values: str | None) -> None:
        with translate_errors(_WHAT), self._writer.begin() as connection:
            if not connection.execute(update(gateway_tokens).where(self._is_ours).values(values)).rowcount:
                connection.execute(insert(gateway_tokens).values(gateway=self._name, seed=self._seed, **values))

    def _encrypted(self, token: str) -> str:
        return self._cipher.encrypt(token.encode()).decode()

    def _decrypted(self, text: str) -> str:
        try:
            return self._cipher.decrypt(text.encode()).decode()
        except InvalidToken:
            why = f"mã truy cập {NAME} đã lưu không giải được: secret_key của ứng dụng đã đổi"
            raise NoToken(f"{why}; {_ACTION}") from None


def _local(moment: str) -> str:
    return f"{parse_utc(moment).astimezone(LOCAL_ZONE):%H:%M:%S %d/%m/%Y}"
