"""VNeID accounts of the province: a change feed (the contract is ASSUMED: VNeID publishes none)."""

import hashlib
import hmac
import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from connectors.protocols import feed
from connectors.protocols.cursors import describe_feed
from lienthong import Cursor, Page, Record, Site
from lienthong.connectors.protocols.http import REPLY_LIMIT, TIMEOUT, Http
from lienthong.connectors.protocols.oauth import TokenReader
from lienthong.connectors.protocols.poll_limits import PollLimits
from lienthong.connectors.protocols.records import PageSize, plain_record, text_of
from schemas.wire.vneid import VneidAccount

_NAME = "VNeID"
_SPACES_AND_DOTS = re.compile(r"[\s.]+")

_FIELDS = frozenset(VneidAccount.model_fields)


class Vneid:
    """Polls the states of VNeID accounts.

    The only natural key of an account is its owner's identity number. Keys are searched for and shown, so the key is a
    hash of the number, keyed with the secret `key_salt`. A plain hash could be undone by trying all 12-digit numbers.
    The salt must stay the same, because another salt gives the same accounts other keys.
    """

    def __init__(
        self,
        site: Site,
        http: Http | None = None,
        *,
        url: str,
        client_id: str,
        client_secret: str,
        key_salt: str,
        page_size: PageSize = 500,
        timeout: timedelta = TIMEOUT,
        reply_limit: int = REPLY_LIMIT,
        page_limit: PageSize = 10_000,
        poll_limit: timedelta = timedelta(minutes=30),
    ) -> None:
        self._limits = PollLimits(pages=page_limit, time=poll_limit)
        base = url.rstrip("/")
        self._url = f"{base}/api/accounts"
        self._reader = TokenReader(
            http or Http(_NAME, timeout=timeout, reply_limit=reply_limit),
            site.clock,
            token_url=f"{base}/oauth/token",
            grant={"grant_type": "client_credentials", "client_id": client_id, "client_secret": client_secret},
        )
        self._salt = key_salt.encode()
        self._page_size = page_size

    @staticmethod
    def describe_cursor(cursor: Cursor) -> str:
        """How far it was read, for `lienthong sources`."""
        return describe_feed(cursor)

    def poll(self, cursor: Cursor) -> Iterator[Page]:
        """The accounts that changed since the cursor, page by page, each with its cursor."""
        return feed.read(self._fetch, cursor, self._record, _NAME, fields=_FIELDS, limits=self._limits)

    def _fetch(self, token: str) -> Any:
        return self._reader.get(self._url, {"after": token, "size": self._page_size})

    def _record(self, item: object) -> Record:
        return plain_record("vneid.account", item, self._key)

    def _key(self, body: Mapping[str, Any]) -> str:
        number = _SPACES_AND_DOTS.sub("", text_of(body, "citizenPid"))
        return f"vneid:{hmac.new(self._salt, number.encode(), hashlib.sha256).hexdigest()[:16]}" if number else ""
