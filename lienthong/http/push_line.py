"""Pushes to one inbox wait in line: those that came while one transaction was written share the next one.

So an inbox needs one connection to the database, however many push to it at once, and a commit is for all of them.
"""

import asyncio
from collections import deque
from collections.abc import Sequence

from anyio import CapacityLimiter, to_thread

from lienthong.intake.inbox import InboxIntake
from lienthong.intake.pushes import Answer, Pushed
from lienthong.requests.ledger_watch import LedgerWatch

MAX_EVENTS = 1000
"""Events of one transaction, beyond those of its first push."""

MAX_PUSHES = 200
"""Pushes of one transaction."""

PATIENCE_SECONDS = 8.0
"""How long a transaction with many records may take before the ledger counts as one that hangs."""


class PushLine:
    """The line of one inbox in this process."""

    def __init__(self, intake: InboxIntake, watch: LedgerWatch) -> None:
        self._intake = intake
        self._watch = watch
        self._waiting: deque[tuple[Pushed, asyncio.Future[Answer]]] = deque()
        self._work: asyncio.Task[None] | None = None
        self._limiter = CapacityLimiter(1)

    async def record(self, pushed: Pushed) -> Answer:
        """Wait until the push is in the ledger. Raises what `InboxIntake.record` does."""
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting.append((pushed, future))
        if self._work is None or self._work.done():
            self._work = asyncio.create_task(self._run())
        return await future

    async def _run(self) -> None:
        while self._waiting:
            line = self._next()
            pushes = [pushed for pushed, _ in line]
            try:
                answers = await to_thread.run_sync(self._record, pushes, limiter=self._limiter)
            except Exception as error:  # noqa: BLE001 - it is raised for each of those that wait
                for _, future in line:
                    if not future.done():
                        future.set_exception(error)
            else:
                for (_, future), answer in zip(line, answers, strict=True):
                    if not future.done():  # its caller may have stopped waiting
                        future.set_result(answer)

    def _next(self) -> Sequence[tuple[Pushed, asyncio.Future[Answer]]]:
        """The next pushes for which a caller still waits."""
        line: list[tuple[Pushed, asyncio.Future[Answer]]] = []
        events = 0
        while self._waiting and len(line) < MAX_PUSHES:
            if line and events + len(self._waiting[0][0].envelopes) > MAX_EVENTS:
                break
            pushed, future = self._waiting.popleft()
            if not future.done():
                line.append((pushed, future))
                events += len(pushed.envelopes)
        return line

    def _record(self, pushes: Sequence[Pushed]) -> Sequence[Answer]:
        with self._watch.call(patience=PATIENCE_SECONDS):
            return self._intake.record(pushes)
