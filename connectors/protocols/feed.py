"""Reading a change feed: pages of items, each with the token that requests what comes after it."""

from collections.abc import Callable, Iterator
from typing import Any

from lienthong import Cursor, Page, Record, Transient
from lienthong.connectors.protocols.http import Refused
from lienthong.connectors.protocols.lists import list_of, value_of
from lienthong.connectors.protocols.poll_limits import PollBudget, PollLimits, unfinished

_GONE = 410
_LONGEST_TOKEN = 4_000
"""Characters. A token travels in an address, and the cursor keeps it."""
_YES_OR_NO = {True: True, False: False, "true": True, "false": False, "1": True, "0": False, None: False}
_NO_LIMITS_GIVEN = PollLimits()


def read(
    fetch: Callable[[str], Any],
    cursor: Cursor,
    record: Callable[[object], Record],
    system: str,
    *,
    fields: frozenset[str] = frozenset(),
    limits: PollLimits = _NO_LIMITS_GIVEN,
) -> Iterator[Page]:
    """Yield the pages after the cursor `{"after": token}`, each with its cursor, until the feed has no more.

    - `fields`: names of fields of an item, by which an object in place of the list is known as a list of one.
    - HTTP 410 means that the feed was set up again and no longer knows the token: it is then read from its beginning,
      at most once a poll.
    - Raises `Transient` for a reply of another shape; after the page that names a token of this poll again, whose
      cursor stays before it; after two pages in a row with the same items; and at the limits of a poll.
    """
    after = str(cursor.get("after", ""))
    asked = {after}
    budget = PollBudget(limits)
    may_restart = True
    before: list[Any] = []
    while True:
        try:
            items, following, more = _parts(fetch(after), system, fields)
        except Refused as refused:
            if refused.status != _GONE or not after or not may_restart:
                raise
            after, may_restart, asked = "", False, {""}
            continue
        records = [record(item) for item in items]
        if more and (following in asked or (items and items == before)):
            yield Page(records, {"after": after} if after else cursor)
            raise Transient(f"hệ thống {system} trả lại mãi cùng một trang thay đổi, nên các trang sau chưa đọc được")
        after = following or after
        asked.add(after)
        before = items
        yield Page(records, {"after": after})
        if not more:
            return
        if not budget.spend(len(items)):
            raise unfinished(system)


def _parts(reply: object, system: str, fields: frozenset[str]) -> tuple[list[Any], str, bool]:
    """`items`, `next` and `more` of a reply. Raises `Transient` for a reply of another shape."""
    if isinstance(reply, dict):
        items = list_of(reply.get("items"), fields)
        token, more = _token(reply.get("next")), _yes_or_no(reply.get("more"))
        if items is not None and token is not None and more is not None and (token or not more):
            return items, token, more
    raise Transient(f"hệ thống {system} trả lời không đúng dạng trang thay đổi")


def _token(given: object) -> str | None:
    """A token as text, "" for none; None for what is no token."""
    token = value_of(given)
    if token is None:
        return ""
    if isinstance(token, bool) or not isinstance(token, str | int):
        return None
    text = str(token)
    return text if len(text) <= _LONGEST_TOKEN and text.isprintable() else None


def _yes_or_no(given: object) -> bool | None:
    value = value_of(given)
    name = value.strip().casefold() if isinstance(value, str) else value
    return _YES_OR_NO.get(name) if name is None or isinstance(name, str | int) else None
