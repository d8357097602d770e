"""What an operator may do with dead letters. Every act is written to the ledger with who did it."""

from collections.abc import Sequence
from dataclasses import dataclass

from lienthong.accounts import DeadLetter, Entry, Verdict
from lienthong.envelope import Bundle
from lienthong.ports import Broker, Ledger, LedgerTransaction

BUNDLE = 200


@dataclass(frozen=True, slots=True)
class Replayed:
    """What a replay came to: the numbers that were sent on, and those somebody else took out before."""

    sent: tuple[int, ...]
    passed_over: tuple[int, ...]


def replay(letters: Sequence[DeadLetter], ledger: Ledger, broker: Broker, *, who: str) -> Replayed:
    """Send letters back to the stage they died at, as they were. A second call for the same letter does nothing.

    The act is recorded first: should the process die before the publish, the event is open and is recovered.
    """
    sent = []
    for start in range(0, len(letters), BUNDLE):
        own = []
        with ledger.transaction() as transaction:
            for letter in letters[start : start + BUNDLE]:
                if _act(transaction, letter, "replayed", who=who, reason=""):
                    own.append(letter)
        sent += [letter.number for letter in own]
        broker.publish([Bundle(letter.stage, (letter.envelope,), letter.turn + 2) for letter in own])
    return Replayed(tuple(sent), tuple(letter.number for letter in letters if letter.number not in set(sent)))


def discard(letter: DeadLetter, ledger: Ledger, *, who: str, reason: str) -> bool:
    """Give a letter up for good, with the reason on record. False when it is no longer parked."""
    with ledger.transaction() as transaction:
        return _act(transaction, letter, "discarded", who=who, reason=reason)


def _act(transaction: LedgerTransaction, letter: DeadLetter, verdict: Verdict, *, who: str, reason: str) -> bool:
    if verdict not in ("replayed", "discarded") or not transaction.settle(letter.number, verdict):
        return False
    event = letter.envelope
    entry = Entry(
        event.id,
        event.source,
        event.subject,
        event.received_at,
        letter.stage,
        letter.turn + 1,
        verdict,
        reason,
        who=who,
    )
    return bool(transaction.record([entry]))
