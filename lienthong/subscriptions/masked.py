"""Masked data of announcements, made once for all subscriptions of a process that get it masked."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence

MOST = 6
"""Announcements whose masked data is kept: subscriptions that are up to date read the same ones at the same time."""


class MaskedData:
    """By the number of an announcement, the masked data of its events as JSON. Any number of threads may use it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[int, Sequence[bytes | None]] = OrderedDict()

    def find(self, number: int, make: Callable[[], Sequence[bytes | None]]) -> Sequence[bytes | None]:
        """What is kept of an announcement; made by the first caller, while the others wait."""
        with self._lock:
            found = self._kept.get(number)
            if found is None:
                found = self._kept[number] = make()
            self._kept.move_to_end(number)
            while len(self._kept) > MOST:
                self._kept.popitem(last=False)
            return found
