"""`run --until-done`: polls all sources side by side, each until it has shown everything it has."""

import time
from collections.abc import Callable, Sequence
from datetime import timedelta

from lienthong.errors import Transient
from lienthong.intake.poller import GATE_INTERVAL, Poll, Poller
from lienthong.masking import mask_text
from lienthong.messages import message
from lienthong.runtime.runner import Runner
from lienthong.runtime.threads import Call

LOOK_INTERVAL = timedelta(milliseconds=20)
"""How often it is looked whether a poll has ended."""


class SideBySide:
    """Polls, so that a source which is slow or never ends holds up no other.

    A source that waits for others is looked at every `GATE_INTERVAL`. When all other polls have ended, everything is
    handled and it still has to wait, it waits in vain. `silent` are the sources without an answer, with the reason.
    """

    def __init__(
        self, pollers: Sequence[Poller], runner: Runner, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self.silent: list[str] = []
        self._runner = runner
        self._monotonic = monotonic
        self._running: dict[Poller, Call[Poll]] = {poller: runner.begin_poll(poller) for poller in pollers}
        self._waiting: dict[Poller, Sequence[str]] = {}
        self._handled = False
        self._look_at = 0.0

    def run(self) -> None:
        """Return when nothing is left to do, or when the process is asked to stop. Raises what `Runner.drain` does."""
        stop = self._runner.stop
        while (self._running or self._waiting) and not stop.is_set():
            for poller in [poller for poller, call in self._running.items() if call.has_ended]:
                self._note(poller, self._running.pop(poller))
            if not self._running:
                if self._waiting and self._handled:
                    self.silent += [_not_polled(poller.name, awaited) for poller, awaited in self._waiting.items()]
                    return
                self._runner.drain(lambda: False)
                self._handled, self._look_at = True, 0.0
            if self._waiting and self._monotonic() >= self._look_at:
                self._begin(*self._waiting)
            stop.wait(LOOK_INTERVAL.total_seconds() if self._running else 0)
        for poller, call in list(self._running.items()):
            self._note(poller, call)
        self._runner.drain(lambda: False)

    def _begin(self, *pollers: Poller) -> None:
        self._look_at = self._monotonic() + GATE_INTERVAL.total_seconds()
        for poller in pollers:
            self._waiting.pop(poller, None)
            self._running[poller] = self._runner.begin_poll(poller)

    def _note(self, poller: Poller, call: Call[Poll]) -> None:
        try:
            poll = self._runner.end_poll(call)
        except Transient as error:
            self.silent.append(f"{poller.name} ({mask_text(error.why)})")
            return
        if poll.awaited:
            self._waiting[poller] = poll.awaited
            return
        self._handled = False
        if poll.more and not self._runner.stop.is_set():
            self._running[poller] = self._runner.begin_poll(poller)


def _not_polled(name: str, awaited: Sequence[str]) -> str:
    why = message("not polled before {sources} has been read once to its end", sources=", ".join(awaited))
    return f"{name} ({why})"
