"""Completes replays of dead letters whose process died between recording a part and publishing it."""

from datetime import datetime, timedelta

from lienthong.dead_letters.model import LetterStore, ReplayPart
from lienthong.dead_letters.replay import publish_part
from lienthong.ports import Broker

INTERRUPTED_AFTER = timedelta(minutes=1)
"""The age at which a part that is recorded and not published belongs to a process that died."""


def publish_interrupted(letter_store: LetterStore, broker: Broker, now: datetime) -> int:
    """Publish those parts; returns the number of letters.

    For durable queues. Any number of processes may call it at once: the one that gets the lease does the work.
    """
    published = 0
    with letter_store.ledger.lease("replays") as ours:
        for part in letter_store.replays.unpublished_parts(now - INTERRUPTED_AFTER) if ours else ():
            published += _publish_rest(letter_store, broker, part)
    return published


def mark_recovered(letter_store: LetterStore, now: datetime) -> None:
    """Mark those parts as published without publishing them.

    For queues that are not durable, after `Recovery` has refilled them.
    """
    for part in letter_store.replays.unpublished_parts(now):
        with letter_store.ledger.transaction() as transaction:
            letter_store.replays.mark_published(part, transaction)


def _publish_rest(letter_store: LetterStore, broker: Broker, part: ReplayPart) -> int:
    """Publish the letters of a part that have no later entry at their stage; returns their number."""
    turns = dict(part.letters)
    letters = letter_store.letters.load(list(turns))
    with letter_store.ledger.transaction() as transaction:
        last = letter_store.letters.last_turns(letters, transaction)
    unpublished = [letter for letter in letters if last[letter.number] == turns[letter.number]]
    publish_part(letter_store, broker, part=part, letters=unpublished)
    return len(unpublished)
