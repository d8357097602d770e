"""What is noted of pushes: counted by each process that serves, and written now and then."""

import threading
from dataclasses import replace

from lienthong.ports import Clock, PushNotes, PushStatus


class CountedPushes:
    """Counts the pushes of one process. Any number of threads may use it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counted: dict[str, PushStatus] = {}

    def note_push(self, inbox: str, clock: Clock, *, new: int) -> None:
        """Count a push that was recorded; `new` of its records were."""
        now = clock.now()
        with self._lock:
            was = self._of(inbox)
            self._counted[inbox] = replace(was, pushes=was.pushes + 1, pushed_at=now, new_at=now if new else was.new_at)

    def note_refusal(self, inbox: str, clock: Clock, code: str) -> None:
        """Count a push that was not recorded, for the reason that `code` names."""
        with self._lock:
            was = self._of(inbox)
            self._counted[inbox] = replace(was, refused=was.refused + 1, refused_at=clock.now(), refusal=code)

    def write(self, notes: PushNotes) -> None:
        """Write what was counted since this was called last. Raises `Transient`; then it is kept for later."""
        with self._lock:
            counted, self._counted = self._counted, {}
        try:
            notes.add(list(counted.values()))
        except BaseException:
            with self._lock:
                for inbox, was in counted.items():
                    self._counted[inbox] = _sum(was, self._counted.get(inbox))
            raise

    def _of(self, inbox: str) -> PushStatus:
        return self._counted.get(inbox, PushStatus(inbox))


def _sum(was: PushStatus, since: PushStatus | None) -> PushStatus:
    if since is None:
        return was
    return PushStatus(
        was.inbox,
        was.pushes + since.pushes,
        was.refused + since.refused,
        since.pushed_at or was.pushed_at,
        since.new_at or was.new_at,
        since.refused_at or was.refused_at,
        since.refusal or was.refusal,
    )
