"""Corrections: what a stage has recorded of an event is true, also where the route before has decided otherwise.

A route publishes an event and records it afterwards. Killed in between, it handles the event again, and may then decide
otherwise: its configuration was changed meanwhile, a lookup has other data, a step is not pure. The event is dead or
dropped then, and delivered as well; its sink has an entry for which nothing was passed on. Such events are found by the
kept sums (`ended_twice`), so looking for them costs nothing as long as there are none.
"""

from collections.abc import Mapping, Sequence

import structlog

from lienthong.errors import Transient
from lienthong.ledger.double_entry import PASSING_ON
from lienthong.ledger.records import FINAL_VERDICTS, PARKED_VERDICTS, Contradiction, Entry, Verdict
from lienthong.messages import in_ledger_language, message
from lienthong.outcome import Done, Later
from lienthong.ports import Ledger
from lienthong.processing.stage import Stage

log = structlog.get_logger(__name__)


class Corrections:
    """Corrects one event after the other. Of several processes one at a time does it.

    - A dead event is replayed and done: its letter is closed. The other sinks that the route has for it count as
      passed on to as well: a message that was never published is missed there and published again.
    - Beside any other verdict the route gets the entry `passed`.

    An event that no configured route explains stays as it is, and the balance names it.
    """

    def __init__(self, stages: Mapping[str, Stage], ledger: Ledger) -> None:
        self._stages = stages
        self._ledger = ledger
        self._unexplained: Mapping[tuple[str, str], int] = {}

    def run(self) -> int:
        """Look once; returns the number of events that were corrected. Raises `Transient`; also
        when one event waits for a lookup, after all others were corrected.

        Nothing is done while a restored ledger waits for an operator (`lienthong adopt`).
        """
        if self._ledger.ended_twice() == self._unexplained:
            return 0
        with self._ledger.lease("corrections") as ours:
            if not ours or self._ledger.identity().restored_at is not None:
                return 0
            self._ledger.keep_sums()
            found = self._ledger.ended_twice()
            corrected, waiting = 0, None
            for event in (one for source, day in found for one in self._ledger.contradictions(source, day)):
                try:
                    corrected += self._correct(event)
                except _NotYet as unknown:  # it keeps no other event from its correction
                    waiting = unknown
            self._ledger.keep_sums()
            if waiting is not None:
                raise waiting
            self._unexplained = self._ledger.ended_twice()
            return corrected

    def _correct(self, event: Contradiction) -> bool:
        passed_on = {name for entry in event.entries if entry.verdict in PASSING_ON for name in entry.to}
        extra = {entry.stage for entry in event.entries if entry.verdict != "received"} - passed_on
        for stage in self._stages.values():
            to = tuple(name for name in stage.to if name in extra)
            last = _last_at(event, stage.name)
            if not to or last is None:
                continue
            letter = event.letters.get(stage.name)
            if last.verdict in PARKED_VERDICTS and letter is not None:
                return self._revive(event, stage, last, letter=letter, to=to)
            if last.verdict in FINAL_VERDICTS - PARKED_VERDICTS:
                return self._record([_entry(last, "passed", to, to)])
        return False

    def _revive(self, event: Contradiction, stage: Stage, last: Entry, *, letter: int, to: tuple[str, ...]) -> bool:
        """Close the letter of an event that is dead at `stage`, and that the stages `to` have."""
        with self._ledger.transaction() as transaction:
            (outcome,) = stage.handle([event.event], transaction)
        if isinstance(outcome, Later):
            raise _NotYet(outcome.why)
        wanted = stage.destinations(outcome) if isinstance(outcome, Done) else stage.to
        replayed = _entry(last, "replayed", to)
        done = _entry(replayed, "done", to, [name for name in stage.to if name in to or name in wanted])
        return self._record([replayed, done], letter=letter)

    def _record(self, entries: Sequence[Entry], letter: int | None = None) -> bool:
        """False when another process or an operator has just acted on the event."""
        try:
            with self._ledger.transaction() as transaction:
                if letter is not None and not transaction.unpark(letter, "replayed"):
                    return False
                if len(transaction.record(entries)) < len(entries):
                    raise _Overtaken
        except _Overtaken:
            return False
        last = entries[-1]
        log.warning("an event was passed on besides its verdict", event_id=last.event_id, stage=last.stage, to=last.to)
        return True


class _NotYet(Transient):
    """It is not known now where an event goes, because a lookup does not answer."""


class _Overtaken(Exception):  # noqa: N818 - ends a transaction, and is caught outside of it
    """The ledger has a newer entry."""


def _last_at(event: Contradiction, stage: str) -> Entry | None:
    """The last entry of an event at a stage."""
    return next((entry for entry in reversed(event.entries) if entry.stage == stage), None)


def _entry(last: Entry, verdict: Verdict, known_to: Sequence[str], to: Sequence[str] = ()) -> Entry:
    """What follows on an entry, because the stages `known_to` have the event."""
    why = message(
        "{stages} has this event: an attempt that ended before it was recorded had passed it on",
        stages=", ".join(known_to),
    )
    return last._replace(
        turn=last.turn + 1, verdict=verdict, reason=in_ledger_language(why), to=tuple(to), who="", at=None, seal=""
    )
