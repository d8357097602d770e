"""Sending a frozen set back to the stages its letters died at, carefully.

Each part is recorded first and then published: should the process die in between, the ledger knows it to be open.
"""

from array import array
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from lienthong.accounts import DeadLetter
from lienthong.dead_letters.acts import AT_ONCE, take_out
from lienthong.dead_letters.box import Desk, Part, Run
from lienthong.dead_letters.frozen import FrozenSet
from lienthong.dead_letters.pace import Pace
from lienthong.dead_letters.person import Person
from lienthong.envelope import Bundle, Envelope
from lienthong.ports import Broker
from lienthong.worker import PATIENCE

Rest = Callable[[Sequence[int]], None]
"""Return when the letters of these numbers, just published, have ended or wait for a later try."""

ABANDONED = timedelta(minutes=1)
"""A part that was recorded so long ago and never published belonged to a process that died."""


@dataclass(frozen=True, slots=True)
class Manner:
    """`canary`: so many go first, and the others only if all of them ended well. `stop_on`: stop when so many died
    again; never more than so many are then at risk at once. 0 for neither."""

    canary: int = 0
    stop_on: int = 0


class Replay:
    """One replay of one set."""

    def __init__(self, desk: Desk, broker: Broker, manner: Manner, pace: Pace, *, who: Person, rest: Rest) -> None:
        self._desk = desk
        self._broker = broker
        self._manner = manner
        self._pace = pace
        self._who = who
        self._rest = rest
        self._watched: array[int] = array("q")
        self._parts = 0

    def run(self, frozen: FrozenSet) -> Run:
        """Send the set and wait until it is at rest. The record says how far it went, and why not to the end."""
        desk = self._desk
        run = Run(0, frozen.digest, frozen.count, str(self._who), desk.clock.now())
        with desk.ledger.transaction() as transaction:
            run = replace(run, number=desk.replays.begin(run, transaction))
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
        run = replace(self._looked_at(run), ended_at=desk.clock.now())
        with desk.ledger.transaction() as transaction:
            desk.replays.end(run, transaction)
        return run

    def _size(self, place: int, run: Run) -> int:
        size = AT_ONCE
        if place < self._manner.canary:
            size = min(size, self._manner.canary - place)
        if self._manner.stop_on:
            size = min(size, self._manner.stop_on - run.died)
        return self._pace.most(size)

    def _why_stop(self, run: Run, place: int) -> str:
        if self._manner.stop_on and run.died >= self._manner.stop_on:
            return f"đã có {run.died} thư chết lại"
        if place > self._manner.canary:
            return ""
        if run.died:
            return f"trong {place} thư gửi thử có {run.died} thư chết lại"
        if run.waiting and place == self._manner.canary:
            return f"trong {place} thư gửi thử còn {run.waiting} thư chờ thử lại, chưa biết kết quả"
        return ""

    def _looked_at(self, run: Run) -> Run:
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

    def _send(self, run: Run, frozen: FrozenSet, numbers: Sequence[int]) -> int:
        desk = self._desk
        same = {line.number for line in desk.letters.some(numbers) if line.edit == frozen.edits.get(line.number, "")}
        letters = [letter for letter in desk.letters.whole(numbers) if letter.number in same]
        with desk.ledger.transaction() as transaction:
            reason = f"lần chạy lại {run.number}, tập {run.digest[:12]}"
            turns = take_out(desk, letters, "replayed", transaction, who=self._who, reason=reason)
            part = Part(run.number, self._parts, tuple(turns.items()))
            if turns:
                desk.replays.recorded(part, desk.clock.now(), transaction)
        self._parts += 1
        self._watched.extend(turns)
        if turns:
            _publish(desk, self._broker, part, [letter for letter in letters if letter.number in turns])
        return len(turns)


def resume(desk: Desk, broker: Broker, now: datetime) -> int:
    """Publish what a process recorded as replayed and did not live to publish. Returns how many letters.

    For durable queues. Queues that forget are refilled by recovery, from the ledger: call `forget` after it.
    Any number of processes may start at once; one of them does it.
    """
    handed = 0
    with desk.ledger.lease("replays") as ours:
        for part in desk.replays.unpublished(now - ABANDONED) if ours else ():
            handed += _mended(desk, broker, part)
    return handed


def _mended(desk: Desk, broker: Broker, part: Part) -> int:
    """Publish those letters of a part about which nothing was said since; how many."""
    turns = dict(part.letters)
    letters = desk.letters.whole(list(turns))
    with desk.ledger.transaction() as transaction:
        last = desk.letters.turns(letters, transaction)
    still = [letter for letter in letters if last[letter.number] == turns[letter.number]]
    _publish(desk, broker, part, still)
    return len(still)


def forget(desk: Desk, now: datetime) -> None:
    """Note that recovery has handed over whatever an earlier process did not publish."""
    for part in desk.replays.unpublished(now):
        with desk.ledger.transaction() as transaction:
            desk.replays.published(part, transaction)


def _publish(desk: Desk, broker: Broker, part: Part, letters: Sequence[DeadLetter]) -> None:
    turns = dict(part.letters)
    places: dict[tuple[str, int], list[Envelope]] = defaultdict(list)
    for letter in letters:
        places[letter.stage, turns[letter.number] + 1].append(letter.envelope)
    while not broker.has_room():
        broker.wait_for_change(PATIENCE)
    if places:
        broker.publish([Bundle(stage, tuple(envelopes), turn) for (stage, turn), envelopes in places.items()])
    with desk.ledger.transaction() as transaction:
        desk.replays.published(part, transaction)
