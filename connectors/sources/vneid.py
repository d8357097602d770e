"""VNeID accounts as the province is given them: a change feed (an ASSUMED contract; VNeID publishes none)."""

import hashlib
import hmac
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from connectors.protocols import feed
from connectors.protocols.records import PageSize, body_of, text_of
from lienthong import Cursor, Page, Record, Site
from lienthong.connectors.protocols.http import REPLY_LIMIT, TIMEOUT, Http
from lienthong.connectors.protocols.oauth import TokenReader

_NAME = "VNeID"
_SPACES_AND_DOTS = re.compile(r"[\s.]+")


class Vneid:
    """Polls the states of VNeID accounts.

    An account has no key but its owner's identity number, and a key is searched for and shown, so the key is a keyed
    hash of it. Without the `key_salt` nobody can try all twelve-digit numbers until one fits, as with a plain hash.
    The salt must stay the same: another one makes other keys of the same accounts.
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
    ) -> None:
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

    def poll(self, cursor: Cursor) -> Iterator[Page]:
        """The accounts that changed since the cursor, page by page, each with its cursor."""
        return feed.read(self._after, cursor, self._record, _NAME)

    def _after(self, token: str) -> Any:
        return self._reader.get(self._url, {"after": token, "size": self._page_size})

    def _record(self, item: object) -> Record:
        body = body_of(item)
        number = _SPACES_AND_DOTS.sub("", text_of(body, "citizenPid"))
        key = f"vneid:{hmac.new(self._salt, number.encode(), hashlib.sha256).hexdigest()[:16]}" if number else ""
        return Record("vneid.account", key, body)
