"""The acts of operators on dead letters: one ledger entry each, in the transaction that changes the letter."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import islice
from typing import Literal

from lienthong.dead_letters.actor import Actor
from lienthong.dead_letters.model import LetterStore, NotAllowed
from lienthong.errors import Transient
from lienthong.ledger.records import KEPT_FROM, DeadLetter, Entry, Verdict
from lienthong.masking import mask_text
from lienthong.messages import in_ledger_language, message
from lienthong.ports import LedgerTransaction

LETTERS_PER_TRANSACTION = 200
"""The number of letters in one transaction, and in memory with their bodies."""


def discard(letter_store: LetterStore, numbers: Sequence[int], *, who: Actor, reason: str) -> Sequence[int]:
    """Discard letters for good, with the reason on record. Returns the numbers of those that were still parked.

    Numbers of persons in the reason are masked before it is recorded.
    """
    reason = mask_text(reason)
    discarded: list[int] = []
    for batch in in_batches(numbers):
        letters = letter_store.letters.load(batch)
        with letter_store.ledger.transaction() as transaction:
            discarded += close_letters(letter_store, letters, transaction, verdict="discarded", who=who, reason=reason)
        keep_sums(letter_store)
    return discarded


def keep_sums(letter_store: LetterStore) -> None:
    """Where much was written since, keep the ledger's sums, so that the next look at them is as fast as before."""
    with suppress(Transient):
        letter_store.ledger.keep_sums(at_least=KEPT_FROM)


def close_letters(
    letter_store: LetterStore,
    letters: Sequence[DeadLetter],
    transaction: LedgerTransaction,
    *,
    verdict: Literal["replayed", "discarded"],
    who: Actor,
    reason: str,
) -> Mapping[int, int]:
    """Change the state of those letters that are still parked, and record it in one block.

    Returns, by letter, the turn of its entry.
    """
    turns = letter_store.letters.last_turns(letters, transaction)
    parked = [letter for letter in letters if transaction.unpark(letter.number, verdict)]
    record_act(transaction, parked, turns, verdict=verdict, who=who, reason=reason)
    return {letter.number: turns[letter.number] + 1 for letter in parked}


def record_act(
    transaction: LedgerTransaction,
    letters: Sequence[DeadLetter],
    turns: Mapping[int, int],
    *,
    verdict: Verdict,
    who: Actor,
    reason: str,
) -> None:
    """Record one entry for each letter, in the turn after the last one in `turns`.

    Raises `NotAllowed`, so that nothing is changed, when the ledger has a newer entry for one of them.
    """
    entries = [_entry(letter, turns[letter.number] + 1, verdict=verdict, who=who, reason=reason) for letter in letters]
    if len(transaction.record(entries)) != len(entries):
        raise NotAllowed(
            message("another operator has just acted on the letter; look at it again with `lienthong dead show`")
        )


def in_batches(numbers: Iterable[int]) -> Iterator[list[int]]:
    """The numbers of letters in batches of `LETTERS_PER_TRANSACTION`."""
    iterator = iter(numbers)
    while batch := list(islice(iterator, LETTERS_PER_TRANSACTION)):
        yield batch


def _entry(letter: DeadLetter, turn: int, *, verdict: Verdict, who: Actor, reason: str) -> Entry:
    event = letter.envelope
    return Entry(
        event_id=event.id,
        source=event.source,
        subject=event.subject,
        received_at=event.received_at,
        stage=letter.stage,
        turn=turn,
        verdict=verdict,
        reason=in_ledger_language(reason),
        who=str(who),
    )
