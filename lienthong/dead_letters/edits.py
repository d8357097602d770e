"""Changing what a dead letter says takes two persons: one proposes, another approves. The id and the body as
received never change; what is approved is what a replay sends."""

from collections.abc import Mapping
from typing import Any

from lienthong.accounts import DeadLetter, Verdict
from lienthong.dead_letters.acts import write
from lienthong.dead_letters.box import Desk, Edit, EditState, NotAllowed
from lienthong.dead_letters.person import Person
from lienthong.envelope import canonical, digest

SHOWN = 16
"""Digits of a digest that stand in the ledger: the ledger then proves what was proposed and approved."""


def propose(desk: Desk, number: int, data: Mapping[str, Any], *, who: Person, reason: str) -> Edit:
    """Keep a proposal and say so in the ledger. Nothing is applied. Raises `NotAllowed`, in words."""
    letter = _parked(desk, number)
    written = canonical(data)
    if written == canonical(letter.envelope.data):
        raise NotAllowed("bản sửa giống hệt thư hiện có; không có gì để đề nghị")
    edit = Edit(0, number, data, digest(written), reason, str(who), desk.clock.now())
    with desk.ledger.transaction() as transaction:
        turns = desk.letters.turns([letter], transaction)
        desk.edits.propose(edit, transaction)
        write(transaction, [letter], turns, "proposed", who=who, reason=f"{reason} [bản sửa {edit.digest[:SHOWN]}]")
    return edit


def waiting(desk: Desk, number: int) -> Edit:
    """The proposal that waits for a decision. Raises `NotAllowed` when there is none."""
    _parked(desk, number)
    open_now = [edit for edit in desk.edits.of(number) if edit.state == "proposed"]
    if not open_now:
        raise NotAllowed(f"thư số {number} không có bản sửa nào đang chờ duyệt")
    return open_now[-1]


def approve(desk: Desk, edit: Edit, *, who: Person) -> None:
    """Let the edit be what a replay sends. Raises `NotAllowed` for the person who proposed it."""
    if who.is_called(_name(edit.proposed_by)):
        raise NotAllowed(f"bản sửa do {edit.proposed_by} đề nghị; người duyệt phải là một người khác")
    _decide(desk, edit, "approved", "edited", who=who, reason=f"duyệt bản sửa {edit.digest[:SHOWN]}")


def refuse(desk: Desk, edit: Edit, *, who: Person, reason: str) -> None:
    """Turn a proposal down, or take one's own back."""
    _decide(desk, edit, "refused", "refused", who=who, reason=f"{reason} [bản sửa {edit.digest[:SHOWN]}]")


def _decide(desk: Desk, edit: Edit, state: EditState, verdict: Verdict, *, who: Person, reason: str) -> None:
    letter = _parked(desk, edit.letter)
    with desk.ledger.transaction() as transaction:
        turns = desk.letters.turns([letter], transaction)
        if not desk.edits.decide(edit.number, state, str(who), desk.clock.now(), transaction):
            raise NotAllowed("bản sửa này vừa được người khác quyết định")
        write(transaction, [letter], turns, verdict, who=who, reason=reason)


def _parked(desk: Desk, number: int) -> DeadLetter:
    found = desk.letters.whole([number])
    if not found:
        raise NotAllowed(f"không có thư chết số {number}")
    if found[0].state != "parked":
        raise NotAllowed(f"thư số {number} đã được xử lý trước đó; không sửa được nữa")
    return found[0]


def _name(written: str) -> str:
    """The name in `name (login)`."""
    return written.rpartition(" (")[0] if written.endswith(")") else written
