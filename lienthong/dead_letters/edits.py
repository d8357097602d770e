"""Edits of dead letters, which take two operators: one proposes, another approves.

The id of the event and its body as received never change. A replay sends the approved edit.
"""

from collections.abc import Mapping
from typing import Any

from lienthong.dead_letters.actions import record_act
from lienthong.dead_letters.actor import Actor
from lienthong.dead_letters.model import Edit, EditState, LetterStore, NotAllowed
from lienthong.envelope import canonical_json, digest
from lienthong.ledger.records import DeadLetter, Verdict
from lienthong.masking import mask_text
from lienthong.messages import message

DIGEST_DIGITS = 16
"""Digits of an edit's digest in the reason of its entries. They prove what was proposed and what was approved."""


def propose(letter_store: LetterStore, number: int, data: Mapping[str, Any], *, who: Actor, reason: str) -> Edit:
    """Store a proposal and record it. It has no effect before it is approved. Raises `NotAllowed`.

    Numbers of persons in the reason are masked before it is recorded.
    """
    reason = mask_text(reason)
    letter = _load_parked(letter_store, number)
    json = canonical_json(data)
    if json == canonical_json(letter.envelope.data):
        raise NotAllowed(message("the edit is identical to the letter; there is nothing to propose"))
    edit = Edit(
        number=0,
        letter=number,
        data=data,
        digest=digest(json),
        reason=reason,
        proposed_by=str(who),
        proposed_at=letter_store.clock.now(),
    )
    with letter_store.ledger.transaction() as transaction:
        turns = letter_store.letters.last_turns([letter], transaction)
        letter_store.edits.propose(edit, transaction)
        record_act(transaction, [letter], turns, verdict="proposed", who=who, reason=_with_digest(reason, edit))
    return edit


def pending_edit(letter_store: LetterStore, number: int) -> Edit:
    """The proposal for a letter that waits for a decision. Raises `NotAllowed` when there is none."""
    _load_parked(letter_store, number)
    proposed = [edit for edit in letter_store.edits.history(number) if edit.state == "proposed"]
    if not proposed:
        raise NotAllowed(message("letter {number} has no edit that waits for approval", number=number))
    return proposed[-1]


def approve(letter_store: LetterStore, edit: Edit, *, who: Actor) -> None:
    """Approve an edit: the next replay sends it. Raises `NotAllowed` for the operator who proposed it.

    The same account cannot approve either, under whatever name.
    """
    if who.may_be(edit.proposed_by):
        raise NotAllowed(
            message(
                "{name} proposed this edit; another person must approve it, from another account of the machine",
                name=edit.proposed_by,
            )
        )
    reason = message("approved edit {digest}", digest=edit.digest[:DIGEST_DIGITS])
    _decide(letter_store, edit, state="approved", verdict="edited", who=who, reason=reason)


def refuse(letter_store: LetterStore, edit: Edit, *, who: Actor, reason: str) -> None:
    """Refuse an edit, or withdraw one's own. The letter stays as it is."""
    _decide(
        letter_store, edit, state="refused", verdict="refused", who=who, reason=_with_digest(mask_text(reason), edit)
    )


def _decide(
    letter_store: LetterStore, edit: Edit, *, state: EditState, verdict: Verdict, who: Actor, reason: str
) -> None:
    letter = _load_parked(letter_store, edit.letter)
    with letter_store.ledger.transaction() as transaction:
        turns = letter_store.letters.last_turns([letter], transaction)
        now = letter_store.clock.now()
        if not letter_store.edits.decide(edit.number, transaction, state=state, who=str(who), at=now):
            raise NotAllowed(message("another operator has just decided on this edit"))
        record_act(transaction, [letter], turns, verdict=verdict, who=who, reason=reason)


def _load_parked(letter_store: LetterStore, number: int) -> DeadLetter:
    letters = letter_store.letters.load([number])
    if not letters:
        raise NotAllowed(message("there is no dead letter {number}", number=number))
    if letters[0].state != "parked":
        raise NotAllowed(
            message("letter {number} was replayed or discarded before; it can no longer be edited", number=number)
        )
    return letters[0]


def _with_digest(reason: str, edit: Edit) -> str:
    return message("{reason} [edit {digest}]", reason=reason, digest=edit.digest[:DIGEST_DIGITS])
