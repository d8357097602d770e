"""An operator's act on letters: one ledger entry each, in the transaction that changes the letter."""

from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Literal

from lienthong.dead_letters.actor import Actor
from lienthong.dead_letters.model import LetterStore, NotAllowed
from lienthong.ledger.records import DeadLetter, Entry, Verdict
from lienthong.ports import LedgerTransaction

LETTERS_PER_TRANSACTION = 200
"""Letters in one transaction, and in memory with their bodies."""


def discard(letter_store: LetterStore, numbers: Sequence[int], *, who: Actor, reason: str) -> Sequence[int]:
    """Give letters up for good, with the reason on record. Returns those that were still parked."""
    given_up: list[int] = []
    rest = iter(numbers)
    while some := list(islice(rest, LETTERS_PER_TRANSACTION)):
        letters = letter_store.letters.load(some)
        with letter_store.ledger.transaction() as transaction:
            given_up += close_letters(letter_store, letters, "discarded", transaction, who=who, reason=reason)
    return given_up


def close_letters(
    letter_store: LetterStore,
    letters: Sequence[DeadLetter],
    verdict: Literal["replayed", "discarded"],
    transaction: LedgerTransaction,
    *,
    who: Actor,
    reason: str,
) -> Mapping[int, int]:
    """Settle those letters that are still parked, and say so in one block. Returns the turn of each one's entry."""
    turns = letter_store.letters.last_turns(letters, transaction)
    own = [letter for letter in letters if transaction.unpark(letter.number, verdict)]
    record_act(transaction, own, turns, verdict, who=who, reason=reason)
    return {letter.number: turns[letter.number] + 1 for letter in own}


def record_act(
    transaction: LedgerTransaction,
    letters: Sequence[DeadLetter],
    turns: Mapping[int, int],
    verdict: Verdict,
    *,
    who: Actor,
    reason: str,
) -> None:
    """One entry for each letter. Raises `NotAllowed`, so that nothing is changed, if the ledger has moved on."""
    entries = [_entry(letter, turns[letter.number] + 1, verdict, str(who), reason) for letter in letters]
    if len(transaction.record(entries)) != len(entries):
        raise NotAllowed("thư vừa được người khác xử lý; hãy xem lại bằng `lienthong dead show`")


def _entry(letter: DeadLetter, turn: int, verdict: Verdict, who: str, reason: str) -> Entry:
    event = letter.envelope
    return Entry(event.id, event.source, event.subject, event.received_at, letter.stage, turn, verdict, reason, who=who)
