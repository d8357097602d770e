"""Sending a frozen set back to the stages its letters died at, carefully.

Each part is recorded first and then published: should the process die in between, the ledger knows it to be open.
"""

from array import array
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from lienthong.dead_letters.actions import AT_ONCE, take_out
from lienthong.dead_letters.actor import Actor
from lienthong.dead_letters.model import LetterStore, ReplayPart, ReplayRun
from lienthong.dead_letters.rate_limit import RateLimiter
from lienthong.dead_letters.replay_set import ReplaySet
from lienthong.envelope import Bundle, Envelope
from lienthong.ledger.records import DeadLetter
from lienthong.ports import Broker
from lienthong.processing.worker import RETRY_DELAY

Rest = Callable[[Sequence[int]], None]
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
        manner: ReplayOptions,
        pace: RateLimiter,
        *,
        who: Actor,
        rest: Rest,
    ) -> None:
        self._desk = letter_store
        self._broker = broker
        self._manner = manner
        self._pace = pace
        self._who = who
        self._rest = rest
        self._watched: array[int] = array("q")
        self._parts = 0

    def run(self, frozen: ReplaySet) -> ReplayRun:
        """Send the set and wait until it is at rest. The record says how far it went, and why not to the end."""
        letter_store = self._desk
        run = ReplayRun(0, frozen.digest, frozen.count, str(self._who), letter_store.clock.now())
        with letter_store.ledger.transaction() as transaction:
            run = replace(run, number=letter_store.replays.begin(run, transaction))
        place = 0
        while place < frozen.count and not run.stopped:
            size = self._size(place, run)
            self._pace.wait_to_send(size)
            run = replace(run, sent=run.sent + self._send(run, frozen, frozen.numbers[place : place + size]))
            place += size
            if place <= self._manner.canary or self._manner.stop_on:
                run = self._looked_at(run)
                if place < frozen.count:
                    run = replace(run, stopped=self._why_stop(run, place))
        run = replace(self._looked_at(run), ended_at=letter_store.clock.now())
        with letter_store.ledger.transaction() as transaction:
            letter_store.replays.end(run, transaction)
        return run

    def _size(self, place: int, run: ReplayRun) -> int:
        size = AT_ONCE
        if place < self._manner.canary:
            size = min(size, self._manner.canary - place)
        if self._manner.stop_on:
            size = min(size, self._manner.stop_on - run.died)
        return self._pace.most(size)

    def _why_stop(self, run: ReplayRun, place: int) -> str:
        if self._manner.stop_on and run.died >= self._manner.stop_on:
            return f"đã có {run.died} thư chết lại"
        if place > self._manner.canary:
            return ""
        if run.died:
            return f"trong {place} thư gửi thử có {run.died} thư chết lại"
        if run.waiting and place == self._manner.canary:
            return f"trong {place} thư gửi thử còn {run.waiting} thư chờ thử lại, chưa biết kết quả"
        return ""

    def _looked_at(self, run: ReplayRun) -> ReplayRun:
        """Let what was sent come to rest; those that still wait are looked at again next time."""
        self._rest(self._watched)
        waiting: array[int] = array("q")
        died = run.died
        for start in range(0, len(self._watched), AT_ONCE):
            for number, fate in self._desk.letters.fates(self._watched[start : start + AT_ONCE]).items():
                died += fate == "died"
                if fate == "waiting":
                    waiting.append(number)
        self._watched = waiting
        return replace(run, died=died, waiting=len(waiting))

    def _send(self, run: ReplayRun, frozen: ReplaySet, numbers: Sequence[int]) -> int:
        letter_store = self._desk
        same = {
            line.number for line in letter_store.letters.some(numbers) if line.edit == frozen.edits.get(line.number, "")
        }
        letters = [letter for letter in letter_store.letters.whole(numbers) if letter.number in same]
        with letter_store.ledger.transaction() as transaction:
            reason = f"lần chạy lại {run.number}, tập {run.digest[:12]}"
            turns = take_out(letter_store, letters, "replayed", transaction, who=self._who, reason=reason)
            part = ReplayPart(run.number, self._parts, tuple(turns.items()))
            if turns:
                letter_store.replays.recorded(part, letter_store.clock.now(), transaction)
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
        letter_store.replays.published(part, transaction)
