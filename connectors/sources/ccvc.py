"""The register of civil servants (CCVC): a change feed of periods of service.

The contract is ASSUMED: none is public.
"""

from collections.abc import Iterator
from datetime import timedelta

from connectors.protocols.cursors import describe_feed
from connectors.protocols.keyed_feed import KeyedFeed
from connectors.protocols.records import ccvc_record
from lienthong import Cursor, Page, Site
from lienthong.connectors.protocols.http import REPLY_LIMIT, TIMEOUT, Http
from lienthong.connectors.protocols.records import PageSize
from schemas.wire.ccvc import CcvcRecord

_NAME = "CCVC"

_FIELDS = frozenset(CcvcRecord.model_fields)


class Ccvc:
    """Polls periods of service of civil servants. The key is the staff number and the first day of the period."""

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
            url=url.rstrip("/") + "/api/records",
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
        """The periods that changed since the cursor, page by page, each with its cursor."""
        return self._feed.read(cursor, ccvc_record, _FIELDS)
