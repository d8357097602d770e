"""A replay of history: the events of a source once more through the routes of today, into what keeps state.

Nothing is published, announced or handed back, and no other sink gets anything. The run goes over its events twice:
first every row that they make no longer is taken back, then what they make is stored. Each page is one transaction,
with its entries and the position of the run. So a process that is killed goes on where it stopped, and does nothing
twice.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace

from lienthong.dead_letters.rate_limit import RateLimiter
from lienthong.errors import Transient
from lienthong.ledger.records import Entry
from lienthong.maintenance.history_plan import Passage, Plan, Standing, encoded, make_plan, standing
from lienthong.masking import mask_text
from lienthong.messages import in_ledger_language, message
from lienthong.outcome import Dead, Done, Later, Outcome
from lienthong.ports import LedgerTransaction
from lienthong.ports.history import History, HistoryRun, KeepsState, PastEvent, Tally
from lienthong.processing.stage import Stage

WITHDRAWN_AT_ONCE, RESTATED_AT_ONCE = 2_000, 500
"""Events in one transaction, and in memory, of the two passes. A look for rows to take back may read a whole table."""

TRIES = 5
"""How often a page is tried that another process disturbs, such as by a deadlock."""

Tell = Callable[[HistoryRun], None]
"""Called after each page, with how far the run is."""


@dataclass(frozen=True, slots=True)
class Ground:
    """Where a run is carried out. `records`: it is noted in the ledger; a trial on a copy of the store notes nothing.

    - `routes`: those of today that begin with the source. `sinks`: those that keep state, by stage.
    """

    routes: Sequence[Stage]
    sinks: Mapping[str, KeepsState]
    transaction: Callable[[], AbstractContextManager[LedgerTransaction]]
    records: bool = True


class HistoryReplay:
    """Carries out runs on one ground."""

    def __init__(self, history: History, ground: Ground, *, rate_limiter: RateLimiter, tell: Tell) -> None:
        self._history = history
        self._ground = ground
        self._rate_limiter = rate_limiter
        self._tell = tell

    def carry_out(self, run: HistoryRun, is_stopped: Callable[[], bool]) -> HistoryRun:
        """Go on with a run from where it is. Returns it as it is then: at its end, or stopped after a page.

        Raises `Transient` where a lookup cannot answer, or the database; then it may be called again.
        """
        if run.phase == "withdraw":
            run = self._pass(run, self._withdraw, WITHDRAWN_AT_ONCE, is_stopped)
            if is_stopped():
                return run
            run = replace(run, phase="restate", position=0)
        return self._pass(run, self._restate, RESTATED_AT_ONCE, is_stopped)

    def _pass(
        self,
        run: HistoryRun,
        work: Callable[[HistoryRun, Sequence[Plan]], HistoryRun],
        size: int,
        is_stopped: Callable[[], bool],
    ) -> HistoryRun:
        size = self._rate_limiter.max_batch(size)
        while not is_stopped():
            page = next(self._history.pages(run.of, after=run.position, last=run.last, size=size), None)
            if page is None:
                break
            if run.phase == "restate":
                self._rate_limiter.wait_to_send(len(page))
            run = self._try(run, work, page)
            self._tell(run)
        return run

    def _try(
        self, run: HistoryRun, work: Callable[[HistoryRun, Sequence[Plan]], HistoryRun], page: Sequence[PastEvent]
    ) -> HistoryRun:
        """Do one page, once more where another process has just acted on one of its events."""
        for _ in range(TRIES - 1):
            try:
                return work(replace(run, position=page[-1].number), list(self._plans(page)))
            except _Disturbed:
                page = next(self._history.pages(run.of, after=run.position, last=page[-1].number, size=len(page)))
        return work(replace(run, position=page[-1].number), list(self._plans(page)))

    def _plans(self, page: Sequence[PastEvent]) -> Iterator[Plan]:
        """What is to be done with each event, by what the routes make of it."""
        passages: dict[int, list[Passage]] = {event.number: [] for event in page}
        left: dict[int, set[Standing]] = {event.number: set() for event in page}
        for route in self._ground.routes:
            at_route = [(event, standing(event, route.name)) for event in page]
            can = [(event, was) for event, was in at_route if was in (Standing.AGAIN, Standing.NEVER)]
            for event, was in at_route:
                if was not in (Standing.AGAIN, Standing.NEVER):
                    left[event.number].add(was)
            given = [event.edited.get(route.name, event.envelope) for event, _ in can]
            with self._ground.transaction() as transaction:
                outcomes = [_carried(one) for one in route.handle(given, transaction)] if given else []
            for (event, was), outcome in zip(can, outcomes, strict=True):
                if isinstance(outcome, Later):
                    raise Transient(outcome.why)
                is_new = was is Standing.NEVER
                if not (is_new and isinstance(outcome, Dead)):  # what a new route does not want changes nothing
                    passages[event.number].append(Passage(route, outcome, is_new))
        for event in page:
            if left[event.number]:  # a stage before the sinks will decide, or a person: both do it for all sinks
                yield Plan(event, (), {}, frozenset(left[event.number]))
            else:
                yield make_plan(event, passages[event.number], tuple(self._ground.sinks))

    def _withdraw(self, run: HistoryRun, plans: Sequence[Plan]) -> HistoryRun:
        with self._ground.transaction() as transaction:
            for stage, sink in self._ground.sinks.items():
                kept = [plan.kept(stage) for plan in plans if plan.is_done and plan.sinks.get(stage) is Standing.AGAIN]
                if kept:
                    sink.withdraw(kept, transaction)
            if self._ground.records:
                self._history.advance(run, transaction)
        return run

    def _restate(self, run: HistoryRun, plans: Sequence[Plan]) -> HistoryRun:
        reason = in_ledger_language(message("history replayed, run {number}", number=run.number))
        with self._ground.transaction() as transaction:
            plans, seals = self._store(plans, transaction)
            run = replace(run, tally=run.tally.plus(count(plans)))
            if self._ground.records:
                entries = [
                    entry
                    for plan in plans
                    if plan.is_done
                    for entry in plan.entries(run, reason=reason, seals=seals.get(plan.event.number, {}))
                ]
                self._record(entries, transaction)
                self._history.advance(run, transaction)
        return run

    def _record(self, entries: Sequence[Entry], transaction: LedgerTransaction) -> None:
        if entries and len(transaction.record(entries)) < len(entries):
            raise _Disturbed

    def _store(
        self, plans: Sequence[Plan], transaction: LedgerTransaction
    ) -> tuple[Sequence[Plan], dict[int, dict[str, str]]]:
        """Store what the plans keep. Returns them, those refused that a sink refuses, and the seals by number."""
        refused: dict[int, str] = {}
        seals: dict[int, dict[str, str]] = {plan.event.number: {} for plan in plans}
        for stage, sink in self._ground.sinks.items():
            todo = [
                (plan.event.number, envelope)
                for plan in plans
                if plan.is_done and stage in plan.sinks
                for envelope in plan.kept(stage).envelopes
            ]
            outcomes = sink.restate([envelope for _, envelope in todo], transaction) if todo else ()
            for (number, _), outcome in zip(todo, outcomes, strict=True):
                if isinstance(outcome, Later):
                    raise Transient(outcome.why)
                if isinstance(outcome, Dead):
                    refused[number] = outcome.why
                elif isinstance(outcome, Done):
                    seals[number][stage] = outcome.seal
        found = [
            replace(plan, refused=refused[plan.event.number]) if plan.event.number in refused else plan
            for plan in plans
        ]
        return found, seals


def count(plans: Sequence[Plan]) -> Tally:
    """What was done with these events."""
    reasons: Counter[str] = Counter(mask_text(in_ledger_language(plan.refused)) for plan in plans if plan.refused)
    done = [plan for plan in plans if plan.is_done]
    return Tally(
        read=len(plans),
        redone=sum(any(was is Standing.AGAIN for was in plan.sinks.values()) for plan in done),
        added=sum(any(was is Standing.NEVER for was in plan.sinks.values()) for plan in done),
        taken_back=sum(not any(plan.kept(sink).envelopes for sink in plan.sinks) for plan in done),
        open=sum(Standing.OPEN in plan.left for plan in plans),
        dead=sum(Standing.DEAD in plan.left for plan in plans),
        discarded=sum(Standing.DISCARDED in plan.left for plan in plans),
        refused=sum(bool(plan.refused) for plan in plans),
        reasons=dict(reasons),
    )


def _carried(outcome: Outcome) -> Outcome:
    return replace(outcome, envelope=encoded(outcome.envelope)) if isinstance(outcome, Done) else outcome


class _Disturbed(Exception):  # noqa: N818 - ends a transaction, and is caught outside of it
    """The ledger has a newer entry of an event of the page."""
