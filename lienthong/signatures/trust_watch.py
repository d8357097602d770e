"""The trust folder as it is now: read again when a file in it has changed."""

import threading
from pathlib import Path

from lienthong.signatures.trust import Trust, load_trust

_Stamp = frozenset[tuple[str, int, int]]


class WatchedTrust:
    """A trust folder of a process that runs for weeks, while operators put new CRLs into it. Any thread may use it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._guard = threading.Lock()
        self._stamp: _Stamp = frozenset()
        self._trust: Trust | None = None

    def current(self) -> Trust:
        """The trust as the folder has it now. Raises `Misconfigured` where it is not sound, until it is."""
        stamp = _stamp_of(self.folder)
        with self._guard:
            if self._trust is None or stamp != self._stamp:
                self._trust = None
                self._trust = load_trust(self.folder)
                self._stamp = stamp
            return self._trust


def _stamp_of(folder: Path) -> _Stamp:
    """What changes when a file is written, replaced, added or removed."""
    found = []
    for path in (folder, *folder.glob("*"), *folder.glob("*/*")):
        try:
            status = path.stat()
        except OSError:  # removed meanwhile
            continue
        found.append((str(path), status.st_mtime_ns, status.st_size))
    return frozenset(found)
