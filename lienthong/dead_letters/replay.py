"""Replays a frozen set of dead letters to the stages they died at.

Each part is recorded first and then published: when the process dies in between, the ledger holds the part as open.
"""

from array import array
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from lienthong.dead_letters.actions import LETTERS_PER_TRANSACTION, close_letters, in_batches, keep_sums
from lienthong.dead_letters.actor import Actor
from lienthong.dead_letters.model import LetterStore, ReplayPart, ReplayRun
from lienthong.dead_letters.rate_limit import RateLimiter
from lienthong.dead_letters.replay_set import ReplaySet
from lienthong.envelope import Bundle, Envelope
from lienthong.ledger.records import DeadLetter
from lienthong.messages import in_ledger_language, message, message_n
from lienthong.ports import Broker
from lienthong.processing.oversize import publish_bundles
from lienthong.processing.worker import RETRY_DELAY

WaitForOutcomes = Callable[[Sequence[int]], None]
"""Return when the letters with these numbers, just published, have ended or wait for a later attempt."""


ObserveReplay = Callable[[ReplayRun], str]
"""Called after each part. A sentence that it returns is why the replay stops; "" lets it go on."""


@dataclass(frozen=True, slots=True)
class ReplayOptions:
    """How careful a replay is; 0 disables either.

    - `canary`: the number of letters that are replayed before the others, which follow only if none of these dies.
    - `stop_on`: the number of new deaths after which the replay stops. No more letters than that are sent at once.
    """

    canary: int = 0
    stop_on: int = 0


class Replay:
    """One replay of one set."""

    def __init__(
        self,
        letter_store: LetterStore,
        broker: Broker,
        *,
        options: ReplayOptions,
        rate_limiter: RateLimiter,
        who: Actor,
        wait_for_outcomes: WaitForOutcomes,
        observe: ObserveReplay = lambda _: "",
    ) -> None:
        self._letter_store = letter_store
        self._broker = broker
        self._options = options
        self._rate_limiter = rate_limiter
        self._who = who
        self._wait_for_outcomes = wait_for_outcomes
        self._observe = observe
        self._unfinished: array[int] = array("q")
        self._parts = 0

    def run(self, replay_set: ReplaySet) -> ReplayRun:
        """Replay the set and wait for its outcomes. Returns the result, which is also stored."""
        run = self._begin(replay_set)
        position = 0
        while position < replay_set.count and not run.stopped:
            size = self._part_size(position, run)
            self._rate_limiter.wait_to_send(size)
            run = self._send(run, replay_set, replay_set.numbers[position : position + size])
            position += size
            asked_to_stop = self._observe(run)
            if position <= self._options.canary or self._options.stop_on:
                run = self._count_outcomes(run)
                if position < replay_set.count:
                    run = replace(run, stopped=self._stop_reason(run, position))
            if asked_to_stop and position < replay_set.count:
                run = replace(run, stopped=run.stopped or asked_to_stop)
        return self._end(self._count_outcomes(run))

    def _begin(self, replay_set: ReplaySet) -> ReplayRun:
        run = ReplayRun(
            number=0,
            digest=replay_set.digest,
            count=replay_set.count,
            who=str(self._who),
            began_at=self._letter_store.clock.now(),
        )
        with self._letter_store.ledger.transaction() as transaction:
            return replace(run, number=self._letter_store.replays.begin(run, transaction))

    def _end(self, run: ReplayRun) -> ReplayRun:
        run = replace(run, ended_at=self._letter_store.clock.now())
        with self._letter_store.ledger.transaction() as transaction:
            self._letter_store.replays.end(replace(run, stopped=in_ledger_language(run.stopped)), transaction)
        return run

    def _part_size(self, position: int, run: ReplayRun) -> int:
        size = LETTERS_PER_TRANSACTION
        if position < self._options.canary:
            size = min(size, self._options.canary - position)
        if self._options.stop_on:
            size = min(size, self._options.stop_on - run.died)
        return self._rate_limiter.max_batch(size)

    def _stop_reason(self, run: ReplayRun, position: int) -> str:
        """Why the replay must stop after `position` letters; "" when it may go on."""
        if self._options.stop_on and run.died >= self._options.stop_on:
            return message_n("{count} letter died again", "{count} letters died again", count=run.died)
        if position > self._options.canary:
            return ""
        if run.died:
            return message("of the {canary} letters sent first, {died} died again", canary=position, died=run.died)
        if run.waiting and position == self._options.canary:
            return message(
                "of the {canary} letters sent first, {waiting} wait for a later attempt, so the result is not known",
                canary=position,
                waiting=run.waiting,
            )
        return ""

    def _count_outcomes(self, run: ReplayRun) -> ReplayRun:
        """Wait for the outcomes of the letters sent, and count them. Letters that still wait are counted again."""
        self._wait_for_outcomes(self._unfinished)
        waiting: array[int] = array("q")
        died = run.died
        for numbers in in_batches(self._unfinished):
            for number, fate in self._letter_store.letters.fates(numbers).items():
                if fate == "died":
                    died += 1
                elif fate == "waiting":
                    waiting.append(number)
        self._unfinished = waiting
        return replace(run, died=died, waiting=len(waiting))

    def _send(self, run: ReplayRun, replay_set: ReplaySet, numbers: Sequence[int]) -> ReplayRun:
        """Record and publish those letters that are as they were when the set was frozen."""
        letter_store = self._letter_store
        letters = self._load_unchanged(replay_set, numbers)
        reason = message("replay {number}, set {digest}", number=run.number, digest=run.digest[:12])
        with letter_store.ledger.transaction() as transaction:
            turns = close_letters(letter_store, letters, transaction, verdict="replayed", who=self._who, reason=reason)
            part = ReplayPart(run.number, self._parts, tuple(turns.items()))
            if turns:
                letter_store.replays.record_part(part, letter_store.clock.now(), transaction)
        self._parts += 1
        self._unfinished.extend(turns)
        if turns:
            closed = [letter for letter in letters if letter.number in turns]
            publish_part(letter_store, self._broker, part=part, letters=closed)
            keep_sums(letter_store)
        return replace(run, sent=run.sent + len(turns))

    def _load_unchanged(self, replay_set: ReplaySet, numbers: Sequence[int]) -> Sequence[DeadLetter]:
        letters = self._letter_store.letters
        unchanged = {
            summary.number
            for summary in letters.summaries(numbers)
            if summary.edit == replay_set.edits.get(summary.number, "")
        }
        return [letter for letter in letters.load(numbers) if letter.number in unchanged]


def publish_part(letter_store: LetterStore, broker: Broker, *, part: ReplayPart, letters: Sequence[DeadLetter]) -> None:
    """Publish letters of a part to the stages they died at, in the turn after their `replayed` entry.

    Then the part is marked as published.
    """
    turns = dict(part.letters)
    by_stage: dict[tuple[str, int], list[Envelope]] = defaultdict(list)
    for letter in letters:
        by_stage[letter.stage, turns[letter.number] + 1].append(letter.envelope)
    while not broker.has_room():
        broker.wait_for_change(RETRY_DELAY)
    if by_stage:
        bundles = [Bundle(stage, tuple(envelopes), turn) for (stage, turn), envelopes in by_stage.items()]
        publish_bundles(bundles, broker=broker, ledger=letter_store.ledger, clock=letter_store.clock)
    with letter_store.ledger.transaction() as transaction:
        letter_store.replays.mark_published(part, transaction)
