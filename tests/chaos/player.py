"""Shows the stream on the source's clock, wave after wave, and can set this clock wrong for a moment."""

from itertools import accumulate

from tests.services.ledger_check import LedgerCheck
from tests.services.processes import Sandbox
from tests.services.stream import Stream


class StreamPlayer:
    """Shows each wave once the waves before it were received."""

    def __init__(self, stream: Stream, sandbox: Sandbox, check: LedgerCheck) -> None:
        self._stream = stream
        self._sandbox = sandbox
        self._check = check
        self._waves = 0
        self._ends = [0, *accumulate(map(len, stream.waves))]

    def start(self) -> int:
        """How many events were received when the wave that is shown now began."""
        return self._ends[max(self._waves - 1, 0)]

    def end(self) -> int:
        """How many events were received at its end."""
        return self._ends[self._waves]

    def is_last(self) -> bool:
        """Whether the last wave is shown."""
        return self._waves == len(self._stream.waves)

    def is_received(self) -> bool:
        """Whether all that is shown was received."""
        return self._check.received() >= self.end()

    def follow(self) -> bool:
        """Show the next wave if all waves before it were received. Returns whether this or the last one is shown."""
        if self.is_last():
            return True
        if not self.is_received():
            return False
        self._waves += 1
        self.set_right()
        return True

    def set_back(self) -> None:
        """Set the clock back by one wave: each dossier of this wave shows the version before.

        By more waves, the newest version that can be stored would depend on what was read meanwhile.
        """
        self._sandbox.set_clock(self._stream.moments[max(self._waves - 2, 0)])

    def set_right(self) -> None:
        self._sandbox.set_clock(self._stream.moments[self._waves - 1])
