"""The four ways in which interfaces cut a long answer into pages."""

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal, NamedTuple
from urllib.parse import urljoin, urlsplit

from pydantic import Field

from lienthong.configuration.shapes import Count
from lienthong.connectors.protocols.paths import JmesPath, path_function
from lienthong.connectors.protocols.records import PageSize
from lienthong.connectors.protocols.shapes import Shape, Text

_LINK = re.compile(r'<([^>]*)>((?:\s*+;\s*+[\w*-]++\s*+(?:=\s*+(?:"[^"]*"|[^\s,;"]++))?+)*+)')
_PARAMETER = re.compile(r';\s*+([\w*-]++)\s*+(?:=\s*+(?:"([^"]*)"|([^\s,;"]++)))?')
_LINK_HEADER_LIMIT = 8192
"""Characters of a Link header that are read, so that a hostile one costs no time."""


class Request(NamedTuple):
    """What to request: an address, and the parameters that paging adds to it.

    A `complete` address came from the system and already contains all parameters.
    """

    url: str
    parameters: Mapping[str, Any]
    complete: bool = False


class Answer(NamedTuple):
    """A reply: its JSON, the value of its Link header, and how many records it contains."""

    body: Any
    link: str
    records: int


class ForeignLink(Exception):  # noqa: N818 - the name describes the link
    """A link that leads to another origin (scheme, host and port) than the configured address."""


class _Sized(Shape):
    """Paging where a page may have a requested size."""

    size: PageSize | None = None
    size_parameter: Text = "size"
    more: JmesPath | None = None

    def _with_size(self, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        return parameters if self.size is None else {**parameters, self.size_parameter: self.size}

    def _has_more(self, answer: Answer) -> bool:
        """`more` decides where it is configured; otherwise the first page without records is the last one.

        A page shorter than requested proves nothing: many systems cap the size of pages.
        """
        return answer.records > 0 if self.more is None else bool(path_function(self.more)(answer.body))


class ByPage(_Sized):
    """Page numbers: `?page=1`, `?page=2`, …"""

    by: Literal["page"]
    parameter: Text = "page"
    first_page: Count = 1

    def first(self, url: str) -> Request:
        return Request(url, self._with_size({self.parameter: self.first_page}))

    def following(self, request: Request, answer: Answer) -> Request | None:
        if not self._has_more(answer):
            return None
        return Request(request.url, self._with_size({self.parameter: request.parameters[self.parameter] + 1}))


class ByOffset(_Sized):
    """Numbers of records: `?offset=0`, `?offset=100`, … The offset grows by the records that came."""

    by: Literal["offset"]
    parameter: Text = "offset"
    size_parameter: Text = "limit"

    def first(self, url: str) -> Request:
        return Request(url, self._with_size({self.parameter: 0}))

    def following(self, request: Request, answer: Answer) -> Request | None:
        if not self._has_more(answer):
            return None
        offset = request.parameters[self.parameter] + answer.records
        return Request(request.url, self._with_size({self.parameter: offset}))


class ByCursor(_Sized):
    """Tokens: each reply contains the token of the next page, at `next`.

    With `resume` the last token is kept, and the next poll continues there: a change feed.
    """

    by: Literal["cursor"]
    parameter: Text = "cursor"
    next: JmesPath
    resume: bool = False

    def first(self, url: str) -> Request:
        return Request(url, self._with_size({}))

    def continued(self, url: str, token: str) -> Request:
        """The first request of a poll that continues at `token`."""
        return Request(url, self._with_size({self.parameter: token}))

    def following(self, request: Request, answer: Answer) -> Request | None:
        token = self._next(answer)
        if not token or not self._continues(request, answer, token):
            return None
        return Request(request.url, self._with_size({self.parameter: token}))

    def token(self, request: Request, answer: Answer) -> str:
        """The token to keep: that of the next page, or at the end the one of this page."""
        return self._next(answer) or str(request.parameters.get(self.parameter, ""))

    def _next(self, answer: Answer) -> str:
        token = path_function(self.next)(answer.body)
        return str(token) if isinstance(token, str | int) and not isinstance(token, bool) else ""

    def _continues(self, request: Request, answer: Answer, token: str) -> bool:
        if self.more is not None:
            return self._has_more(answer)
        # A change feed always gives a token; at its end there are no records, or the token stays the same.
        return not self.resume or (answer.records > 0 and token != request.parameters.get(self.parameter))


class ByLink(Shape):
    """Addresses: the next page is at the Link header's `rel="next"` (RFC 8288), or at `next` in the body."""

    by: Literal["link"]
    next: JmesPath | None = None

    def first(self, url: str) -> Request:
        return Request(url, {})

    def following(self, request: Request, answer: Answer) -> Request | None:
        link = next_link(answer.link) if self.next is None else path_function(self.next)(answer.body)
        if not isinstance(link, str) or not link:
            return None
        url = _joined(request.url, link)
        if _origin(url) != _origin(request.url):
            raise ForeignLink
        return Request(url, {}, complete=True)


Paging = Annotated[ByPage | ByOffset | ByCursor | ByLink, Field(discriminator="by")]


def next_link(header: str) -> str | None:
    """The target of `rel="next"` in a Link header."""
    for target, parameters in _LINK.findall(header[:_LINK_HEADER_LIMIT]):
        found = _PARAMETER.findall(parameters)
        relations = next((quoted or bare for name, quoted, bare in found if name.lower() == "rel"), "")
        if "next" in relations.lower().split():
            return str(target)
    return None


def _joined(base: str, link: str) -> str:
    try:
        return urljoin(base, link)
    except ValueError:  # no address at all
        return ""


def _origin(url: str) -> tuple[str, str | None, int | None]:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return "", None, None
    return parts.scheme, parts.hostname, port or {"http": 80, "https": 443}.get(parts.scheme)
