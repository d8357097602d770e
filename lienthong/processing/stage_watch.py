"""What a worker knows of its stage, for operators: which events wait and why, whether the target is down, a halt."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from lienthong.envelope import Bundle
from lienthong.ledger.records import Entry
from lienthong.ports import Clock
from lienthong.ports.status import StageCondition
from lienthong.processing.circuit_breaker import CircuitBreaker

REMEMBERED_TRIES = 1000
"""Moments of next tries that are remembered, at most."""

SAME = timedelta(seconds=2)
"""Two computed begins of an outage that differ by less are one."""


class StageWatch:
    """Written by the worker's thread, read by the one that reports. Costs nothing while no event has to wait."""

    def __init__(self, stage: str, clock: Clock, breaker: CircuitBreaker) -> None:
        self._stage = stage
        self._clock = clock
        self._breaker = breaker
        self._waiting_why = ""
        self._tries: list[datetime] = []
        self._halt: tuple[datetime, str] | None = None
        self._down: datetime | None = None

    @property
    def is_down(self) -> bool:
        """Whether the target counts as down. Then deliveries wait in this process, and no queue has them."""
        return self._breaker.is_open

    def note_waits(self, bundles: Sequence[Bundle], entries: Sequence[Entry]) -> None:
        """Note the events among these that wait for another try, and the reason of the first one."""
        waits = {bundle.wait for bundle in bundles if bundle.wait}
        if waits:
            now = self._clock.now()
            self._tries = [*(due for due in self._tries if due > now), *(now + wait for wait in waits)]
            self._tries = sorted(self._tries)[:REMEMBERED_TRIES]
            self._waiting_why = next((entry.reason for entry in entries if entry.verdict == "later"), "")

    def note_halt(self, why: str) -> None:
        """The stage halts."""
        self._halt = (self._clock.now(), why)

    def note_start(self) -> None:
        """The stage works again."""
        self._halt = None

    def condition(self) -> StageCondition:
        """How the stage is now."""
        now = self._clock.now()
        due = next((due for due in self._tries if due > now), None)
        pause = self._breaker.pause()
        return StageCondition(
            stage=self._stage,
            down_since=self._down_since(now),
            down_why=self._breaker.why if self._breaker.is_open else "",
            probe_at=_whole_second(now + timedelta(seconds=pause)) if pause else None,
            halted_since=self._halt[0] if self._halt else None,
            halted_why=self._halt[1] if self._halt else "",
            waiting_why=self._waiting_why if due else "",
            next_try_at=due,
        )

    def _down_since(self, now: datetime) -> datetime | None:
        """Kept as it was first computed, so that nothing is written while nothing changes."""
        open_for = self._breaker.open_for()
        if open_for is None:
            self._down = None
        else:
            since = now - timedelta(seconds=open_for)
            if self._down is None or abs(since - self._down) > SAME:
                self._down = since
        return self._down


def _whole_second(moment: datetime) -> datetime:
    """Without fractions, so that the same moment computed twice is equal and nothing is written for it."""
    return (moment + timedelta(milliseconds=500)).replace(microsecond=0)
