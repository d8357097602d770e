"""Sending a frozen set back to the stages its letters died at, carefully.

Each part is recorded first and then published: should the process die in between, the ledger knows it to be open.
"""

from array import array
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from lienthong.dead_letters.actions import LETTERS_PER_TRANSACTION, close_letters
from lienthong.dead_letters.actor import Actor
from lienthong.dead_letters.model import LetterStore, ReplayPart, ReplayRun
from lienthong.dead_letters.rate_limit import RateLimiter
from lienthong.dead_letters.replay_set import ReplaySet
from lienthong.envelope import Bundle, Envelope
from lienthong.ledger.records import DeadLetter
from lienthong.ports import Broker
from lienthong.processing.worker import RETRY_DELAY

WaitForOutcomes = Callable[[Sequence[int]], None]
"""Return when the letters of these numbers, just published, have ended or wait for a later try."""


@dataclass(frozen=True, slots=True)
class ReplayOptions:
    """`canary`: so many go first, and the others only if all of them ended well. `stop_on`: stop when so many died
    again; never more than so many are then at risk at once. 0 for neither."""

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
    ) -> None:
        self._letter_store = letter_store
        self._broker = broker
        self._options = options
        self._rate_limiter = rate_limiter
        self._who = who
        self._wait_for_outcomes = wait_for_outcomes
        self._watched: array[int] = array("q")
        self._parts = 0

    def run(self, frozen: ReplaySet) -> ReplayRun:
        """Send the set and wait until it is at rest. The record says how far it went, and why not to the end."""
        letter_store = self._letter_store
        run = ReplayRun(0, frozen.digest, frozen.count, str(self._who), letter_store.clock.now())
        with letter_store.ledger.transaction() as transaction:
            run = replace(run, number=letter_store.replays.begin(run, transaction))
        place = 0
        while place < frozen.count and not run.stopped:
            size = self._size(place, run)
            self._rate_limiter.wait_to_send(size)
            run = replace(run, sent=run.sent + self._send(run, frozen, frozen.numbers[place : place + size]))
            place += size
            if place <= self._options.canary or self._options.stop_on:
                run = self._looked_at(run)
                if place < frozen.count:
                    run = replace(run, stopped=self._why_stop(run, place))
        run = replace(self._looked_at(run), ended_at=letter_store.clock.now())
        with letter_store.ledger.transaction() as transaction:
            letter_store.replays.end(run, transaction)
        return run

    def _size(self, place: int, run: ReplayRun) -> int:
        size = LETTERS_PER_TRANSACTION
        if place < self._options.canary:
            size = min(size, self._options.canary - place)
        if self._options.stop_on:
            size = min(size, self._options.stop_on - run.died)
        return self._rate_limiter.max_batch(size)

    def _why_stop(self, run: ReplayRun, place: int) -> str:
        if self._options.stop_on and run.died >= self._options.stop_on:
            return f"đã có {run.died} thư chết lại"
        if place > self._options.canary:
            return ""
        if run.died:
            return f"trong {place} thư gửi thử có {run.died} thư chết lại"
        if run.waiting and place == self._options.canary:
            return f"trong {place} thư gửi thử còn {run.waiting} thư chờ thử lại, chưa biết kết quả"
        return ""

    def _looked_at(self, run: ReplayRun) -> ReplayRun:
        """Let what was sent come to rest; those that still wait are looked at again next time."""
        self._wait_for_outcomes(self._watched)
        waiting: array[int] = array("q")
        died = run.died
        for start in range(0, len(self._watched), LETTERS_PER_TRANSACTION):
            for number, fate in self._letter_store.letters.fates(
                self._watched[start : start + LETTERS_PER_TRANSACTION]
            ).items():
                died += fate == "died"
                if fate == "waiting":
                    waiting.append(number)
        self._watched = waiting
        return replace(run, died=died, waiting=len(waiting))

    def _send(self, run: ReplayRun, frozen: ReplaySet, numbers: Sequence[int]) -> int:
        letter_store = self._letter_store
        same = {
            line.number
            for line in letter_store.letters.summaries(numbers)
            if line.edit == frozen.edits.get(line.number, "")
        }
        letters = [letter for letter in letter_store.letters.load(numbers) if letter.number in same]
        with letter_store.ledger.transaction() as transaction:
            reason = f"lần chạy lại {run.number}, tập {run.digest[:12]}"
            turns = close_letters(letter_store, letters, "replayed", transaction, who=self._who, reason=reason)
            part = ReplayPart(run.number, self._parts, tuple(turns.items()))
            if turns:
                letter_store.replays.record_part(part, letter_store.clock.now(), transaction)
        self._parts += 1
        self._watched.extend(turns)
        if turns:
            publish_part(letter_store, self._broker, part, [letter for letter in letters if letter.number in turns])
        return len(turns)


def publish_part(letter_store: LetterStore, broker: Broker, part: ReplayPart, letters: Sequence[DeadLetter]) -> None:
    """Publish letters of a part to the stages they died at, in the turn after their `replayed` entry, and note it."""
    turns = dict(part.letters)
    by_stage: dict[tuple[str, int], list[Envelope]] = defaultdict(list)
    for letter in letters:
        by_stage[letter.stage, turns[letter.number] + 1].append(letter.envelope)
    while not broker.has_room():
        broker.wait_for_change(RETRY_DELAY)
    if by_stage:
        broker.publish([Bundle(stage, tuple(envelopes), turn) for (stage, turn), envelopes in by_stage.items()])
    with letter_store.ledger.transaction() as transaction:
        letter_store.replays.mark_published(part, transaction)
