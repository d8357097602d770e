"""The keyring: whose key a call came with. It is asked for every call, so what it found is kept for a moment."""

import threading
import time
from collections.abc import Callable
from datetime import datetime

from lienthong.access.clients import Client, KeyOwner
from lienthong.access.keys import is_key, is_same, marks_of
from lienthong.ports import Clients, Clock

KEPT_SECONDS = 2.0
"""How long what was found is kept: a removed client is refused that much later, at the most."""

MAX_KEPT = 10_000


class Keyring:
    """Finds the client of a key. Any number of threads may use it."""

    def __init__(self, clients: Clients, clock: Clock, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._clients = clients
        self._clock = clock
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._kept: dict[str, tuple[float, KeyOwner]] = {}
        self._used: dict[int, datetime] = {}

    def find(self, key: str) -> Client | None:
        """The client of a key that is accepted now; None for every other text. Raises `Transient`."""
        if not is_key(key):
            return None
        now, owner = self._clock.now(), self._owner(key)
        if owner is None or not owner.is_alive(now):
            return None
        with self._lock:
            self._used[owner.key.number] = now
        return owner.client

    def kept(self, key: str) -> Client | None:
        """The same without asking the database; None as well for a key that was not asked for a moment ago."""
        marks, now = marks_of(key), self._clock.now()
        with self._lock:
            until, owner = self._kept.get(marks.digest, (0.0, None))
            if owner is None or self._monotonic() >= until or not owner.is_alive(now):
                return None
            self._used[owner.key.number] = now
        return owner.client

    def note_used(self) -> None:
        """Write when keys were used, since this was called last. Raises `Transient`; then they are kept for later."""
        with self._lock:
            used, self._used = self._used, {}
        try:
            self._clients.note_used(used)
        except BaseException:
            with self._lock:
                self._used = used | self._used
            raise

    def _owner(self, key: str) -> KeyOwner | None:
        marks, now = marks_of(key), self._monotonic()
        with self._lock:
            until, kept = self._kept.get(marks.digest, (0.0, None))
        if kept is not None and now < until:
            return kept
        found = [one for one in self._clients.owners(marks.begin) if is_same(one.key.marks.digest, marks.digest)]
        with self._lock:
            if not found:
                self._kept.pop(marks.digest, None)
                return None
            if len(self._kept) >= MAX_KEPT:
                self._kept.clear()
            self._kept[marks.digest] = (now + KEPT_SECONDS, found[0])
        return found[0]
