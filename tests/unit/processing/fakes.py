"""Invented connectors that tests of this room share."""

import threading
from collections.abc import Iterable

from lienthong.errors import Transient
from lienthong.ports import Cursor, Page, Record

NOT_STOPPED = threading.Event()
"""A stop signal that is never set."""


class ListSource:
    """A source with the records that a test lists, two a page. It can fail after a number of records."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.down_after: int | None = None

    def poll(self, cursor: Cursor) -> Iterable[Page]:
        for start in range(0, len(self.names), 2):
            if self.down_after is not None and start >= self.down_after:
                raise Transient("nguồn không trả lời")
            records = [Record("test.event", name, {"name": name}) for name in self.names[start : start + 2]]
            yield Page(records, {"through": start + len(records)})
