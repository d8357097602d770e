"""The responder of a request: takes questions, answers those that wait together, and replies to each caller."""

import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import structlog

from lienthong.data.event_ids import draw_id
from lienthong.data.trace_context import Trace
from lienthong.envelope import Envelope
from lienthong.errors import Transient
from lienthong.messages import message
from lienthong.outcome import Dead, Later
from lienthong.ports import Clock
from lienthong.requests.again import Again, kept_replies
from lienthong.requests.answering import CLIENT, Answering, Attempt
from lienthong.requests.ledger_watch import LedgerWatch
from lienthong.requests.questions import Questions
from lienthong.requests.recording import Recorder, Verdict, judge, too_late
from lienthong.requests.replies import BUSY_SECONDS, Failed, Reply, Unavailable
from lienthong.settings import RequestSettings

THREADS = 2
"""Threads of each responder: while one waits for a lookup or for the disk, the other goes on."""

MAX_TOGETHER = 64
"""Questions that are answered together, at most."""

MAX_WAITING = 400
"""Questions that may wait at one responder. One more is refused at once: it would be too late anyway."""

CONTENTION_TRIES, OUTAGE_TRIES = 3, 2
"""How often a transaction is tried that another process was in the way of; and one that had a connection which the
database had closed meanwhile."""

FAILURES_ALONE = 2
"""Questions in a row that a lookup does not answer even when they are asked alone; then the others are left."""

