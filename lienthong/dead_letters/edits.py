"""Changing what a dead letter says takes two persons: one proposes, another approves. The id and the body as
received never change; what is approved is what a replay sends."""

from collections.abc import Mapping
from typing import Any

from lienthong.dead_letters.actions import record_act
from lienthong.dead_letters.actor import Actor
from lienthong.dead_letters.model import Edit, EditState, LetterStore, NotAllowed
from lienthong.envelope import canonical_json, digest
from lienthong.ledger.records import DeadLetter, Verdict

DIGEST_DIGITS = 16
"""Digits of a digest that stand in the ledger: the ledger then proves what was proposed and approved."""


def propose(letter_store: LetterStore, number: int, data: Mapping[str, Any], *, who: Actor, reason: str) -> Edit:
    """Keep a proposal and say so in the ledger. Nothing is applied. Raises `NotAllowed`, in words."""
    letter = _parked(letter_store, number)
    written = canonical_json(data)
    if written == canonical_json(letter.envelope.data):
        raise NotAllowed("bản sửa giống hệt thư hiện có; không có gì để đề nghị")
    edit = Edit(0, number, data, digest(written), reason, str(who), letter_store.clock.now())
    with letter_store.ledger.transaction() as transaction:
        turns = letter_store.letters.last_turns([letter], transaction)
        letter_store.edits.propose(edit, transaction)
        record_act(
            transaction,
            [letter],
            turns,
            "proposed",
            who=who,
            reason=f"{reason} [bản sửa {edit.digest[:DIGEST_DIGITS]}]",
        )
    return edit


def pending_edit(letter_store: LetterStore, number: int) -> Edit:
    """The proposal that waits for a decision. Raises `NotAllowed` when there is none."""
    _parked(letter_store, number)
    open_now = [edit for edit in letter_store.edits.history(number) if edit.state == "proposed"]
    if not open_now:
        raise NotAllowed(f"thư số {number} không có bản sửa nào đang chờ duyệt")
    return open_now[-1]


def approve(letter_store: LetterStore, edit: Edit, *, who: Actor) -> None:
    """Let the edit be what a replay sends. Raises `NotAllowed` for the person who proposed it."""
    if who.has_name(_name(edit.proposed_by)):
        raise NotAllowed(f"bản sửa do {edit.proposed_by} đề nghị; người duyệt phải là một người khác")
    _decide(letter_store, edit, "approved", "edited", who=who, reason=f"duyệt bản sửa {edit.digest[:DIGEST_DIGITS]}")


def refuse(letter_store: LetterStore, edit: Edit, *, who: Actor, reason: str) -> None:
    """Turn a proposal down, or take one's own back."""
    _decide(
        letter_store, edit, "refused", "refused", who=who, reason=f"{reason} [bản sửa {edit.digest[:DIGEST_DIGITS]}]"
    )


def _decide(
    letter_store: LetterStore, edit: Edit, state: EditState, verdict: Verdict, *, who: Actor, reason: str
) -> None:
    letter = _parked(letter_store, edit.letter)
    with letter_store.ledger.transaction() as transaction:
        turns = letter_store.letters.last_turns([letter], transaction)
        if not letter_store.edits.decide(edit.number, state, str(who), letter_store.clock.now(), transaction):
            raise NotAllowed("bản sửa này vừa được người khác quyết định")
        record_act(transaction, [letter], turns, verdict, who=who, reason=reason)


def _parked(letter_store: LetterStore, number: int) -> DeadLetter:
    found = letter_store.letters.load([number])
    if not found:
        raise NotAllowed(f"không có thư chết số {number}")
    if found[0].state != "parked":
        raise NotAllowed(f"thư số {number} đã được xử lý trước đó; không sửa được nữa")
    return found[0]


def _name(written: str) -> str:
    """The name in `name (login)`."""
    return written.rpartition(" (")[0] if written.endswith(")") else written
