"""A source that reads JSON over HTTP: paged, filtered by a watermark, and configured by YAML alone."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Annotated, Any, Literal

import orjson
from pydantic import Field

from lienthong.connectors.protocols.auth import Auth, make_credentials
from lienthong.connectors.protocols.http import TIMEOUT, Http, Refused, merge_headers
from lienthong.connectors.protocols.http_errors import REFUSED_PAGE
from lienthong.connectors.protocols.json_text import read_json
from lienthong.connectors.protocols.lists import list_of
from lienthong.connectors.protocols.paths import JmesPath, path_function
from lienthong.connectors.protocols.poll_limits import PollBudget, PollLimits, unfinished
from lienthong.connectors.protocols.records import sound_record
from lienthong.connectors.protocols.shapes import HeaderName, HeaderValue, Scalar, Text, Url
from lienthong.connectors.sources.http_json.paging import Answer, ByCursor, ForeignLink, Paging, Request
from lienthong.connectors.sources.http_json.since import Mark, Since, believable, mark_from_json, mark_to_json
from lienthong.envelope import digest
from lienthong.errors import Transient
from lienthong.messages import message
from lienthong.ports import Cursor, Page, Record, Site

_GONE = 410
_Limit = Annotated[int, Field(ge=1)]


class HttpJson:
    """Polls an interface that answers with JSON.

    ```yaml
    use: lienthong.connectors.sources.http_json.HttpJson
    every: 5m
    with:
      url: https://example.org/api/letters
      type: letter.seen
      records: data.items
      key: code
      auth: {kind: bearer, token: "${LETTERS_TOKEN}"}
      paging: {by: page, size: 100}
      since: {parameter: updated_from, watermark: updated_at, overlap: 10m}
    ```

    - `records`: JMESPath to the list of records in a reply; an object there is one record. Where there is neither, the
      poll fails, because a wrong path would otherwise look like an empty system. Write `data.items || `[]`` for a
      system that leaves an empty list out.
    - `key`: JMESPath to the natural key in a record; a list of values is joined with "/". A record without one is
      received with an empty key.
    - `method`, `query`, `headers`, `body`: what every request carries. With POST, the parameters of `paging` and
      `since` go into the JSON body, otherwise into the query.
    - `auth`: `bearer`, `basic`, `api_key` or `oauth2`; see `protocols/auth.py`.
    - `paging`: by `page`, `offset`, `cursor` or `link`; see `paging.py`. Links must stay on the origin of `url`.
      Page numbers and offsets suit lists whose records do not disappear while they are read.
    - `since`: see `since.py`.
    - Limits: `page_limit` pages, `poll_record_limit` records and `poll_limit` of time a poll (else a system that pages
      for ever would be read for ever), `record_limit` records and `reply_limit` bytes a reply (memory), `timeout` a
      reply. A poll that ends at a limit fails with a reason, and the next one reads on where the cursor allows it.
    - A system that refuses deep pages is read on from the newest watermark with `since: {oldest_first: true}`.
    - `system` is the name of the system in messages.

    The cursor is `{"since": …}` with `since`, `{"after": token}` with `paging: {by: cursor, resume: true}`, else empty:
    then each poll reads everything, and events already known are recognised. A page's cursor never goes beyond its
    records. Raises `Transient` when the system does not answer, pages in a circle, or exceeds a limit that would hide
    records.
    """

    def __init__(
        self,
        site: Site,
        http: Http | None = None,
        elapsed: Callable[[], float] = time.monotonic,
        *,
        url: Url,
        type: Text,  # noqa: A002 - the word of the events it makes
        key: JmesPath,
        records: JmesPath = "@",
        method: Literal["GET", "POST"] = "GET",
        query: Mapping[str, Scalar] | None = None,
        headers: Mapping[HeaderName, HeaderValue] | None = None,
        body: Mapping[str, Any] | None = None,
        auth: Auth | None = None,
        paging: Paging | None = None,
        since: Since | None = None,
        page_limit: _Limit = 10_000,
        record_limit: _Limit = 10_000,
        poll_record_limit: _Limit = 1_000_000,
        poll_limit: timedelta = timedelta(minutes=30),
        reply_limit: _Limit = 16 * 2**20,
        timeout: timedelta = TIMEOUT,
        system: str = "",
    ) -> None:
        self._clock = site.clock
        self._system = system or message("the source")
        self._http = http or Http(self._system, timeout=timeout, reply_limit=reply_limit)
        self._credentials = make_credentials(auth, self._http, site.clock)
        self._url = url
        self._type = type
        self._key = path_function(key)
        self._records = path_function(records)
        self._method: Literal["GET", "POST"] = method
        self._query = query or {}
        self._headers = headers or {}
        self._body = body or {}
        self._paging = paging
        self._feed = paging if isinstance(paging, ByCursor) and paging.resume else None
        self._since = since
        self._record_limit = record_limit
        self._limits = PollLimits(page_limit, poll_record_limit, poll_limit)
        self._elapsed = elapsed

    def poll(self, cursor: Cursor) -> Iterator[Page]:
        """Pages in the order of the system, each with the cursor that is true once its records are kept."""
        token = str(cursor.get("after", ""))
        try:
            yield from self._poll(cursor, token)
        except Refused as refused:
            if refused.status != _GONE or not token:
                raise
            # The system was set up anew and no longer knows the token: it is read from its beginning.
            yield from self._poll(cursor, "")

    def _poll(self, cursor: Cursor, token: str) -> Iterator[Page]:
        stored = mark_from_json(self._since, cursor.get("since")) if self._since and "since" in cursor else None
        begin = believable(stored, self._clock.now())
        mark = begin
        request: Request | None = self._first(token)
        circle = _Circle(self._system)
        budget = PollBudget(self._limits, self._elapsed)
        while request:
            circle.check_request(request)
            try:
                answer, records = self._ask(request, begin)
            except Transient as failure:
                if not self._may_begin_again(failure, request, begin, mark):
                    raise
                # The pages before were kept with their watermark, so the list from there on is shorter.
                begin, request, circle = mark, self._first(""), _Circle(self._system)
                continue
            circle.check_records(records)
            mark = self._newest(mark, records)
            try:
                following = self._paging.following(request, answer) if self._paging else None
            except ForeignLink:
                yield Page(records, cursor)
                raise Transient(message("{system} names a next page on another server", system=self._system)) from None
            whole = following is None or self._keeps_marks
            kept = _cursor(mark if whole else begin, self._feed.token(request, answer) if self._feed else "")
            yield Page(records, kept)
            if not budget.spend(len(records)) and following:
                raise self._unfinished(moved=kept != cursor)
            request = following

    @property
    def _keeps_marks(self) -> bool:
        return self._since is not None and self._since.oldest_first

    def _may_begin_again(self, failure: Transient, request: Request, begin: Mark | None, mark: Mark | None) -> bool:
        """Whether the system refuses a page only because it is deep, and the watermark shortens the way to it."""
        return self._keeps_marks and failure.status in REFUSED_PAGE and request != self._first("") and mark != begin

    def _unfinished(self, *, moved: bool) -> Transient:
        if moved:
            return unfinished(self._system)
        # The next poll would begin at the same place and never come further.
        return Transient(
            message("{system} has more pages than one poll may read: raise the limits", system=self._system)
        )

    def _first(self, token: str) -> Request:
        if self._feed and token:
            return self._feed.continued(self._url, token)
        return self._paging.first(self._url) if self._paging else Request(self._url, {})

    def _ask(self, request: Request, begin: Mark | None) -> tuple[Answer, list[Record]]:
        body, headers = self._authorized(request, begin)
        elements = self._elements(body)
        records = [sound_record(self._type, element, self._key) for element in elements]
        return Answer(body, headers.get("Link", ""), len(records)), records

    def _authorized(self, request: Request, begin: Mark | None) -> tuple[Any, Mapping[str, str]]:
        """The reply. After a 401 or 403 it tries once more with new credentials, where they can be renewed."""
        try:
            return self._fetch(request, begin)
        except Refused as refused:
            if refused.status not in (401, 403) or not self._credentials.renew():
                raise
        return self._fetch(request, begin)

    def _fetch(self, request: Request, begin: Mark | None) -> tuple[Any, Mapping[str, str]]:
        added = {**(self._since.parameters(begin) if self._since else {}), **request.parameters}
        query = {**self._query, **(added if self._method == "GET" else {})}
        return self._http.fetch(
            self._method,
            request.url,
            params=None if request.complete else query,
            json={**self._body, **added} if self._method == "POST" else None,
            headers=merge_headers(self._headers, self._credentials.headers()),
            parse=read_json,
        )

    def _elements(self, body: Any) -> Sequence[Any]:
        found = self._records(body)
        # At this path stand records, so any object is one.
        found = list_of(found, found if isinstance(found, dict) else ())
        if found is None:
            raise Transient(message("The reply of {system} has no list at the path `records`", system=self._system))
        if len(found) > self._record_limit:
            limits = {"system": self._system, "records": len(found), "limit": self._record_limit}
            raise Transient(message("A reply of {system} has {records} records, the limit is {limit}", **limits))
        return found

    def _newest(self, mark: Mark | None, records: Sequence[Record]) -> Mark | None:
        if self._since is None:
            return None
        return self._since.newest(mark, (record.body for record in records), self._clock.now())


class _Circle:
    """Finds out that a system gives the same pages for ever."""

    def __init__(self, system: str) -> None:
        self._system = system
        self._requests: set[str] = set()
        self._last = ""

    def check_request(self, request: Request) -> None:
        name = repr(request)
        if name in self._requests:
            raise self._fault()
        self._requests.add(name)

    def check_records(self, records: Sequence[Record]) -> None:
        """Two pages in a row with the same records are one page."""
        content = digest(orjson.dumps([record.body for record in records]))
        if records and content == self._last:
            raise self._fault()
        self._last = content

    def _fault(self) -> Transient:
        return Transient(message("{system} gives the same page again and again", system=self._system))


def _cursor(mark: Mark | None, token: str) -> Cursor:
    since = {} if mark is None else {"since": mark_to_json(mark)}
    return {**since, **({"after": token} if token else {})}
