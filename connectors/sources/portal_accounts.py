"""Accounts of the provincial portal (tài khoản): a change feed.

The contract is ASSUMED: none is public.
"""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from connectors.protocols.cursors import describe_feed
from connectors.protocols.keyed_feed import KeyedFeed
from lienthong import Cursor, Page, Record, Site
from lienthong.connectors.protocols.http import REPLY_LIMIT, TIMEOUT, Http
from lienthong.connectors.protocols.records import PageSize, plain_record, text_of
from schemas.wire.portal_accounts import PortalAccount

_NAME = "Tài khoản Cổng"

_FIELDS = frozenset(PortalAccount.model_fields)


class PortalAccounts:
    """Polls what changed. The key is the number of the account."""

    def __init__(
        self,
        site: Site,  # noqa: ARG002 - every source gets the site; this one needs no clock
        http: Http | None = None,
        *,
        url: str,
        api_key: str,
        page_size: PageSize = 500,
        timeout: timedelta = TIMEOUT,
        reply_limit: int = REPLY_LIMIT,
        page_limit: PageSize = 10_000,
        poll_limit: timedelta = timedelta(minutes=30),
    ) -> None:
        self._feed = KeyedFeed(
            http or Http(_NAME, timeout=timeout, reply_limit=reply_limit),
            _NAME,
            url=url.rstrip("/") + "/api/accounts",
            api_key=api_key,
            page_size=page_size,
            page_limit=page_limit,
            poll_limit=poll_limit,
        )

    @staticmethod
    def describe_cursor(cursor: Cursor) -> str:
        """How far it was read, for `lienthong sources`."""
        return describe_feed(cursor)

    def poll(self, cursor: Cursor) -> Iterator[Page]:
        """What changed since the cursor, page by page, each with its cursor."""
        return self._feed.read(cursor, _record, _FIELDS)


def _record(item: object) -> Record:
    return plain_record("portal.account", item, _key)


def _key(body: Mapping[str, Any]) -> str:
    return text_of(body, "taiKhoanId")
