"""Replies that are failures: which of them another try may end, and which the system means."""

from datetime import timedelta

import httpx

from lienthong.connectors.protocols.http_replies import retry_after
from lienthong.errors import Transient
from lienthong.messages import Message, message

_SHORT_WAIT = timedelta(seconds=3)
"""A Retry-After up to this is waited for between two tries; a longer one is left to the engine."""
_PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})
REFUSED_PAGE = frozenset({400, 404, 413, 414, 416, 422, 500, 501, 504})
"""Statuses with which systems refuse a deep page, whatever it would contain: their search engine shows the first 10,000
elements only, or takes too long for more."""


class Refused(Transient):
    """The system refused with HTTP `status`. Another try in a moment would not help."""

    refused = True

    def __init__(self, why: str, status: int) -> None:
        super().__init__(why)
        self.status = status


class Passing(Transient):
    """A failure that may be over after a moment."""

    def __init__(self, why: str, *, after: timedelta | None = None, status: int | None = None) -> None:
        super().__init__(why, after=after)
        self.status = status


def failure_of(response: httpx.Response, system: str) -> Transient:
    """What a reply that is no success means: `Passing`, `Refused`, or `Transient` with the wait that it asks for."""
    status = response.status_code
    why = message("{system} answers with HTTP {status}", system=system, status=status)
    if status in (429, 503):
        asked = retry_after(response.headers)
        if asked is not None and asked > _SHORT_WAIT:
            seconds = round(asked.total_seconds())
            return Transient(message("{why} and asks to wait {seconds} seconds", why=why, seconds=seconds), after=asked)
        return Passing(why, after=asked, status=status)
    if status in _PASSING:
        return Passing(why, status=status)
    if status in (401, 403):
        why = message("{system} denies access (HTTP {status}): check the account", system=system, status=status)
    if response.is_redirect:
        why = message(
            "{system} refers to another address (HTTP {status}): check the configured one",
            system=system,
            status=status,
        )
    return Refused(why, status)


def no_json(headers: httpx.Headers, system: str) -> Message:
    """The reason for a successful reply whose body is no JSON."""
    if "html" in headers.get("Content-Type", "").lower():
        return message(
            "{system} answered with a web page, not with JSON: perhaps a login page, or a proxy on the way",
            system=system,
        )
    return message("{system} did not answer with complete JSON", system=system)
