"""The register of civil servants (CCVC): a change feed of periods of service.

The contract is ASSUMED: none is public.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from connectors.protocols import feed
from connectors.protocols.cursors import describe_feed
from connectors.protocols.records import ccvc_record
from lienthong import Cursor, Page, Site
from lienthong.connectors.protocols.http import REPLY_LIMIT, TIMEOUT, Http
from lienthong.connectors.protocols.poll_limits import PollLimits
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
        self._limits = PollLimits(pages=page_limit, time=poll_limit)
        self._http = http or Http(_NAME, timeout=timeout, reply_limit=reply_limit)
        self._url = url.rstrip("/") + "/api/records"
        self._headers = {"X-Api-Key": api_key}
        self._page_size = page_size

    @staticmethod
    def describe_cursor(cursor: Cursor) -> str:
        """How far it was read, for `lienthong sources`."""
        return describe_feed(cursor)

    def poll(self, cursor: Cursor) -> Iterator[Page]:
        """The periods that changed since the cursor, page by page, each with its cursor."""
        return feed.read(self._fetch, cursor, ccvc_record, _NAME, fields=_FIELDS, limits=self._limits)

    def _fetch(self, token: str) -> Any:
        return self._http.call(
            "GET", self._url, params={"after": token, "size": self._page_size}, headers=self._headers
        )