Tell = Callable[[Reply], None]
"""Called once, from a thread of the responder. It must neither block nor raise."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Question:
    """A question that waits. `until`: from this moment of the monotonic clock on, its caller waits no more.

    `again`: its answer is kept, in the same transaction, for a caller that sends it again.
    """

    envelope: Envelope
    client: str
    until: float
    tell: Tell
    again: Again | None = None


class Responder:
    """Answers the questions of one request. Any number of threads may ask.

    - An answer is sent after the ledger's commit, so a caller that has one can prove it.
    - Questions that wait at the same moment pass the steps as one bundle, and are recorded in one transaction.
    - A question that is not answered in time is recorded where it can be: as dropped, with the reason.
    """

    def __init__(
        self,
        settings: RequestSettings,
        questions: Questions,
        answering: Answering,
        *,
        recorder: Recorder,
        watch: LedgerWatch,
        clock: Clock,
        monotonic: Callable[[], float] = time.monotonic,
        max_waiting: int = MAX_WAITING,
    ) -> None:
        self.settings = settings
        self.questions = questions
        self.watch = watch
        self._answering = answering
        self._recorder = recorder
        self._clock = clock
        self._monotonic = monotonic
        self.max_waiting = max_waiting
        self._waiting: deque[Question] = deque()
        self._changed = threading.Condition()
        self._threads: list[threading.Thread] = []
        self._is_closed = False

    @property
    def within(self) -> timedelta:
        """The time in which a question is answered."""
        return self.settings.within

    @property
    def waiting(self) -> int:
        """How many questions wait."""
        return len(self._waiting)

    def ask(
        self,
        fields: Mapping[str, Any],
        *,
        client: str,
        trace: Trace | None,
        until: float,
        tell: Tell,
        event_id: str = "",
        again: Again | None = None,
    ) -> str:
        """Put a question; returns the id of its event. Raises `Transient` when too many wait, or it is closed."""
        now = self._clock.now()
        event_id = event_id or draw_id()
        data = {**fields, CLIENT: client}
        source = self.settings.source
        envelope = Envelope(event_id, self.settings.type, source, event_id, now, now, data, *(trace or ()))
        with self._changed:
            if self._is_closed or len(self._waiting) >= self.max_waiting:
                why = message("too many questions wait at {request}", request=self.settings.name)
                raise Transient(why, after=timedelta(seconds=BUSY_SECONDS))
            if not self._threads:
                self._start()
            self._waiting.append(Question(envelope, client, until, tell, again))
            self._changed.notify()
        return event_id

    def close(self, seconds: float = 5.0) -> None:
        """Answer what waits, and end the threads. Those that do not end within `seconds` are left behind."""
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()
        until = self._monotonic() + seconds
        for thread in self._threads:
            thread.join(max(0.0, until - self._monotonic()))

    def _start(self) -> None:
        for number in range(THREADS):
            name = f"request.{self.settings.name}.{number + 1}"
            thread = threading.Thread(target=self._run, name=name, daemon=True)
            thread.start()
            self._threads.append(thread)

    def _run(self) -> None:
        while waiting := self._take():
            try:
                replies = self._answer(waiting)
            except BaseException as error:
                log.exception("undeclared error of a request", request=self.settings.name, error=type(error).__name__)
                replies = [Failed()] * len(waiting)
            for question, reply in zip(waiting, replies, strict=True):
                question.tell(reply)

    def _take(self) -> list[Question]:
        """The questions that wait, the oldest first; none when the responder is closed and nothing waits any more."""
        with self._changed:
            while not self._waiting and not self._is_closed:
                self._changed.wait()
            return [self._waiting.popleft() for _ in range(min(len(self._waiting), MAX_TOGETHER))]

    def _answer(self, questions: Sequence[Question]) -> Sequence[Reply]:
        now = self._monotonic()
        timely = [question for question in questions if now < question.until]
        attempts = iter(self._attempt(timely))
        done = self._monotonic()
        verdicts = []
        for question in questions:
            verdict = judge(next(attempts)) if now < question.until else too_late()
            verdicts.append(verdict if done < question.until else too_late())
        return self._record(questions, verdicts)

    def _attempt(self, questions: Sequence[Question]) -> Sequence[Attempt]:
        """Answer together; and alone, while there is time, those that a lookup did not answer.

        It may be the key of one question that a lookup cannot cope with, or a connection that was closed meanwhile. Two
        failures in a row show that it is down.
        """
        if not questions:
            return ()
        began = self._monotonic()
        attempts = self._answering.answer([question.envelope for question in questions])
        took, failures = self._monotonic() - began, 0
        for place, question in enumerate(questions):
            outcome = attempts[place].outcome
            is_worth_it = isinstance(outcome, Later) and (len(questions) > 1 or outcome.delay is None)
            if is_worth_it and failures < FAILURES_ALONE and self._monotonic() + took < question.until:
                (attempts[place],) = self._answering.answer([question.envelope])
                failures = failures + 1 if isinstance(attempts[place].outcome, Later) else 0
        return attempts

    def _record(self, questions: Sequence[Question], verdicts: Sequence[Verdict], tries: int = 1) -> Sequence[Reply]:
        """Record the verdicts; the replies that can be given then. One question that cannot be kept costs itself."""
        try:
            with self.watch.call():
                self._recorder.record(
                    [question.envelope for question in questions],
                    verdicts,
                    [question.client for question in questions],
                    kept_replies([question.again for question in questions], [one.reply for one in verdicts]),
                )
        except Transient as down:
            if tries < (OUTAGE_TRIES if down.outage else CONTENTION_TRIES):
                return self._record(questions, verdicts, tries + 1)
            if not down.outage and len(questions) > 1:
                return self._record_apart(questions, verdicts)
            after = down.after.total_seconds() if down.after else None
            return [Unavailable(after) if after else Unavailable()] * len(questions)
        except Exception as error:  # noqa: BLE001 - judged where the guilty one is alone
            if len(questions) > 1:
                return self._record_apart(questions, verdicts)
            return self._bury(questions, verdicts[0], error)
        return [verdict.reply for verdict in verdicts]

    def _record_apart(self, questions: Sequence[Question], verdicts: Sequence[Verdict]) -> Sequence[Reply]:
        half = len(questions) // 2
        first = self._record(questions[:half], verdicts[:half])
        return [*first, *self._record(questions[half:], verdicts[half:])]

    def _bury(self, questions: Sequence[Question], verdict: Verdict, error: Exception) -> Sequence[Reply]:
        """A question that could not be recorded as it is becomes a dead letter, if even that can be recorded."""
        kind, event_id = type(error).__name__, questions[0].envelope.id
        log.exception("a question cannot be recorded", request=self.settings.name, event_id=event_id, error=kind)
        if isinstance(verdict.outcome, Dead):
            return [Failed()]
        why = message("undeclared error while the event was handled: {error}", error=kind)
        return self._record(questions, [Verdict(Dead(why, kind), Failed())])
