"""Tells operators how this process is: every few seconds, what has changed at its sources and stages.

The status is kept in memory by pollers and workers, so polls and deliveries cost nothing more.
"""

import os
import socket
import threading
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import structlog

from lienthong.errors import Transient
from lienthong.intake.poller import Poller
from lienthong.masking import mask_text
from lienthong.messages import in_ledger_language
from lienthong.ports import ProcessStatus, SourceStatus, StageCondition, StatusBoard
from lienthong.ports.status import NOTHING_SPENT, Spent, TimeKey
from lienthong.processing.worker import Worker

TICK_SECONDS = 5.0
"""Between two looks at what has changed."""

HEARTBEAT = timedelta(seconds=15)
"""How often a process is written of which nothing has changed."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Reported:
    """What the board has of this process, by name."""

    sources: dict[str, SourceStatus]
    stages: dict[str, StageCondition]
    times: Mapping[TimeKey, Spent]


class StatusReporter:
    """Writes the status of one process. `resume` is called with a stage that an operator resumes.

    A board that cannot be written stops no work: it is logged once, and tried again.
    """

    def __init__(
        self,
        board: StatusBoard,
        pollers: Sequence[Poller],
        workers: Sequence[Worker],
        *,
        role: str,
        resume: Callable[[str], None],
    ) -> None:
        now = datetime.now(UTC)
        self._board = board
        self._pollers = pollers
        self._workers = workers
        self._resume = resume
        self._process = ProcessStatus(
            process=uuid.uuid4().hex, pid=os.getpid(), host=socket.gethostname(), role=role, began_at=now, seen_at=now
        )
        self._reported = Reported({}, {}, {})
        self._is_written = False
        self._trouble = ""

    def run(self, stop: threading.Event) -> None:
        """Report until `stop` is set."""
        while True:
            self.report()
            if stop.wait(TICK_SECONDS):
                return

    def report(self, *, ended: bool = False) -> None:
        """Write what has changed; `ended`: the last time."""
        try:
            self._save(ended=ended)
            if any(condition.halted_since for condition in self._reported.stages.values()):
                for stage in self._board.take_resumes(self._process.process):
                    self._resume(stage)
        except Transient as down:
            self._note_trouble(down.why)
        except Exception as error:  # noqa: BLE001 - the work goes on without its status
            self._note_trouble(f"{type(error).__name__}: {error}")
        else:
            self._trouble = ""

    def _save(self, *, ended: bool) -> None:
        now = datetime.now(UTC)
        sources = {poller.name: poller.log.status for poller in self._pollers}
        stages = {condition.stage: condition for condition in self._conditions()}
        changed_sources = [one for name, one in sources.items() if one != self._reported.sources.get(name)]
        changed_stages = [one for name, one in stages.items() if one != self._reported.stages.get(name, _calm(name))]
        is_due = now - self._process.seen_at >= HEARTBEAT
        times = self._times()
        # Times alone wait for the next heartbeat: on a busy bus they change all the time.
        if not (changed_sources or changed_stages or is_due or ended or not self._is_written):
            return
        process = replace(self._process, seen_at=now, ended_at=now if ended else None)
        self._board.save(
            process,
            [self._since_reported(one) for one in changed_sources if one.first_at is not None],
            [_in_words(replace(one, process=process.process)) for one in changed_stages],
            _since(self._reported.times, times),
        )
        self._process, self._reported, self._is_written = process, Reported(sources, stages, times), True

    def _times(self) -> Mapping[TimeKey, Spent]:
        """How long the stages took since the start: of the worker of a queue and of its quarantine together."""
        found: dict[TimeKey, Spent] = {}
        for worker in self._workers:
            for key, spent in worker.times.sums().items():
                before = found.get(key, NOTHING_SPENT)
                found[key] = Spent(before.bundles + spent.bundles, before.seconds + spent.seconds)
        return found

    def _conditions(self) -> Iterator[StageCondition]:
        """One for each stage: the worker of its queue and the one of its quarantine together."""
        by_stage: dict[str, StageCondition] = {}
        for worker in self._workers:
            found = worker.watch.condition()
            by_stage[found.stage] = _together(by_stage[found.stage], found) if found.stage in by_stage else found
        yield from by_stage.values()

    def _since_reported(self, status: SourceStatus) -> SourceStatus:
        before = self._reported.sources.get(status.source, SourceStatus(source=status.source))
        return replace(
            status,
            why=mask_text(in_ledger_language(status.why)),
            shown_total=status.shown_total - before.shown_total,
            new_total=status.new_total - before.new_total,
            process=self._process.process,
        )

    def _note_trouble(self, why: str) -> None:
        if why != self._trouble:
            log.warning("the status of this process cannot be written", why=why)
        self._trouble = why


def _since(before: Mapping[TimeKey, Spent], now: Mapping[TimeKey, Spent]) -> Mapping[TimeKey, Spent]:
    """What was added."""
    added = {}
    for key, spent in now.items():
        old = before.get(key, NOTHING_SPENT)
        if spent.bundles > old.bundles:
            added[key] = Spent(spent.bundles - old.bundles, spent.seconds - old.seconds)
    return added


def _calm(stage: str) -> StageCondition:
    return StageCondition(stage=stage)


def _together(one: StageCondition, other: StageCondition) -> StageCondition:
    down = one if one.down_since else other
    halted = one if one.halted_since else other
    waiting = other if one.next_try_at is None or (other.next_try_at and other.next_try_at < one.next_try_at) else one
    return StageCondition(
        stage=one.stage,
        down_since=down.down_since,
        down_why=down.down_why,
        probe_at=down.probe_at,
        halted_since=halted.halted_since,
        halted_why=halted.halted_why,
        waiting_why=waiting.waiting_why,
        next_try_at=waiting.next_try_at,
    )


def _in_words(condition: StageCondition) -> StageCondition:
    return replace(
        condition,
        down_why=mask_text(in_ledger_language(condition.down_why)),
        halted_why=in_ledger_language(condition.halted_why),
        waiting_why=mask_text(in_ledger_language(condition.waiting_why)),
    )
