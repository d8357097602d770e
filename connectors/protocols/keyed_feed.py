"""A change feed of the province behind a key: `GET …?after=TOKEN&size=500` with the header X-Api-Key."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

from connectors.protocols import feed
from lienthong import Cursor, Page, Record
from lienthong.connectors.protocols.http import Http
from lienthong.connectors.protocols.poll_limits import PollLimits


class KeyedFeed:
    """Reads one feed of one system."""

    def __init__(
        self,
        http: Http,
        system: str,
        *,
        url: str,
        api_key: str,
        page_size: int,
        page_limit: int,
        poll_limit: timedelta,
    ) -> None:
        self._http, self._system, self._url = http, system, url
        self._headers = {"X-Api-Key": api_key}
        self._page_size = page_size
        self._limits = PollLimits(pages=page_limit, time=poll_limit)

    def read(self, cursor: Cursor, record: Callable[[object], Record], fields: frozenset[str]) -> Iterator[Page]:
        """The items that changed since the cursor, page by page, each with its cursor.

        `record` makes a record of an item, `fields` are the names of its fields.
        """
        return feed.read(self._fetch, cursor, record, self._system, fields=fields, limits=self._limits)

    def _fetch(self, token: str) -> Any:
        return self._http.call(
            "GET", self._url, params={"after": token, "size": self._page_size}, headers=self._headers
        )
