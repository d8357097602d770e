"""Reading a change feed: pages of items, each with the token that requests what comes after it."""

from collections.abc import Callable, Iterator
from typing import Any

from lienthong import Cursor, Page, Record, Transient
from lienthong.connectors.protocols.http import Refused

_GONE = 410


def read(
    fetch: Callable[[str], Any], cursor: Cursor, record: Callable[[object], Record], system: str
) -> Iterator[Page]:
    """Yield the pages after the cursor `{"after": token}`, each with its cursor, until the feed has no more.

    HTTP 410 means that the feed was set up again and no longer knows the token: it is then read from its beginning, at
    most once a poll. Raises `Transient` for a reply of another shape, and when the feed gives the same token for ever.
    """
    after = str(cursor.get("after", ""))
    may_restart = True
    while True:
        try:
            items, following, more = _parts(fetch(after), system)
        except Refused as refused:
            if refused.status != _GONE or not after or not may_restart:
                raise
            after, may_restart = "", False
            continue
        if more and following == after:
            raise Transient(f"hệ thống {system} trả lại mãi cùng một trang thay đổi")
        after = following or after
        yield Page([record(item) for item in items], {"after": after})
        if not more:
            return


def _parts(reply: object, system: str) -> tuple[list[Any], str, bool]:
    """`items`, `next` and `more` of a reply. Raises `Transient` for a reply of another shape."""
    if isinstance(reply, dict):
        items, following, more = reply.get("items"), reply.get("next"), reply.get("more", False)
        token = "" if following is None else following
        if isinstance(items, list) and isinstance(more, bool) and isinstance(token, str | int) and (token or not more):
            return items, str(token), more
    raise Transient(f"hệ thống {system} trả lời không đúng dạng trang thay đổi")
